// The clinical record of a phantom patient as dosegate.v1.ClinicalRecord JSON: a course that keeps every rule of
// ChiCTR2000036385, from enrolment to a year of infusions after surgery. For the phantom and for tests.
//
// December 2023 and January 2024:   Mo Tu We Th Fr Sa Su
//                                            28 29         labs, staging and images; enrolment
//                                       2        5     7   simulation, with study.h's date; plan measured; infusion 1
//                                    8  9 10 11 12         fractions 1 to 5
//                                   15 16 17 18 19         6 to 10
//                                   22 23 24 25 26    28   11 to 15; infusion 2
//
// Infusion 3 on 2024-02-18, assessment on 2024-03-10 (day 63), surgery on Tuesday 2024-03-19, images on the 19th of
// the next month and of every second one after it, 18 infusions every 21 days from 2024-04-02 to 2025-03-25.
#pragma once

#include <string>
#include <string_view>

namespace dosegate::phantom {

// A case that breaks nothing of the record has that of "pass". Ends with a new line.
std::string record_json(std::string_view case_name);

}  // namespace dosegate::phantom
