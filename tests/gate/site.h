// A clinic for the end-to-end tests: phantoms, people with keys, a policy, a ledger, and the built program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/run_program.h"
#include "tests/gate/fixture.h"

namespace dosegate::gate_test {

inline constexpr const char* kTrial = "ChiCTR2000036385";

// Everything in a folder that goes away. Keys: 1 Ada, physicist; 2 Bert, physicist; 3 Cleo, physician; 9 the gate's.
class Site {
 public:
  Site();
  std::string operator/(std::string_view name) const { return (folder_ / name).string(); }

  // The phantom of that case, made once in the tests' process and copied; the folder's path.
  std::string phantom(const std::string& case_name, const std::string& as = "");
  // `change`: what of the policy's text is replaced by what.
  std::string policy(const std::string& as, const std::vector<std::pair<std::string, std::string>>& change = {});
  std::string private_key(int seed) const { return keys_.at(static_cast<std::size_t>(seed)).private_path; }
  std::string public_key(int seed) const { return keys_.at(static_cast<std::size_t>(seed)).public_path; }

  // `dosegate approve PLAN --record PLAN/record.json --policy POLICY --key GATE --ledger LEDGER -o NAME more...`
  e2e::Outcome approve(const std::string& plan, const std::string& policy, const std::string& name,
                       const std::vector<std::string>& more = {});
  e2e::Outcome verify(const std::string& decision, const std::vector<std::string>& more = {});
  e2e::Outcome verify_ledger(const std::vector<std::string>& more = {});
  // The report of `dosegate check` on the plan; its path.
  std::string report(const std::string& plan, const std::string& name);
  // A file; or what DOSEGATE_TEST_LEDGER names, a database that has no ledger yet, for one test at a time.
  std::string ledger() const;
  // The file with what SQLite keeps beside it, as if its disk were gone; and back again, as far as it is there.
  void take_ledger_away();
  void bring_ledger_back();

 private:
  e2e::TemporaryFolder folder_;
  std::vector<KeyFiles> keys_;
};

// With every run of spaces and line feeds as one space: what was printed, whatever the width of the page.
std::string unwrapped(const std::string& text);

// The DICOM files of a phantom whose names begin so: RP, RS, RD.
std::filesystem::path dicom_file(const std::string& folder, const std::string& beginning);

}  // namespace dosegate::gate_test
