// The view of a report as text: verdict, what is wrong, what could not be evaluated, warnings, what passed, then what
// it rests on. In the order in which a dosimetrist needs it.
#pragma once

#include <string>

#include "adapters/cli/layout.h"
#include "adapters/present/view.h"

namespace dosegate::cli {

// What is broken is bad, what is not known, undecided or near asks for care; of a verdict: none that is stated is no
// better than FAIL.
Tone tone_for(present::Status status);
Tone tone_for(v1::Report::Verdict verdict);

// kShort: the verdict and what is not met or not known, and that there is more.
enum class Length { kShort, kFull };
std::string render_report(const present::View& view, Style style, Length length = Length::kFull);

}  // namespace dosegate::cli
