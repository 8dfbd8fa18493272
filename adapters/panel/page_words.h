// The words that the page shows beside what it is told.
#pragma once

#include <boost/json/object.hpp>

#include "adapters/present/catalogue.h"

namespace dosegate::panel {

boost::json::object page_words(present::Language language);

}  // namespace dosegate::panel
