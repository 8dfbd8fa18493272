#include "tests/dicom/builder.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "adapters/present/sentences.h"
#include "dosegate/dosegate.h"

namespace dicom_test {

using namespace dosegate::dicom;
namespace present = dosegate::present;

ReadOptions anything() {
  ReadOptions options;
  options.need_plan = options.need_structures = options.need_dose = Need::kIfPresent;
  return options;
}

ReadResult read(const std::vector<Bytes>& files, const ReadOptions& options) {
  std::vector<MemoryFile> memory;
  for (const Bytes& bytes : files) memory.push_back({std::to_string(memory.size() + 1) + ".dcm", bytes});
  return read_case_from_memory(memory, options);
}

RtCase read_good(const std::vector<Bytes>& files, const ReadOptions& options) {
  ReadResult result = read(files, options);
  if (const auto* error = std::get_if<ReadError>(&result)) FAIL(error->text());
  return std::get<RtCase>(std::move(result));
}

std::string read_error(const std::vector<Bytes>& files, const ReadOptions& options) {
  const ReadResult result = read(files, options);
  const auto* error = std::get_if<ReadError>(&result);
  if (error == nullptr) {
    FAIL("read without an error");
    return "";
  }
  CHECK(error->text().find('\n') == std::string::npos);
  CHECK_FALSE(error->hint().empty());
  return error->text();
}

std::vector<std::string> notes_of(const RtCase& rt_case) {
  std::vector<std::string> notes;
  for (const dosegate::v1::Sentences& note : rt_case.notes) {
    for (const present::Language language : present::kLanguages) {
      const auto words = present::in_words(present::all_of(note.sentences()), language);
      REQUIRE(words);
      if (language == present::Language::kEnglish) notes.push_back(*words);
    }
  }
  return notes;
}

bool has_note(const RtCase& rt_case, const std::string& part) {
  const std::vector<std::string> notes = notes_of(rt_case);
  return std::any_of(notes.begin(), notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

std::vector<double> dose_values(const Dose& dose) {
  std::vector<double> values;
  for (std::uint64_t i = 0; i < dose.value_count && !dose.values.empty(); ++i) {
    if (dose.value_type == DOSEGATE_VALUES_UINT16) {
      std::uint16_t v = 0;
      std::memcpy(&v, &dose.values[i * sizeof v], sizeof v);
      values.push_back(v * dose.scaling);
    } else if (dose.value_type == DOSEGATE_VALUES_UINT32) {
      std::uint32_t v = 0;
      std::memcpy(&v, &dose.values[i * sizeof v], sizeof v);
      values.push_back(v * dose.scaling);
    } else {
      double v = 0;
      std::memcpy(&v, &dose.values[i * sizeof v], sizeof v);
      values.push_back(v * dose.scaling);
    }
  }
  return values;
}

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "dosegate-dicom-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) FAIL("no temporary folder");
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempFolder::write(const std::string& name, const Bytes& bytes) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return file;
}

std::string shared_data() {
  const char* chosen = std::getenv("DOSEGATE_SHARED_DATA");
  const std::string folder = chosen != nullptr ? chosen : DOSEGATE_SHARED_DATA;
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return folder;
  WARN("skipped: there is no " << folder);
  return "";
}

Bytes file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

}  // namespace dicom_test
