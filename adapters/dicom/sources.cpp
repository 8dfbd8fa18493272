#include "adapters/dicom/sources.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "adapters/dicom/walk.h"
#include "adapters/dicom/wire/charset.h"

namespace dosegate::dicom {
namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_path(const fs::path& path, const std::string& message, const std::string& hint) {
  fail(plain_utf8(path.string()), 0, message, hint);
}

class Finder {
 public:
  explicit Finder(const Limits& limits) : limits_(limits) {}

  void add(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) fail_path(path, "does not exist", "check the path");
    if (error) fail_path(path, "cannot be read: " + error.message(), "check the permissions");
    if (!fs::is_directory(status)) {
      keep(path, path.filename(), true, "");
      return;
    }
    const bool is_whole = walk(path, limits_.files, [&](const WalkEntry& found) {
      if (found.path == path) fail_path(path, found.problem, "check the permissions");
      // A folder reads as one: "old/".
      const fs::path name = found.path.lexically_relative(path);
      keep(found.path, found.type == WalkEntry::Type::kFolder ? name / "" : name, false, found.problem);
    });
    if (!is_whole) {
      fail_path(path, "holds more than the limit of " + std::to_string(limits_.files) + " files and folders",
                "give the folder of one plan");
    }
  }

  std::vector<Source> sorted() {
    std::sort(found_.begin(), found_.end(),
              [](const Source& a, const Source& b) { return std::tie(a.name, a.path) < std::tie(b.name, b.path); });
    return std::move(found_);
  }

 private:
  void keep(const fs::path& path, const fs::path& name, bool named, const std::string& problem) {
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    if (!seen_.insert(error ? path : real).second) return;
    if (found_.size() >= limits_.files) {
      fail_path(path, "is one file more than the limit of " + std::to_string(limits_.files),
                "give the folder of one plan");
    }
    found_.push_back({plain_utf8(name.generic_string()), path, nullptr, named, problem});
  }

  const Limits& limits_;
  std::set<fs::path> seen_;
  std::vector<Source> found_;
};

}  // namespace

std::vector<Source> find_sources(const std::vector<fs::path>& paths, const Limits& limits) {
  Finder finder(limits);
  // A file that is named counts as named, also where its folder is given too.
  for (const bool folders : {false, true}) {
    for (const fs::path& path : paths) {
      std::error_code error;
      if (fs::is_directory(path, error) == folders) finder.add(path);
    }
  }
  return finder.sorted();
}

}  // namespace dosegate::dicom
