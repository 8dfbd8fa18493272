// From the structs of dosegate.h to the engine's types. Everything that can be wrong with an argument is found
// here, before anything of a size that the host states is allocated; the error names the field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/checker.h"
#include "core/dose/dose_grid.h"
#include "core/gamma/gamma.h"
#include "core/geometry/structure.h"
#include "core/quantity/result.h"
#include "plugin/include/dosegate/dosegate.h"
#include "plugin/include/dosegate/extensions/gamma.h"

namespace dosegate::plugin {

inline constexpr std::uint64_t kMaxStructures = 4096;        // a case
inline constexpr std::uint32_t kMaxThreads = 256;            // a call
inline constexpr std::uint64_t kMaxContours = 1'000'000;     // a structure
inline constexpr std::uint64_t kMaxPoints = 10'000'000;      // a structure
inline constexpr std::uint64_t kMaxCasePoints = 50'000'000;  // a case
inline constexpr std::uint64_t kMaxSlices = 100'000;         // of one frame of reference and axis
inline constexpr std::size_t kMaxSliceSeries = 256;          // a case
inline constexpr std::uint64_t kMaxVoxels = std::uint64_t{1} << 28;
inline constexpr std::size_t kMaxName = 1024;      // bytes; DICOM: 64 characters
inline constexpr std::size_t kMaxSentence = 4096;  // bytes
inline constexpr double kMaxCoordinateMm = 1e5;    // 100 m: no patient is there
inline constexpr std::size_t kMaxPlanBytes = 16U << 20U;
inline constexpr std::size_t kMaxProtocolBytes = 4U << 20U;
inline constexpr std::size_t kMaxRecordBytes = 4U << 20U;
inline constexpr std::size_t kMaxOptionsBytes = 1U << 20U;
inline constexpr std::size_t kMaxRequestBytes = 1U << 20U;

// The struct_size of an input struct whose first version is `first` bytes and the one of our header `known`. Smaller
// than the first: refused. Larger than ours: the host was compiled with a newer header; what we do not know must then
// be zero, because it could say something that changes the meaning of the rest. `path` names the struct.
Status check_struct(const void* data, std::uint32_t first, std::uint32_t known, std::size_t alignment,
                    std::string_view path);
template <typename T>
Status check_struct(const T* data, std::string_view path) {
  return check_struct(data, sizeof(T), sizeof(T), alignof(T), path);
}

// A document passed in. The view is of the host's memory.
Result<std::string_view> read_text(dosegate_text text, std::size_t limit, std::string_view path);

// A name in a case; NULL is "".
Result<std::string> read_name(const char* name, const std::string& path);

// A structure, and the name of the set that it is of.
struct OfSet {
  std::string structure_set;
  Structure structure;
};
Result<OfSet> read_structure(const dosegate_structure* s);
std::uint64_t point_count(const Structure& s);

// The positions, ascending.
struct StatedSlices {
  SliceSeries series;
  std::vector<double> at;
};
Result<StatedSlices> read_slices(const dosegate_slices* s);

// A dose for comparison may have a single column or row; of one that is expected the values are not looked at.
Result<DoseDescription> read_dose(const dosegate_dose* d, DoseUse use = DoseUse::kMetrics);
// By which name a dose is held, and what it belongs to. Precondition: read_dose() took the struct.
struct DoseLabel {
  std::string name_in_case;
  std::vector<std::string> plans;
  std::string structure_set;
};
Result<DoseLabel> read_label(const dosegate_dose& d);
Result<DosePoints> read_dose_points(const dosegate_dose_points* p);
// What can be told without the case's dose; the name of the dose.
Result<std::string> check_dose_planes(const dosegate_dose_planes* p);

}  // namespace dosegate::plugin
