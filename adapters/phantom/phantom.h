// A liver patient of simple solids, written as a complete DICOM RT set (CT, RTSTRUCT, RTPLAN, RTDOSE),
// planned at 45 Gy in 15 fractions, with the clinical record beside it (record.json). The case "pass" keeps every rule
// of ChiCTR2000036385; every other case breaks what its name says and nothing else, in the DICOM objects or in the
// record. The geometry and the dose are in model.h, so that every metric can be worked out on paper, and the course's
// dates in record.h. A few cases are for the other shipped protocols, whose rules are on the plan alone: no record.
//
// Deterministic: the same case gives the same bytes, whatever the clock, the machine or the directory.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::phantom {

// Where a case differs from "pass".
enum class Differs { kInPlan, kInRecord, kInProtocol };

struct CaseInfo {
  std::string name;              // "hot-cord"
  std::string description;       // one sentence for the user
  std::string broken_rule;       // clauses it breaks or leaves undecided, "OR-6"; empty: none
  std::string expected_verdict;  // "PASS", "FAIL" or "INCOMPLETE", of DICOM objects and record together
  Differs differs = Differs::kInPlan;
  std::string protocol = "ChiCTR2000036385";  // whose rules it keeps and breaks
};

// All cases, "pass" first. Names are unique.
const std::vector<CaseInfo>& cases();
// Null: there is no such case.
const CaseInfo* find_case(std::string_view name);

// What write() did. Either `error` is empty and `files` names what was written, in order (CT, structures,
// plan, dose, record), or `error` says what went wrong and what to do.
struct Result {
  std::vector<std::filesystem::path> files;
  std::string error;
  explicit operator bool() const { return error.empty(); }
};

// Writes the case into `dir`, which is made if it does not exist. A directory that holds anything but the
// phantom's own files is refused and left as it is, and so is one whose record.json was changed; an earlier phantom is
// replaced. An unknown case name is an
// error that lists the known ones.
Result write(const std::filesystem::path& dir, std::string_view case_name);

}  // namespace dosegate::phantom
