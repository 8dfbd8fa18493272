// Every file of the shared data alone, and mutilated copies of them in an otherwise whole case: an answer or
// one clear line, never a signal, never for ever, never without bound.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace fs = std::filesystem;

namespace {

constexpr int kCopies = 200;
constexpr int kSeconds = 60;
constexpr long kMostKib = 3L << 20;

std::vector<fs::path> files_under(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void check_answered(const Outcome& o) {
  INFO("signal " << o.signal << ", exit " << o.exit_code << ", " << o.peak_kib << " KiB\nerr: " << o.err);
  CHECK_FALSE(o.timed_out);
  CHECK(o.signal == 0);
  CHECK(o.exit_code >= 0);
  CHECK(o.exit_code <= 3);
  CHECK(o.error_lines() == (o.exit_code == 3 ? 1u : 0u));
  CHECK(o.out.empty() == (o.exit_code == 3));
  CHECK(o.peak_kib < kMostKib);
}

bool is_rt_object(const fs::path& file) {
  return file.extension() == ".dcm" && file.filename().string().rfind("CT", 0) != 0;
}

// One change that a broken transfer, a bad export or an attacker makes. Half of them in the first 4 KiB, where
// the header is.
std::string mutilate(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) {
    return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const auto place = [&] { return below(below(2) == 0 ? std::min<std::size_t>(bytes.size(), 4096) : bytes.size()); };
  switch (below(6)) {
    case 0:
      bytes.resize(place());
      break;
    case 1:
      for (std::size_t n = 1 + below(32); n > 0; --n) bytes[place()] = static_cast<char>(below(256));
      break;
    case 2: {
      const std::size_t at = place();
      bytes.erase(at, 1 + below(64));
      break;
    }
    case 3: {
      std::string junk(1 + below(64), '\0');
      for (char& c : junk) c = static_cast<char>(below(256));
      bytes.insert(place(), junk);
      break;
    }
    case 4: {  // a length field at its largest
      const std::size_t at = place();
      for (std::size_t i = at; i < std::min(at + 4, bytes.size()); ++i) bytes[i] = '\xFF';
      break;
    }
    default: {  // a text number that is none
      const std::size_t digit = bytes.find_first_of("0123456789", place());
      const char* const texts[] = {"NaN", "inf", "1e9", "-1.", "\\\\\\"};
      if (digit != std::string::npos && digit + 3 <= bytes.size()) bytes.replace(digit, 3, texts[below(5)], 3);
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("robustness: every shared file alone gets an answer or a clear error", "[e2e]") {
  const fs::path data = shared_data();
  if (data.empty()) return;
  RunOptions options;
  options.seconds = kSeconds;
  std::size_t slices = 0;
  for (const fs::path& file : files_under(data)) {
    // CT slices are all alike: a few stand for them.
    if (file.filename().string().rfind("CT", 0) == 0 && ++slices > 5) continue;
    for (const char* command : {"check", "dvh"}) {
      INFO(command << " " << file.string());
      check_answered(run({command, file.string()}, options));
    }
  }
  for (const auto& folder : fs::directory_iterator(data)) {
    if (!folder.is_directory()) continue;
    INFO(folder.path().string());
    check_answered(run({"check", folder.path().string()}, options));
    check_answered(run({"dvh", folder.path().string()}, options));
  }
}

TEST_CASE("robustness: mutilated copies crash nothing", "[e2e]") {
  const fs::path data = shared_data();
  if (data.empty()) return;
  std::vector<fs::path> originals;
  for (const fs::path& file : files_under(data)) {
    if (is_rt_object(file)) originals.push_back(file);
  }
  REQUIRE(originals.size() > 10);
  RunOptions options;
  options.seconds = kSeconds;
  std::size_t refused = 0;
  const int copies = are_sanitized() ? kCopies / 5 : kCopies;
  for (int i = 0; i < copies; ++i) {
    std::mt19937 random(static_cast<std::mt19937::result_type>(i));
    const fs::path& original = originals[static_cast<std::size_t>(i) % originals.size()];
    const TemporaryFolder folder;
    write_file(folder / "mutilated.dcm", mutilate(read_file(original), random));
    // Beside it the rest of its case, so that what can still be read is evaluated.
    std::vector<std::string> arguments = {i % 2 == 0 ? "check" : "dvh", (folder / "mutilated.dcm").string()};
    const std::string parent = original.parent_path().filename().string();
    if (parent.rfind("liverA", 0) == 0) {
      for (const fs::path& other : files_under(original.parent_path())) {
        if (is_rt_object(other) && other != original) arguments.push_back(other.string());
      }
    }
    INFO("copy " << i << " of " << original.string());
    const Outcome o = run(arguments, options);
    check_answered(o);
    refused += o.exit_code == 3 ? 1 : 0;
  }
  CHECK(refused > static_cast<std::size_t>(copies) / 10);
  CHECK(refused < static_cast<std::size_t>(copies));
}
