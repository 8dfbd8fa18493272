// Small valid RT objects for tests, made with DCMTK: a plan of two treatment beams and a set-up beam, a
// structure set of two ROIs, doses. Tests change the data sets as they need.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"

namespace dicom_test {

using Data = std::unique_ptr<DcmDataset>;
using Bytes = std::vector<std::byte>;

inline constexpr const char* kPlanUid = "1.2.3.1";
inline constexpr const char* kStructuresUid = "1.2.3.2";
inline constexpr const char* kFrame = "1.2.3.9";

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value);
void put_us(DcmItem& item, const DcmTagKey& tag, std::uint16_t value);
DcmItem& add_item(DcmItem& parent, const DcmTagKey& sequence);  // a further one
DcmItem& item(DcmItem& parent, const DcmTagKey& sequence, signed long index = 0);

Data make_plan(const std::string& uid = kPlanUid, const std::string& structures_uid = kStructuresUid);

// ROI 1 'PTV' with two squares, ROI 2 'Liver' with one.
Data make_structures(const std::string& uid = kStructuresUid);
void add_contour(DcmItem& roi_contour, const std::string& type, const std::string& points, const std::string& count);

// One slice, of 2 rows.
struct ImageSpec {
  std::string uid, z = "0", series = "1.2.3.50", frame = kFrame;
  std::string orientation = "1\\0\\0\\0\\1\\0", x = "-100", y = "-100";
  const char* sop_class = UID_CTImageStorage;
};
Data make_image(const ImageSpec& spec);
std::string numbered(int n);  // an image's UID
// A contour, by its ROI's and its own place in the file, names an image.
void refer(DcmDataset& structures, signed long roi, signed long contour, const std::string& uid);

struct DoseSpec {
  std::string uid = "1.2.3.3";
  std::string plan_uid = kPlanUid;  // empty: no reference
  std::string summation = "PLAN";
  std::uint16_t bits = 16, rows = 3, columns = 4;
  int frames = 2;
  std::optional<int> beam;
  std::uint32_t first = 1;  // value of the first voxel; each further one is one step more
  std::uint32_t step = 1;
};
Data make_dose(const DoseSpec& spec = {});

enum class Meta { kWith, kWithout };
Bytes encode(DcmDataset& data, E_TransferSyntax syntax = EXS_LittleEndianExplicit, Meta meta = Meta::kWith);

// Every object may be there or not.
dosegate::dicom::ReadOptions anything();

// From memory, named 1.dcm, 2.dcm, ... in the order given.
dosegate::dicom::ReadResult read(const std::vector<Bytes>& files,
                                 const dosegate::dicom::ReadOptions& options = anything());
dosegate::dicom::RtCase read_good(const std::vector<Bytes>& files,
                                  const dosegate::dicom::ReadOptions& options = anything());
// The error's one line; fails the test when there is none.
std::string read_error(const std::vector<Bytes>& files, const dosegate::dicom::ReadOptions& options = anything());

// In English; the other languages have them, too.
std::vector<std::string> notes_of(const dosegate::dicom::RtCase& rt_case);
bool has_note(const dosegate::dicom::RtCase& rt_case, const std::string& part);

std::vector<double> dose_values(const dosegate::dicom::Dose& dose);  // scaled

// A folder that goes away with the object.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const Bytes& bytes) const;

 private:
  std::filesystem::path path_;
};

std::string shared_data();  // "" where it is absent
Bytes file_bytes(const std::filesystem::path& path);

}  // namespace dicom_test
