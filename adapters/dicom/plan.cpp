#include "adapters/dicom/plan.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/charset.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kModality = 0x00080060U;
constexpr Tag kName = 0x300A0003U;
constexpr Tag kIntent = 0x300A000AU;
constexpr Tag kStructureType = 0x300A0014U, kDescription = 0x300A0016U, kFractionsPlanned = 0x300A0078U;
constexpr Tag kBeamCount = 0x300A0080U;
constexpr Tag kBrachySetups = 0x300A00A0U;
constexpr Tag kBeamDose = 0x300A0084U, kBeamMeterset = 0x300A0086U, kBeamDoseType = 0x300A0090U,
              kAlternateBeamDose = 0x300A0091U, kAlternateBeamDoseType = 0x300A0092U;
constexpr Tag kBeams = 0x300A00B0U, kIonBeams = 0x300A03A2U, kBeamNumber = 0x300A00C0U, kBeamName = 0x300A00C2U;
constexpr Tag kBeamType = 0x300A00C4U, kRadiationType = 0x300A00C6U, kDeliveryType = 0x300A00CEU;
constexpr Tag kMachine = 0x300A00B2U, kFinalWeight = 0x300A010EU, kEnergy = 0x300A0114U, kIsocentre = 0x300A012CU;
constexpr Tag kWeight = 0x300A0134U, kGantry = 0x300A011EU;
constexpr Tag kDevices = 0x300A011AU, kDeviceType = 0x300A00B8U, kPositions = 0x300A011CU;
constexpr Tag kPatientSetups = 0x300A0180U, kPatientPosition = 0x00185100U;
constexpr Tag kControlPoints = 0x300A0111U, kIonControlPoints = 0x300A03A8U, kControlPointCount = 0x300A0110U;

std::int32_t required_integer(const Item& item, Tag tag) {
  const auto value = item.integer(tag);
  if (!value) fail(item.file(), tag, "is missing", "export the plan again with this attribute");
  return *value;
}

std::string name_of(const Item& item, Tag tag, Charset& charset) {
  const auto found = item.bytes(tag);
  return found ? charset.to_utf8(*found) : "";
}

// A list of beams that is shorter or longer than it says is not the plan that was made.
void check_count(const Item& group, const std::vector<Item>& beams) {
  const auto stated = group.integer(kBeamCount);
  if (!stated || *stated == static_cast<std::int64_t>(beams.size())) return;
  fail(group.file(), kBeamCount,
       "is " + std::to_string(*stated) + ", and the fraction group lists " + std::to_string(beams.size()) + " beam(s)",
       "the plan is damaged or was cut; export it again");
}

using Devices = std::map<std::string, std::vector<double>>;  // by type: positions of one bank, then of the other

// How many of the leaf pairs that open move.
class Leaves {
 public:
  void add(const Devices& devices) {
    const bool has_leaves =
        std::any_of(devices.begin(), devices.end(), [](const auto& d) { return is_leaves(d.first); });
    for (const auto& [type, positions] : devices) {
      if (is_leaves(type) != has_leaves) continue;
      std::vector<Pair>& pairs = pairs_[type];
      const std::size_t count = positions.size() / 2;
      pairs.resize(std::max(pairs.size(), count));
      for (std::size_t i = 0; i < count; ++i) pairs[i].add(positions[i], positions[i + count]);
    }
  }
  std::optional<double> moving_percent() const {
    std::size_t open = 0, moving = 0;
    for (const auto& [type, pairs] : pairs_) {
      for (const Pair& pair : pairs) {
        open += pair.open ? 1U : 0U;
        moving += pair.open && pair.moves() ? 1U : 0U;
      }
    }
    if (open == 0) return std::nullopt;
    return 100.0 * static_cast<double>(moving) / static_cast<double>(open);
  }

 private:
  static constexpr double kOpenMm = 3.0, kMovesMm = 2.0;
  static bool is_leaves(const std::string& type) { return type.rfind("MLC", 0) == 0; }
  struct Pair {
    bool open = false, any = false;
    std::array<double, 2> least{}, most{};
    void add(double a, double b) {
      open = open || b - a > kOpenMm;
      const std::array<double, 2> at{a, b};
      for (std::size_t k = 0; k < 2; ++k) {
        least[k] = any ? std::min(least[k], at[k]) : at[k];
        most[k] = any ? std::max(most[k], at[k]) : at[k];
      }
      any = true;
    }
    bool moves() const { return most[0] - least[0] > kMovesMm || most[1] - least[1] > kMovesMm; }
  };
  std::map<std::string, std::vector<Pair>> pairs_;
};

