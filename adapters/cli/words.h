// The field's words, as the view model has them.
#pragma once

#include "adapters/present/words.h"

namespace dosegate::cli {

using present::counted;
using present::interval_text;
using present::limit_text;
using present::location_text;
using present::Margin;
using present::margin_text;
using present::place_text;
using present::prescription_text;
using present::solids_text;
using present::structure_text;
using present::symbol;
using present::value_text;

}  // namespace dosegate::cli
