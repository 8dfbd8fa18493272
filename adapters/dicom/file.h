// One DICOM object: found, sized up, read and scanned.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"
#include "adapters/dicom/wire/data_set.h"
#include "adapters/dicom/wire/shared_bytes.h"

namespace dosegate::dicom {

// Where an object comes from: a file, or memory that outlives the reading.
struct Source {
  std::string name;            // what the user reads: UTF-8, relative to the folder that was given
  std::filesystem::path path;  // empty: in memory
  const std::vector<std::byte>* memory = nullptr;
  bool named = false;     // by the user, so it must be usable
  std::string problem{};  // not empty: why it cannot be read, a folder (its name ends in a slash) or a file
};

enum class Kind { kPlan, kStructures, kDose };

// What the beginning of a source says.
struct Sighting {
  enum class Answer {
    kRtObject,
    kOtherObject,  // DICOM, and of no interest
    kForeign,      // plainly no DICOM object
    kNotDicom,     // no DICOM object, though it is named like one or cannot be told from a damaged one
    kBroken        // a DICOM object, and what it holds is not known
  } answer = Answer::kNotDicom;
  std::optional<Kind> kind;  // of kRtObject; of kBroken where the meta group says it
  bool is_odd = false;       // of kOtherObject: of radiotherapy or not of the standard, so that the user should know
  std::string problem;       // of kOtherObject and kBroken: a sentence
  std::optional<ImageSlice> slice;  // of kOtherObject: an image of one slice
};
Sighting look_at(const Source& source, const Limits& limits);

class Object {
 public:
  // Reads all of it. Throws ReadError.
  Object(const Source& source, Kind kind, const ReadOptions& options);

  const Source& source() const { return source_; }
  const std::string& name() const { return source_.name; }
  Kind kind() const { return kind_; }
  const DataSet& data_set() const { return data_set_; }
  // SHA-256 of the source as it was read, in hex. Reads it again where the bytes were given back before.
  const std::string& sha256(const ReadOptions& options);

  // A folder may hold many doses of which one is used: gives the bytes back, and reads them again. Attributes can be
  // read in between as little as pixels.
  void release_bytes();
  bool is_loaded() const { return !raw_.empty(); }
  void reload(const ReadOptions& options);

 private:
  Source source_;
  Kind kind_;
  SharedBytes raw_;
  DataSet data_set_;
  std::string sha256_;
};

}  // namespace dosegate::dicom