// What an item does not state is as in the one before it (PS3.3 C.8.8.14.5).
void read_points(const std::vector<Item>& items, v1::Beam& beam) {
  constexpr std::size_t kMost = 10'000;  // what the library takes of a beam; beyond that the technique stays unknown
  Devices devices;
  std::map<Devices, std::int32_t> apertures;
  Leaves leaves;
  std::optional<double> gantry;
  std::set<double> energies;
  std::set<std::vector<double>> isocentres;
  for (std::size_t i = 0; i < items.size() && items.size() <= kMost; ++i) {
    const Item& item = items[i];
    if (const auto angle = item.decimal(kGantry)) gantry = angle;
    if (const auto mv = item.decimal(kEnergy); mv && energies.insert(*mv).second) beam.add_energies_mv(*mv);
    if (const auto at = item.decimals(kIsocentre); at.size() == 3 && isocentres.insert(at).second) {
      v1::Point& point = *beam.add_isocentres();
      point.set_x_mm(at[0]);
      point.set_y_mm(at[1]);
      point.set_z_mm(at[2]);
    }
    for (const Item& device : item.sequence(kDevices)) devices[device.code(kDeviceType)] = device.decimals(kPositions);
    v1::ControlPoint& point = *beam.add_points();
    if (const auto weight = item.decimal(kWeight)) point.set_meterset_weight(*weight);
    if (gantry) point.set_gantry_degrees(*gantry);
    if (!devices.empty()) {
      leaves.add(devices);
      point.set_aperture(apertures.emplace(devices, static_cast<std::int32_t>(apertures.size()) + 1).first->second);
    }
  }
  if (const auto percent = leaves.moving_percent()) beam.set_moving_leaves_percent(*percent);
}

// An effective dose is not comparable with a grid of physical dose: where a physical one stands beside it, that counts.
std::optional<double> physical_beam_dose(const Item& beam) {
  const auto dose = beam.decimal(kBeamDose), alternate = beam.decimal(kAlternateBeamDose);
  if (beam.code(kBeamDoseType) != "EFFECTIVE") return dose;
  return beam.code(kAlternateBeamDoseType) == "PHYSICAL" ? alternate : std::nullopt;
}

void read_beams(const Item& data, Tag sequence, Tag control_points, Charset& charset, v1::Plan& plan) {
  for (const Item& item : data.sequence(sequence)) {
    v1::Beam& beam = *plan.add_beams();
    beam.set_number(required_integer(item, kBeamNumber));
    beam.set_name(name_of(item, kBeamName, charset));
    beam.set_type(item.code(kBeamType));
    beam.set_radiation_type(item.code(kRadiationType));
    beam.set_delivery_type(item.code(kDeliveryType));
    beam.set_machine(name_of(item, kMachine, charset));
    if (const auto weight = item.decimal(kFinalWeight)) beam.set_final_meterset_weight(*weight);
    const std::vector<Item> points = item.sequence(control_points);
    beam.set_control_points(!points.empty() ? static_cast<std::int32_t>(points.size())
                                            : item.integer(kControlPointCount).value_or(0));
    read_points(points, beam);
  }
}

}  // namespace

v1::Plan read_plan(const Object& object, bool& guessed_charset) {
  const Item data(object.data_set());
  Charset charset(data);
  v1::Plan plan;
  plan.set_sop_instance_uid(data.text(kSopInstance));
  plan.set_label(name_of(data, kPlanLabel, charset));
  plan.set_name(name_of(data, kName, charset));
  plan.set_approval_status(data.code(kApproval));
  plan.set_intent(data.code(kIntent));
  plan.set_modality(data.code(kModality));
  plan.set_frame_of_reference_uid(data.text(kFrameOfReference));

  for (const Item& item : data.sequence(kDoseReferences)) {
    v1::DoseReference& reference = *plan.add_dose_references();
    reference.set_number(required_integer(item, kDoseReferenceNumber));
    reference.set_structure_type(item.code(kStructureType));
    reference.set_type(item.code(kReferenceType));
    reference.set_description(name_of(item, kDescription, charset));
    if (const auto roi = item.integer(kReferencedRoiNumber)) reference.set_roi_number(*roi);
    if (const auto dose = item.decimal(kTargetPrescription)) reference.set_target_prescription_dose_gy(*dose);
  }
  for (const Item& item : data.sequence(kFractionGroups)) {
    v1::FractionGroup& group = *plan.add_fraction_groups();
    group.set_number(required_integer(item, kFractionGroupNumber));
    if (const auto fractions = item.integer(kFractionsPlanned)) group.set_fractions_planned(*fractions);
    group.set_brachy_setups(item.integer(kBrachySetups).value_or(0));
    const std::vector<Item> beams = item.sequence(kReferencedBeams);
    check_count(item, beams);
    for (const Item& beam : beams) {
      v1::ReferencedBeam& reference = *group.add_beams();
      reference.set_beam_number(required_integer(beam, kReferencedBeamNumber));
      if (const auto dose = physical_beam_dose(beam)) reference.set_beam_dose_gy(*dose);
      if (const auto meterset = beam.decimal(kBeamMeterset)) reference.set_beam_meterset(*meterset);
    }
  }
  read_beams(data, kBeams, kControlPoints, charset, plan);
  read_beams(data, kIonBeams, kIonControlPoints, charset, plan);
  std::set<std::string> positions;
  for (const Item& setup : data.sequence(kPatientSetups)) {
    const std::string position = setup.code(kPatientPosition);
    if (!position.empty() && positions.insert(position).second) plan.add_patient_positions(position);
  }
  guessed_charset = charset.guessed();
  return plan;
}

}  // namespace dosegate::dicom
