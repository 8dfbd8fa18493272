// How a protocol lays out a course in time, in English words for lists of rules.
#pragma once

#include <string>

#include "core/schedule/fractionation.h"

namespace dosegate {

// "fractions on Monday, Tuesday and Friday, at most 1 a day, at most 5 in 7 days"
std::string pattern_in_words(const Fractionation& f);

// "not before day 7, not after day 21, counted from infusion 1 of camrelizumab"
std::string timing_in_words(const FractionTiming& t, const std::string& drug);

}  // namespace dosegate
