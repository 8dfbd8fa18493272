// One case's DICOM objects and how they refer to one another. Internal to the phantom.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/phantom/item.h"

namespace dosegate::phantom {

inline constexpr const char* kManufacturer = "Dosegate phantom";
inline constexpr const char* kDate = "20240102";
inline constexpr const char* kTime = "120000";
inline constexpr double kMonitorUnitsPerGy = 120.0;

struct Study {
  explicit Study(std::string_view case_name);
  std::string uid(std::string_view what) const {
    return uid_of("dosegate phantom 1/" + name + "/" + std::string(what));
  }

  std::string name;          // of the case
  std::string organ, label;  // what is treated: "Liver", "LIVER"
  std::string study_uid, frame_uid, ct_series_uid, structures_uid, plan_uid;
  std::vector<std::string> image_uids;  // in the order of image_planes()
};

struct DicomFile {
  std::string name;  // in the directory
  std::unique_ptr<DcmFileFormat> file;
};

struct Beam {
  int number;
  const char* name;
  double gantry_degrees, collimator_degrees;
  double weight;  // of the dose; they sum to 1
};
const std::vector<Beam>& beams();

// What the plan of the case states.
struct Statement {
  double total_gy;
  int fractions;
};
Statement statement(std::string_view case_name);

// A dataset with Patient, General Study, General Series, General Equipment and SOP Common.
DicomFile make_file(const Study& study, std::string name, const char* sop_class, const std::string& sop_instance,
                    const char* modality, const std::string& series_uid, int series_number);

std::vector<DicomFile> make_images(const Study& study);
DicomFile make_structures(const Study& study);
DicomFile make_plan(const Study& study);
std::vector<DicomFile> make_doses(const Study& study);

}  // namespace dosegate::phantom
