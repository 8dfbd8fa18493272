// Small parts of a command line that several commands have.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "adapters/cli/output.h"

namespace dosegate::cli {

// One of the names, or a usage error that lists them. `values` must outlive the parsing.
template <typename T>
CLI::Option* choice(CLI::App& app, const char* name, std::string& value, const std::map<std::string, T>& values,
                    const char* help) {
  std::string names;
  for (const auto& [text, meaning] : values) names += (names.empty() ? "" : "|") + text;
  return app.add_option(name, value, help)
      ->check([&values, names](const std::string& text) {
        return values.count(text) > 0 ? std::string() : "'" + text + "' is none of " + names;
      })
      ->type_name(names);
}

// May be given several times, each time with one value.
inline CLI::Option* repeated(CLI::App& app, const char* name, std::vector<std::string>& values, const char* type,
                             const char* help) {
  return app.add_option(name, values, help)->type_name(type)->allow_extra_args(false);
}

// "MESSAGE. See 'dosegate COMMAND --help'".
inline Problem usage(const std::string& message, const std::string& command) {
  return Problem(message + ". See 'dosegate " + command + (command.empty() ? "" : " ") + "--help'");
}

}  // namespace dosegate::cli
