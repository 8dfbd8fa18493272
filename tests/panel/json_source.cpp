// Boost.JSON, whole, in the one file of the tests that needs it.
#include <boost/json/src.hpp>
