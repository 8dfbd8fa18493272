// The files that a command of the gate names, read and understood. Each throws Refused, with the path.
#pragma once

#include <string>
#include <vector>

#include "adapters/gate/key.h"
#include "adapters/gate/policy.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::gate {

// Refused where the file `output` is one of `inputs`, by whatever name: an answer never replaces what it was made from.
void require_none_is(const std::string& output, const std::vector<std::string>& inputs);

std::string read_file(const std::string& path, std::size_t limit);
Policy load_policy(const std::string& path);  // the first problem, and how many more there are
std::vector<PublicKey> load_keys(const std::vector<std::string>& paths);
Revocations load_revocations(const std::string& path);  // empty path: none

inline constexpr std::size_t kMostReportBytes = std::size_t{16} << 20;
v1::Report parse_report(std::string_view json, const std::string& source);

}  // namespace dosegate::gate
