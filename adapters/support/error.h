// The one error of the adapters: what a user must read instead of an answer.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace dosegate::support {

// Any part but `message` may be empty. A value: answered in a variant as well as thrown.
class Error : public std::runtime_error {
 public:
  explicit Error(std::string message) : Error("", "", std::move(message), "") {}
  // `file`: the path, the option, or the name that stands for them. `where`: the place in it, "(3004,000C) Grid Frame
  // Offset Vector". `message`: what is wrong. `hint`: how to mend it, where the message does not say it itself.
  Error(std::string file, std::string where, std::string message, std::string hint)
      : std::runtime_error(joined(file, where, message, hint)),
        file_(std::move(file)),
        where_(std::move(where)),
        message_(std::move(message)),
        hint_(std::move(hint)) {}

  const std::string& file() const { return file_; }
  const std::string& where() const { return where_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  // One line, as what() is: "RD.dcm: (3004,000C) Grid Frame Offset Vector: message; hint".
  std::string text() const { return what(); }

  // The same fault of the same place, said with more knowledge.
  Error with(std::string message, std::string hint) const {
    return {file_, where_, std::move(message), std::move(hint)};
  }

 private:
  static std::string joined(const std::string& file, const std::string& where, const std::string& message,
                            const std::string& hint) {
    std::string line = file;
    const auto add = [&line](const char* separator, const std::string& part) {
      if (part.empty()) return;
      if (!line.empty()) line += separator;
      line += part;
    };
    add(": ", where);
    add(": ", message);
    add("; ", hint);
    return line;
  }

  std::string file_, where_, message_, hint_;
};

}  // namespace dosegate::support
