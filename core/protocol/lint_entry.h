// One remark of the linter.
#pragma once

#include <string>

namespace dosegate {

struct LintEntry {
  enum class Severity { kError, kWarning, kNote };
  Severity severity = Severity::kError;
  std::string path;
  std::string message;  // what, and why it is odd
  std::string mend;     // what to do; empty where the message of an error says what is expected
};

}  // namespace dosegate
