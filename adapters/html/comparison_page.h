// Plans beside each other as one HTML file that needs nothing else, as page.h's.
#pragma once

#include <string>
#include <vector>

#include "adapters/html/evidence.h"
#include "adapters/present/comparison_view.h"

namespace dosegate::html {

// `evidence`: of each plan, in their order; one without a DvhReport has no curve. The same input gives the same bytes.
std::string comparison_page(const present::ComparisonView& view, const std::vector<Evidence>& evidence);

}  // namespace dosegate::html
