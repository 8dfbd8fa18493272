#include "core/plan/plan.h"

#include <unordered_map>

#include "core/json/reader.h"
#include "core/plan/name_in_case.h"
#include "core/plan/technique.h"

namespace dosegate {

namespace {

constexpr std::size_t kSizeLimit = std::size_t{16} << 20;
// Bounds of plausibility: beyond them a number is a mistake of unit or a damaged file, and refusing it
// keeps every later product finite.
constexpr Range kDoseRange{0.0, 1e6};
constexpr Range kMetersetRange{0.0, 1e9}, kEnergyRange{0.0, 1e4}, kPlaceRange{-1e5, 1e5}, kAngleRange{-360.0, 720.0};
constexpr std::size_t kMostPoints = 10'000;  // control points of a beam; an arc has some hundred
// Rules look for each of these among all of another kind.
constexpr std::size_t kMostBeams = 2'000, kMostGroups = 2'000, kMostReferences = 10'000, kMostIsocentres = 10'000;

// Whether there are so few; fails where not.
bool holds_few(ObjectReader& reader, std::string_view member, std::size_t most) {
  if (reader.count(member) <= most) return true;
  reader.fail(member, "holds more than " + std::to_string(most) + " entries");
  return false;
}

std::optional<Dose> dose(ObjectReader& reader, std::string_view name) {
  const auto value = reader.number(name, kDoseRange);
  return value ? std::optional<Dose>(Dose::gy(*value)) : std::nullopt;
}

// Coded strings of DICOM are written in capitals; who writes them otherwise means the same.
std::string code(ObjectReader& reader, std::string_view member) {
  std::string text = reader.string(member);
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

DoseReference read_dose_reference(ObjectReader& reader) {
  DoseReference out;
  out.number = reader.integer("number", 0).value_or(0);
  out.structure_type = code(reader, "structureType");
  out.type = code(reader, "type");
  out.description = reader.string("description");
  out.roi_number = reader.integer("roiNumber", 0);
  out.target_prescription_dose = dose(reader, "targetPrescriptionDoseGy");
  return out;
}

FractionGroup read_fraction_group(ObjectReader& reader) {
  FractionGroup out;
  out.number = reader.integer("number", 0).value_or(0);
  out.fractions_planned = reader.integer("fractionsPlanned", 0);
  out.brachy_setups = reader.integer("brachySetups", 0).value_or(0);
  reader.each_object("beams", [&](ObjectReader& beam) {
    ReferencedBeam referenced;
    referenced.beam_number = beam.integer("beamNumber", 0).value_or(0);
    referenced.beam_dose = dose(beam, "beamDoseGy");
    referenced.beam_meterset = beam.number("beamMeterset", kMetersetRange);
    out.beams.push_back(referenced);
  });
  return out;
}

Beam read_beam(ObjectReader& reader) {
  Beam out;
  out.number = reader.integer("number", 0).value_or(0);
  out.name = reader.string("name");
  out.type = code(reader, "type");
  out.radiation_type = code(reader, "radiationType");
  out.delivery_type = code(reader, "deliveryType");
  out.control_points = reader.integer("controlPoints", 0).value_or(0);
  out.machine = reader.string("machine");
  out.final_weight = reader.number("finalMetersetWeight", kMetersetRange);
  if (holds_few(reader, "energiesMv", kMostPoints)) out.energies = reader.numbers("energiesMv", kEnergyRange);
  if (!holds_few(reader, "points", kMostPoints) || !holds_few(reader, "isocentres", kMostIsocentres)) return out;
  out.moving_leaves_percent = reader.number("movingLeavesPercent", {0.0, 100.0});
  reader.each_object("isocentres", [&](ObjectReader& at) {
    out.isocentres_mm.push_back({at.number("xMm", kPlaceRange).value_or(0.0),
                                 at.number("yMm", kPlaceRange).value_or(0.0),
                                 at.number("zMm", kPlaceRange).value_or(0.0)});
  });
  reader.each_object("points", [&](ObjectReader& p) {
    out.points.push_back({p.number("metersetWeight", kMetersetRange), p.number("gantryDegrees", kAngleRange),
                          p.integer("aperture", 0).value_or(0)});
  });
  return out;
}

// Of several beams of a number, one that treats makes it a treatment.
void say_which_treat(Plan& plan) {
  std::unordered_map<std::int32_t, bool> by_number;
  for (const Beam& beam : plan.beams) by_number[beam.number] |= treats(beam);
  for (FractionGroup& group : plan.fraction_groups) {
    for (ReferencedBeam& reference : group.beams) {
      if (const auto found = by_number.find(reference.beam_number); found != by_number.end()) {
        reference.treats = found->second;
      }
    }
  }
}

}  // namespace

Result<Plan> load_plan(std::string_view json) {
  const auto document = parse_json(json, kSizeLimit, "the plan");
  if (!document) return document.error();
  std::vector<Error> errors;
  ObjectReader reader(*document, "$", errors);
  Plan plan;
  plan.sop_instance_uid = reader.string("sopInstanceUid");
  plan.label = reader.string("label");
  plan.name = reader.string("name");
  plan.approval_status = code(reader, "approvalStatus");
  plan.intent = code(reader, "intent");
  plan.modality = reader.string("modality");
  if (holds_few(reader, "doseReferences", kMostReferences)) {
    reader.each_object("doseReferences",
                       [&](ObjectReader& r) { plan.dose_references.push_back(read_dose_reference(r)); });
  }
  std::size_t references = 0, isocentres = 0;
  if (holds_few(reader, "fractionGroups", kMostGroups)) {
    reader.each_object("fractionGroups", [&](ObjectReader& r) {
      references += r.count("beams");
      plan.fraction_groups.push_back(read_fraction_group(r));
    });
  }
  if (holds_few(reader, "beams", kMostBeams)) {
    reader.each_object("beams", [&](ObjectReader& r) {
      plan.beams.push_back(read_beam(r));
      isocentres += plan.beams.back().isocentres_mm.size();
    });
  }
  say_which_treat(plan);
  if (references > kMostReferences) {
    reader.fail("fractionGroups", "name more than " + std::to_string(kMostReferences) + " beams");
  }
  if (isocentres > kMostIsocentres) {
    reader.fail("beams", "hold more than " + std::to_string(kMostIsocentres) + " isocentres");
  }
  plan.patient_positions = reader.strings("patientPositions");
  plan.frame_of_reference_uid = reader.string("frameOfReferenceUid");
  const auto name = [&](const char* member) {
    std::string text = reader.string(member);
    if (const std::string fault = fault_of_name(text); !fault.empty()) reader.fail(member, fault);
    return text;
  };
  plan.name_in_case = name("nameInCase");
  plan.structure_set = name("structureSet");
  reader.finish();
  if (!errors.empty()) return errors.front();
  return plan;
}

}  // namespace dosegate
