// Plans beside each other as text.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "adapters/present/comparison_view.h"

namespace dosegate::cli {

std::string render_comparison(const present::ComparisonView& view, Style style);

}  // namespace dosegate::cli
