// What the author of a malformed metric probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dosegate {

// Likely readings in the metric grammar, best first; none when the text gives no hint. They may still not
// parse. A suggestion never changes a unit or what is measured: of a unit that is not known there is none. For messages
// only: nothing is ever evaluated from a suggestion.
std::vector<std::string> suggest_metrics(std::string_view text);

// Of what is known elsewhere and not supported here, the sentence to say so, with the way round: "dose weighted by
// biological effect is not supported; write ...". Empty: the text is nothing of the kind.
std::string unsupported_metric(std::string_view text);

}  // namespace dosegate
