// A liver patient of simple solids, written as a complete DICOM RT set (CT, RTSTRUCT, RTPLAN, RTDOSE),
// planned at 45 Gy in 15 fractions. The case "pass" keeps every rule of ChiCTR2000036385 that Dosegate
// evaluates; every other case breaks what its name says and nothing else. The geometry and the dose are in
// model.h, so that every metric can be worked out on paper.
//
// Deterministic: the same case gives the same bytes, whatever the clock, the machine or the directory.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::phantom {

struct CaseInfo {
  std::string name;              // "hot-cord"
  std::string description;       // one sentence for the user
  std::string broken_rule;       // clauses it breaks or leaves undecided, "OR-6"; empty: none
  std::string expected_verdict;  // "PASS", "FAIL" or "INCOMPLETE"
};

// All cases, "pass" first. Names are unique.
const std::vector<CaseInfo>& cases();

// What write() did. Either `error` is empty and `files` names what was written, in order (CT, structures,
// plan, dose), or `error` says what went wrong and what to do.
struct Result {
  std::vector<std::filesystem::path> files;
  std::string error;
  explicit operator bool() const { return error.empty(); }
};

// Writes the case into `dir`, which is made if it does not exist. A directory that holds anything but the
// phantom's own files is refused and left as it is; an earlier phantom is replaced. An unknown case name is an
// error that lists the known ones.
Result write(const std::filesystem::path& dir, std::string_view case_name);

}  // namespace dosegate::phantom
