#include "adapters/cli/kept_reports.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <variant>

#include "adapters/cli/input.h"
#include "adapters/cli/program.h"
#include "adapters/cli/report_file.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kDigits = 64;  // of a digest

// Of KEY-DIGEST.json, of KEY.json, and of what a write that was cut short left of them; empty: it is none of these.
std::string key_of(const std::string& name) {
  const bool is_digest = name.size() > kDigits && std::all_of(name.begin(), name.begin() + kDigits, [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                         });
  const bool is_json = name.find(".json") != std::string::npos && (name[kDigits] == '-' || name[kDigits] == '.');
  return is_digest && is_json ? name.substr(0, kDigits) : std::string();
}

std::string file_name(const std::string& key, std::string_view report_json) {
  return key + "-" + detail::sha256_of(report_json.data(), report_json.size()) + ".json";
}

std::multiset<std::string> inputs_of(const google::protobuf::RepeatedPtrField<v1::Input>& inputs) {
  std::multiset<std::string> all;
  for (const auto& in : inputs) all.insert(in.role() + " " + in.sha256());
  return all;
}

fs::path whole(const fs::path& path) {
  std::error_code error;
  fs::path out = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path : out.has_filename() ? out : out.parent_path();
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && relative != "." && *relative.begin() != "..";
}

// The name of something in a folder that is no kept report; empty: there is none.
std::string other_thing_in(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    std::string name = at->path().filename().string();
    if (key_of(name).empty()) return name;
  }
  return {};
}

}  // namespace

void refuse_kept_among_inputs(const std::string& folder, const std::string& directory) {
  if (folder.empty()) return;
  const fs::path kept = whole(folder);
  const auto refuse = [&](const std::string& why) {
    stop("--resume " + folder + ": " + why + ". Name a folder for the reports alone, that is no plan's");
  };
  if (kept == whole(directory)) refuse("is the folder of the plans itself");
  std::error_code error;
  for (fs::directory_iterator at(directory, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    if (!at->is_directory(ignored)) continue;
    const fs::path plan = whole(at->path());
    if (is_inside(kept, plan)) refuse("lies inside " + at->path().string() + ", which is one of the plans");
    if (kept != plan) continue;
    if (const std::string other = other_thing_in(plan); !other.empty())
      refuse("is one of the plans: it holds " + other);
  }
}

KeptReports::KeptReports(std::string folder) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error || !fs::is_directory(folder_, error))
    stop("--resume " + folder_ + ": cannot be made, or is no folder. Name a folder that can be written to");
  fs::directory_iterator at(folder_, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    std::string name = at->path().filename().string();
    if (const std::string key = key_of(name); !key.empty() && at->path().extension() == ".json")
      files_[key].push_back(std::move(name));
  }
  if (error) stop("--resume " + folder_ + ": cannot be listed: " + error.message() + ". Check its permissions");
  for (auto& [key, names] : files_) std::sort(names.begin(), names.end());
}

std::optional<v1::Report> KeptReports::find(const std::string& key, const v1::CaseOptions& options,
                                            const v1::Protocol& protocol, std::string_view engine_version) const {
  const auto found = files_.find(key);
  if (found == files_.end()) return std::nullopt;
  for (const std::string& name : found->second) {
    const auto text = read_text_file((fs::path(folder_) / name).string(), kMostReportBytes);
    if (!std::holds_alternative<std::string>(text) || file_name(key, std::get<std::string>(text)) != name) continue;
    v1::Report report;
    if (!read_report(std::get<std::string>(text), report).empty()) continue;
    if (report.protocol().id() == protocol.id() && report.protocol().version() == protocol.version() &&
        report.engine_version() == engine_version && inputs_of(report.inputs()) == inputs_of(options.inputs()))
      return report;
  }
  print_error((fs::path(folder_) / found->second.front()).string() +
              ": is not the report that was kept here, by its SHA-256 or its content; the plan is checked anew");
  return std::nullopt;
}

void KeptReports::keep(const std::string& key, std::string_view report_json) const {
  if (!folder_.empty()) answer((fs::path(folder_) / file_name(key, report_json)).string(), report_json);
}

}  // namespace dosegate::cli
