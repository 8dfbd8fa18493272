#include "adapters/orthanc/study.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "adapters/orthanc/json.h"
#include "adapters/support/error.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::orthanc {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMostRecordBytes = std::uintmax_t{4} << 20;  // as the library takes it

// None: there is nothing of that name.
std::optional<json::value> array_at(const Orthanc& orthanc, const std::string& uri) {
  const Answer answer = orthanc.get(uri);
  if (answer.status == kNotFound) return std::nullopt;
  auto read = answer.is_ok() ? read_json(answer.body) : std::nullopt;
  if (!read || !read->is_array())
    throw support::Error("Orthanc", uri, "was not answered (status " + std::to_string(answer.status) + ")",
                         "look into Orthanc's log");
  return read;
}

std::uint64_t size_of(const json::value& instance) {
  const json::value* found = instance.as_object().if_contains("FileSize");
  json::error_code error;
  const auto size = found == nullptr ? 0 : found->to_number<std::uint64_t>(error);
  return error ? 0 : size;
}

// A name made of a UID alone leads nowhere else.
bool is_uid(const std::string& text) {
  return !text.empty() && text.size() <= 64 && text.front() != '.' &&
         text.find_first_not_of("0123456789.") == std::string::npos;
}

// The record of the study's one plan. Of several plans none is judged.
std::string record_of(const Study& study, const Settings& settings) {
  if (settings.record_directory.empty()) return {};
  std::string uid;
  for (const Instance& instance : study.instances) {
    if (instance.modality != "RTPLAN") continue;
    if (!uid.empty()) return {};
    uid = instance.sop_instance_uid;
  }
  if (!is_uid(uid)) return {};
  const fs::path path = fs::path(settings.record_directory) / (uid + ".json");
  std::error_code error;
  return fs::exists(path, error) ? path.string() : std::string();
}

std::string read_record(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || !fs::is_regular_file(path, error) || size > kMostRecordBytes)
    throw support::Error(path, "", "is no clinical record that can be read", "put a file of at most 4 MiB there");
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw support::Error(path, "", "cannot be read", "check its permissions");
  return text;
}

}  // namespace

bool Study::has(std::string_view modality) const {
  return std::any_of(instances.begin(), instances.end(), [&](const Instance& i) { return i.modality == modality; });
}

bool Study::is_treatment() const { return has("RTPLAN") || has("RTSTRUCT") || has("RTDOSE"); }

std::string Study::missing() const {
  std::string all;
  for (const char* modality : {"RTPLAN", "RTSTRUCT", "RTDOSE"}) {
    if (!has(modality)) all += (all.empty() ? "" : ", ") + std::string(modality);
  }
  return all;
}

bool is_identifier(std::string_view text) {
  return text.size() == 44 && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

std::optional<Study> look_at(const Orthanc& orthanc, const Settings& settings, const std::string& rules,
                             const std::string& id) {
  if (!is_identifier(id)) return std::nullopt;
  const auto series = array_at(orthanc, "/studies/" + id + "/series");
  if (!series) return std::nullopt;
  std::map<std::string, std::string> modalities;
  for (const json::value& one : series->as_array()) {
    const json::object* tags = object_of(one, "MainDicomTags");
    modalities[text_of(one, "ID")] = tags == nullptr ? "" : text_of(*tags, "Modality");
  }
  const auto instances = array_at(orthanc, "/studies/" + id + "/instances");
  if (!instances) return std::nullopt;

  Study study;
  study.id = id;
  for (const json::value& one : instances->as_array()) {
    const json::object* tags = object_of(one, "MainDicomTags");
    Instance& instance = study.instances.emplace_back();
    instance.id = text_of(one, "ID");
    instance.file = text_of(one, "FileUuid");
    instance.modality = modalities[text_of(one, "ParentSeries")];
    instance.sop_instance_uid = tags == nullptr ? "" : text_of(*tags, "SOPInstanceUID");
    instance.bytes = size_of(one);
    if (!is_identifier(instance.id) || instance.file.empty())
      throw support::Error("Orthanc", "study " + id, "has an instance without identifier or file",
                           "this version of Orthanc tells less than is needed; install 1.9.2 or newer");
  }
  std::sort(study.instances.begin(), study.instances.end(),
            [](const Instance& a, const Instance& b) { return a.id < b.id; });
  study.record = record_of(study, settings);
  std::string all = rules + "\n";
  for (const Instance& instance : study.instances)
    all += instance.id + " " + instance.file + " " + instance.modality + "\n";
  if (!study.record.empty()) all += "record " + detail::sha256_of(read_record(study.record)) + "\n";
  study.fingerprint = detail::sha256_of(all);
  return study;
}

}  // namespace dosegate::orthanc
