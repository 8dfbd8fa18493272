// Boost.JSON is used header-only: its one translation unit outside the engine.
#include <boost/json/src.hpp>
