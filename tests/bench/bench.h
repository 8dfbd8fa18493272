// What the benchmarks share: the library, the case, and the protocol that the case is checked against.
#pragma once

#include <string>

#include "tests/bench/full_size.h"

namespace dosegate::bench {

const Library& library();
// The full-size case as it is by default, made once.
const FullSize& full_size();
// A case that may keep `threads` threads busy, everything set.
Case ready_case(const FullSize& data, unsigned threads);
// A protocol of `rules` V metrics on the liver, for the cost of a rule.
std::string many_rules(int rules);
// Ends the program where the report is not a verdict on every dose rule.
void require_evaluated(const Report& report);

}  // namespace dosegate::bench
