// DICOM RT files and folders -> the data of dosegate.h: one plan, one structure set, one dose.
//
// The reader hands over facts and judges as little as possible. Three kinds of answer:
//  - a fact: what a tag says goes into RtCase as it is (units, dose type, summation, orientation, ...);
//  - a defect: data that cannot be made whole (a beam's dose is missing, a contour is truncated): the ROI or
//    dose is kept with a sentence, and the library makes everything that needs it NOT_EVALUABLE;
//  - a ReadError: nothing usable, or ambiguous (several plans, ...): one line, the caller exits 3.
// What the bytes of a file mean is the business of wire/, which knows nothing of plans and doses.
// Of images (CT, MR, PET) only the place is read: the slices that structures were drawn on. Inside a folder, files that
// are plainly not DICOM (foreign.h), and other objects that are not RTPLAN, RTSTRUCT or RTDOSE, are skipped; what
// cannot be read there may be the object that counts, and is an error unless the options choose the objects to be used.
// A file that is named itself must be usable or is an error. Lengths in mm, patient coordinates (LPS).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/dicom/wire/limits.h"
#include "adapters/dicom/wire/shared_bytes.h"
#include "adapters/support/error.h"
#include "dosegate/v1/options.pb.h"
#include "dosegate/v1/plan.pb.h"

namespace dosegate::dicom {

struct Contour {
  std::int32_t geometric_type = 0;       // DOSEGATE_CONTOUR_*
  std::vector<double> points_mm;         // x, y, z of each point; finite
  std::vector<std::string> images = {};  // SOP instances that it names, each once
};

struct Structure {
  std::int32_t roi_number = 0;
  std::string name;                    // UTF-8
  std::string interpreted_type;        // may be empty
  std::string frame_of_reference_uid;  // empty: not stated
  std::string defect;                  // not empty: why the contours cannot be relied on
  std::vector<Contour> contours;       // empty: an ROI without contours
  double slab_thickness_mm = 0.0;      // (3006,0044), that all contours agree on; 0: not stated
  std::optional<std::array<std::uint8_t, 3>>
      colour;  // (3006,002A), red, green, blue; none: not stated, or not readable
};

// Where images lie that structures were drawn on. Fields as in dosegate_slices (dosegate.h).
struct Slices {
  std::string frame_of_reference_uid;  // empty: not stated
  int axis = 2;
  std::vector<double> at_mm;  // ascending
};

// One image of a series.
struct ImageSlice {
  std::string sop_instance_uid, series_uid, frame_of_reference_uid;
  std::array<double, 3> position_mm{};
  std::array<double, 6> cosines{};  // (0020,0037)
};

// Fields as in dosegate_dose (dosegate.h). `values` is empty only when `defect` is not.
struct Dose {
  std::int32_t value_type = 0;  // DOSEGATE_VALUES_*
  SharedBytes values;           // planes * rows * columns of that type, the machine's byte order; not aligned
  std::uint64_t value_count = 0;
  double scaling = 0.0;
  std::int32_t units = 0;      // DOSEGATE_UNITS_*
  std::int32_t dose_type = 0;  // DOSEGATE_DOSE_*
  std::int32_t summation = 0;  // DOSEGATE_SUMMATION_*
  std::uint32_t columns = 0, rows = 0, planes = 0;
  std::array<double, 3> position_mm{};
  std::array<double, 3> row_cosines{};
  std::array<double, 3> column_cosines{};
  double row_spacing_mm = 0.0, column_spacing_mm = 0.0;
  std::vector<double> plane_offsets_mm;  // relative to position_mm
  std::string frame_of_reference_uid;    // empty: not stated
  bool as_water = false;                 // (3004,0014) is WATER: calculated as if the patient were water
  bool is_moved = false;                 // (3004,0005) is RIGID: moved and turned from where it was calculated
  std::string defect;
};

struct RtCase {
  std::optional<dosegate::v1::Plan> plan;
  std::vector<Structure> structures;  // in the order of the ROI sequence
  std::vector<Slices> slices;         // by frame of reference and axis, each once
  std::optional<Dose> dose;
  std::vector<dosegate::v1::Input> inputs;  // role, SOP Instance UID, SHA-256 of each file used; see Inputs
  std::vector<v1::Sentences> notes;         // for the user: what was skipped, chosen, assumed
  std::string patient_id;  // (0010,0020) of the files used, to tell patients apart; empty: not stated. In no document.
};

// One problem, one line; where() is "(3004,000C) Grid Frame Offset Vector" or empty.
using ReadError = support::Error;

enum class Need {
  kRequired,   // none is a ReadError
  kIfPresent,  // none is fine
  kIgnored     // not used, even if there; for the plan: a plan is then no part of the case
};

enum class Inputs {
  kListed,  // RtCase::inputs names the files used, each with its SHA-256
  kIgnored  // RtCase::inputs stays empty, and no time goes into hashing
};

enum class Files {
  kCopied,  // into memory
  // Mapped, which saves clearing and filling memory, most of the time of reading. A file that is cut short meanwhile
  // ends the process by SIGBUS, unless the program handles that: only for programs that do.
  kMapped
};

struct ReadOptions {
  // A choice among several (--plan, --structures, --dose): a SOP Instance UID, or a file by path or name.
  // Empty: decided by references.
  std::string plan, structure_set, dose;
  Need need_plan = Need::kRequired;  // `dvh` uses kIfPresent
  Need need_structures = Need::kRequired;
  Need need_dose = Need::kRequired;
  Inputs inputs = Inputs::kListed;
  Files files = Files::kCopied;
  // The user says that the dose is that of the whole plan, whatever the file says of beams and plans.
  bool dose_is_whole = false;
  // A file that the caller reads by itself and that is not DICOM: inside a folder it is skipped without a note. Empty:
  // none.
  std::filesystem::path read_elsewhere;
  unsigned threads = 1;  // that reading may use; the answer does not depend on it
  Limits limits;
};

using ReadResult = std::variant<RtCase, ReadError>;

// Reads files and folders (with their sub-folders and what links lead to). Deterministic: the
// order of `paths` and of directory entries does not matter. Several objects of a kind that the references
// and the options do not decide between are a ReadError that lists them. Switches DCMTK's log off.
ReadResult read_case(const std::vector<std::filesystem::path>& paths, const ReadOptions& options = {});

// The same for objects in memory, each under a name that stands for its file.
struct MemoryFile {
  std::string name;
  std::vector<std::byte> bytes;
};
ReadResult read_case_from_memory(const std::vector<MemoryFile>& files, const ReadOptions& options = {});

}  // namespace dosegate::dicom
