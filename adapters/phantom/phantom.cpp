#include "adapters/phantom/phantom.h"

#include <algorithm>
#include <exception>
#include <fstream>
#include <system_error>

#include "adapters/phantom/record.h"
#include "adapters/phantom/study.h"

namespace dosegate::phantom {
namespace {

namespace fs = std::filesystem;

Result failed(std::string message) { return {{}, std::move(message)}; }

bool has_phantom_name(const std::string& name) {
  const auto starts = [&](const char* text) { return name.rfind(text, 0) == 0; };
  const bool known = starts("CT.") || starts("RS.") || starts("RP.") || starts("RD.");
  return known && name.size() > 4 && name.compare(name.size() - 4, 4, ".dcm") == 0;
}

constexpr const char* kRecordName = "record.json";

// To the byte that of a case: one that somebody changed is theirs.
bool is_our_record(const fs::path& path) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  std::string text(kMost, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return std::any_of(cases().begin(), cases().end(), [&](const CaseInfo& c) { return record_json(c.name) == text; });
}

// A file of an earlier phantom: its name, and that it states us as manufacturer. Read as bytes, because DCMTK
// writes to the console about files that it cannot read.
bool is_ours(const fs::directory_entry& entry) {
  std::error_code failure;
  if (entry.is_symlink(failure) || !entry.is_regular_file(failure) || failure) return false;
  if (entry.path().filename() == kRecordName) return is_our_record(entry.path());
  if (!has_phantom_name(entry.path().filename().string())) return false;
  std::string head(2048, '\0');
  std::ifstream file(entry.path(), std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  constexpr std::string_view kTagAndVr("\x08\x00\x70\x00LO\x10\x00", 8);  // (0008,0070), 16 characters
  static_assert(std::string_view(kManufacturer).size() == 16);
  return head.size() > 132 && head.compare(128, 4, "DICM") == 0 &&
         head.find(std::string(kTagAndVr) + kManufacturer) != std::string::npos;
}

std::string prepare(const fs::path& dir, std::vector<fs::path>& earlier) {
  std::error_code failure;
  const fs::file_status status = fs::status(dir, failure);
  if (status.type() == fs::file_type::not_found) {
    fs::create_directories(dir, failure);
    return failure ? dir.string() + ": the directory cannot be made: " + failure.message() : std::string();
  }
  if (status.type() != fs::file_type::directory) {
    return dir.string() + ": is not a directory. Name a new or empty one.";
  }
  fs::directory_iterator entries(dir, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    if (!is_ours(*entries)) {
      return dir.string() + ": holds '" + entries->path().filename().string() +
             "', which no phantom wrote. Nothing was written; name a new or empty directory.";
    }
    earlier.push_back(entries->path());
  }
  return failure ? dir.string() + ": the directory cannot be read: " + failure.message() : std::string();
}

// Writes and frees one after the other.
std::string save(std::vector<DicomFile> files, const fs::path& dir, std::vector<fs::path>& written) {
  for (DicomFile& f : files) {
    const fs::path path = dir / f.name;
    const OFCondition saved =
        f.file->saveFile(path.c_str(), EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_recalcGL, EPD_withoutPadding);
    if (saved.bad()) return path.string() + ": cannot be written: " + saved.text() + ". Is there room on the disk?";
    written.push_back(path);
    f.file.reset();
  }
  return {};
}

std::string save_record(std::string_view case_name, const fs::path& dir, std::vector<fs::path>& written) {
  const fs::path path = dir / kRecordName;
  std::ofstream file(path, std::ios::binary);
  file << record_json(case_name);
  file.close();
  if (!file) return path.string() + ": cannot be written. Is there room on the disk?";
  written.push_back(path);
  return {};
}

}  // namespace

Result write(const fs::path& dir, std::string_view case_name) {
  const CaseInfo* info = find_case(case_name);
  if (info == nullptr) {
    std::string message = "There is no phantom case '" + std::string(case_name) + "'. Cases:";
    for (const CaseInfo& c : cases()) message += " " + c.name;
    return failed(std::move(message));
  }
  if (dir.empty()) return failed("Name the directory that the phantom goes into.");
  try {
    std::vector<fs::path> earlier;
    std::string error = prepare(dir, earlier);
    if (!error.empty()) return failed(std::move(error));
    for (const fs::path& path : earlier) {
      std::error_code failure;
      fs::remove(path, failure);
      if (failure) return failed(path.string() + ": cannot be replaced: " + failure.message());
    }
    const Study study(case_name);
    Result out;
    std::vector<DicomFile> single;
    error = save(make_images(study), dir, out.files);
    if (error.empty()) {
      single.push_back(make_structures(study));
      single.push_back(make_plan(study));
      error = save(std::move(single), dir, out.files);
    }
    if (error.empty()) error = save(make_doses(study), dir, out.files);
    const bool has_record = info->differs != Differs::kInProtocol;
    if (error.empty() && has_record) error = save_record(case_name, dir, out.files);
    if (!error.empty()) return failed(std::move(error));
    return out;
  } catch (const std::exception& e) {
    return failed(dir.string() + ": the phantom could not be written: " + e.what());
  }
}

}  // namespace dosegate::phantom
