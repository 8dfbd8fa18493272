#include "adapters/dicom/candidate.h"

#include <algorithm>

#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/charset.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kStudy = 0x0020000DU;
constexpr Tag kStructureSetLabel = 0x30060002U;
constexpr Tag kReferencedGroups = 0x300C0020U, kReferencedGroupNumber = 0x300C0022U;

std::vector<std::string> referenced_uids(const Item& data, Tag sequence) {
  std::vector<std::string> uids;
  for (const Item& item : data.sequence(sequence)) {
    const std::string uid = item.text(kReferencedInstance);
    if (!uid.empty() && std::find(uids.begin(), uids.end(), uid) == uids.end()) uids.push_back(uid);
  }
  return uids;
}

PartsNamed parts_named(const Item& data) {
  PartsNamed parts;
  for (const Item& plan : data.sequence(kReferencedPlans)) {
    for (const Item& group : plan.sequence(kReferencedGroups)) {
      const auto number = group.integer(kReferencedGroupNumber);
      bool names_beams = false;
      for (const Item& beam : group.sequence(kReferencedBeams)) {
        if (const auto of = beam.integer(kReferencedBeamNumber)) {
          parts.beams.push_back({number, *of});
          names_beams = true;
        }
      }
      if (!names_beams && number) parts.groups.push_back(*number);
    }
  }
  return parts;
}

}  // namespace

Candidate make_candidate(Object object) {
  Candidate candidate{std::move(object), "", "", "", "", "", false, "", {}, {}, {}, {}};
  const Item data(candidate.object.data_set());
  Charset charset(data);
  candidate.uid = data.text(kSopInstance);
  candidate.approval = data.code(kApproval);
  candidate.study_uid = data.text(kStudy);
  if (const auto id = data.bytes(kPatientId)) candidate.patient_id = charset.to_utf8(*id);
  candidate.structure_uids = referenced_uids(data, kReferencedStructures);
  const auto add_frame = [&](const std::string& uid) {
    if (!uid.empty()) candidate.frames.insert(uid);
  };
  const Kind kind = candidate.object.kind();
  if (kind == Kind::kStructures) {
    for (const Item& roi : data.sequence(kRois)) add_frame(roi.text(kRoiFrame));
  } else {
    add_frame(data.text(kFrameOfReference));
  }
  if (kind != Kind::kDose) {
    const auto label = data.bytes(kind == Kind::kPlan ? kPlanLabel : kStructureSetLabel);
    if (label) candidate.label = charset.to_utf8(*label);
    return candidate;
  }
  candidate.summation = data.code(kSummation);
  const std::string type = data.code(kDoseType), units = data.code(kDoseUnits);
  candidate.never_evaluated = type == "EFFECTIVE" || type == "ERROR" || units == "RELATIVE" ||
                              candidate.summation == "RECORD" || candidate.summation == "BRACHY" || !data.has(kRows);
  candidate.plan_uids = referenced_uids(data, kReferencedPlans);
  candidate.parts = parts_named(data);
  return candidate;
}

}  // namespace dosegate::dicom
