// What the author of a malformed metric probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dosegate {

// Likely readings in the metric grammar, best first; none when the text gives no hint. They may still not
// parse. For messages only: nothing is ever evaluated from a suggestion.
std::vector<std::string> suggest_metrics(std::string_view text);

}  // namespace dosegate
