// What the C++ face throws.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "dosegate/dosegate.h"

namespace dosegate {

// A call that failed, or a library that was not loaded. `path` is the JSON path, field or file at fault and
// may be empty; `message` says what and how to mend it. what() is both.
struct PluginError : std::runtime_error {
  PluginError(dosegate_status code, std::string where, std::string text)
      : std::runtime_error(where.empty() ? text : where + ": " + text),
        status(code),
        path(std::move(where)),
        message(std::move(text)) {}

  dosegate_status status;
  std::string path;
  std::string message;
};

}  // namespace dosegate
