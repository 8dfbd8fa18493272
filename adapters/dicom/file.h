// One DICOM object: found, sized up, read, and parsed by DCMTK up to its pixel data.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/dicom/fail.h"
#include "adapters/dicom/scan.h"

class DcmDataset;

namespace dosegate::dicom {

// Where an object comes from: a file, or memory that outlives the reading.
struct Source {
  std::string name;            // what the user reads: UTF-8, relative to the folder that was given
  std::filesystem::path path;  // empty: in memory
  const std::vector<std::byte>* memory = nullptr;
  bool named = false;  // by the user, so it must be usable
};

enum class Kind { kPlan, kStructures, kDose };

// What the beginning of a source says.
struct Sighting {
  enum class Answer { kRtObject, kOtherObject, kNotDicom, kBroken } answer = Answer::kNotDicom;
  Kind kind = Kind::kPlan;
  std::string problem;  // of kBroken: a sentence
};
Sighting look_at(const Source& source, const Limits& limits);

class Object {
 public:
  // Reads all of it. Throws ReadError.
  Object(const Source& source, Kind kind, const Limits& limits);
  Object(Object&&) noexcept;
  Object& operator=(Object&&) noexcept;
  ~Object();

  const Source& source() const { return source_; }
  const std::string& name() const { return source_.name; }
  Kind kind() const { return kind_; }
  const Encoding& encoding() const { return start_.encoding; }
  const Layout& layout() const { return layout_; }
  DcmDataset& data() const { return *data_; }
  Bytes data_set_bytes() const;  // what layout() refers to
  const std::string& sha256();   // of the source as it is stored; needs is_loaded() the first time

  // A folder may hold many doses of which one is used: gives the bytes back, and reads them again.
  void release_bytes();
  bool is_loaded() const { return !raw_.empty(); }
  void reload(const Limits& limits);

 private:
  Source source_;
  Kind kind_;
  Start start_;
  Layout layout_;
  std::vector<std::byte> raw_, inflated_;
  std::string sha256_;
  std::unique_ptr<DcmDataset> data_;
};

// Switches off DCMTK's log (once a process) and sees to its dictionary; throws ReadError without one.
void prepare_dcmtk();

}  // namespace dosegate::dicom
