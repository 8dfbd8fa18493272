#include "tests/gate/site.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iterator>

namespace dosegate::gate_test {
namespace fs = std::filesystem;
using e2e::Outcome;

namespace {

const e2e::TemporaryFolder& phantoms() {
  static const e2e::TemporaryFolder folder;
  return folder;
}

void move_ledger(const std::string& from, const std::string& to) {
  for (const char* ending : {"", "-wal", "-shm"}) {
    if (fs::exists(from + ending)) fs::rename(from + ending, to + ending);
  }
}

// Nothing is asked for by hand, OR-6.Max may be waived by a physicist.
std::string site_policy() {
  std::string text = policy_json();
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("TRIAL-1", kTrial);
  replace("\"R-1\"", "\"OR-6.Max\"");
  replace("\"R-2\"", "\"OR-1\"");
  const std::size_t begin = text.find("\"attestations\": [") + 17, end = text.rfind(']');
  text.erase(begin, end - begin);
  return text;
}

}  // namespace

Site::Site() {
  for (int seed = 0; seed <= 10; ++seed) keys_.push_back(write_key(folder_.path().string(), seed));
}

std::string Site::phantom(const std::string& case_name, const std::string& as) {
  const fs::path made = phantoms() / case_name;
  if (!fs::exists(made)) {
    const Outcome o = e2e::run({"phantom", made.string(), "--case", case_name});
    INFO(o.err);
    REQUIRE(o.exit_code == 0);
    for (const auto& entry : fs::directory_iterator(made)) {  // images take most of the time
      if (entry.path().filename().string().starts_with("CT")) fs::remove(entry.path());
    }
  }
  const fs::path copy = folder_ / (as.empty() ? case_name : as);
  fs::copy(made, copy, fs::copy_options::recursive);
  return copy.string();
}

std::string Site::policy(const std::string& as, const std::vector<std::pair<std::string, std::string>>& change) {
  std::string text = site_policy();
  for (const auto& [from, to] : change) {
    const std::size_t at = text.find(from);
    INFO(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  }
  e2e::write_file(folder_ / as, text);
  return (folder_ / as).string();
}

std::string Site::ledger() const {
  const char* const stated = std::getenv("DOSEGATE_TEST_LEDGER");
  return stated != nullptr ? stated : (folder_ / "ledger").string();
}

void Site::take_ledger_away() { move_ledger(ledger(), (folder_ / "ledger-away").string()); }

void Site::bring_ledger_back() { move_ledger((folder_ / "ledger-away").string(), ledger()); }

Outcome Site::approve(const std::string& plan, const std::string& policy, const std::string& name,
                      const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"approve",  plan,     "--record", plan + "/record.json",
                                        "--policy", policy,   "--key",    private_key(9),
                                        "--ledger", ledger(), "-o",       *this / name};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return e2e::run(arguments);
}

Outcome Site::verify(const std::string& decision, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"verify", *this / decision, "--key", public_key(9)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return e2e::run(arguments);
}

Outcome Site::verify_ledger(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"ledger", "verify", "--ledger", ledger(), "--key", public_key(9)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return e2e::run(arguments);
}

std::string Site::report(const std::string& plan, const std::string& name) {
  const std::string path = *this / name;
  const Outcome o = e2e::run({"check", plan, "--record", plan + "/record.json", "--format", "json", "-o", path});
  INFO(o.err);
  REQUIRE(o.exit_code < 3);
  return path;
}

std::string unwrapped(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n';
    if (!is_space || line.empty() || line.back() != ' ') line += is_space ? ' ' : c;
  }
  return line;
}

fs::path dicom_file(const std::string& folder, const std::string& beginning) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(beginning)) return entry.path();
  }
  FAIL("no " << beginning << " in " << folder);
  return {};
}

}  // namespace dosegate::gate_test
