// Text as print has it, for faces with a font; a terminal keeps its plain characters.
#pragma once

#include <string>
#include <string_view>

namespace dosegate::present {

// "z -2.5 mm" with a real minus and no place to break in; "<= 24 Gy" as "≤ 24 Gy"; a unit stays with its number. Words
// that hold no number beside a unit or a limit's sign stay as they are.
std::string typeset(std::string_view text);

}  // namespace dosegate::present
