// Protocols as text: the list of built-in ones, one of them rule by rule, what the linter says.
#pragma once

#include <string>
#include <string_view>

#include "adapters/cli/layout.h"
#include "dosegate/v1/protocol.pb.h"

namespace dosegate::cli {

std::string render_protocol_list(const dosegate::v1::ProtocolList& list, Style style);
// `description`: of that protocol.
std::string render_protocol(const dosegate::v1::Protocol& protocol,
                            const dosegate::v1::ProtocolDescription& description, Style style);

// A line for each entry, "FILE: $.rules[4]: error: message", then the count of each kind.
std::string render_lint(const dosegate::v1::LintReport& report, std::string_view file, Style style);
bool has_errors(const dosegate::v1::LintReport& report);

}  // namespace dosegate::cli
