#include "core/plan/plan.h"

#include <utility>

#include "core/json/reader.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxBytes = 16u << 20;
constexpr Range kDoseGy{0.0, 1e6};
constexpr Range kMeterset{0.0, 1e9};

std::optional<Dose> dose(ObjectReader& o, std::string_view name) {
  const std::optional<double> gy = o.number(name, kDoseGy);
  return gy ? std::optional(Dose::gy(*gy)) : std::nullopt;
}

void read(ObjectReader& o, DoseReference& r) {
  r.number = o.integer("number", 0).value_or(0);
  r.structure_type = o.string("structureType");
  r.type = o.string("type");
  r.description = o.string("description");
  r.roi_number = o.integer("roiNumber", INT32_MIN);
  r.target_prescription_dose = dose(o, "targetPrescriptionDoseGy");
}

void read(ObjectReader& o, FractionGroup& group) {
  group.number = o.integer("number", 0).value_or(0);
  group.fractions_planned = o.integer("fractionsPlanned", 0);
  group.brachy_setups = o.integer("brachySetups", 0).value_or(0);
  o.each_object("beams", [&](ObjectReader& b) {
    ReferencedBeam beam;
    beam.beam_number = b.integer("beamNumber", INT32_MIN).value_or(0);
    beam.beam_dose = dose(b, "beamDoseGy");
    beam.beam_meterset = b.number("beamMeterset", kMeterset);
    group.beams.push_back(beam);
  });
}

void read(ObjectReader& o, Beam& beam) {
  beam.number = o.integer("number", INT32_MIN).value_or(0);
  beam.name = o.string("name");
  beam.type = o.string("type");
  beam.radiation_type = o.string("radiationType");
  beam.delivery_type = o.string("deliveryType");
  beam.control_points = o.integer("controlPoints", 0).value_or(0);
}

template <typename T>
void read_all(ObjectReader& o, std::string_view name, std::vector<T>& out) {
  o.each_object(name, [&](ObjectReader& element) {
    T item;
    read(element, item);
    out.push_back(std::move(item));
  });
}

}  // namespace

Result<Plan> load_plan(std::string_view json) {
  const Result<JsonValue> value = parse_json(json, kMaxBytes, "the plan");
  if (!value) return value.error();
  std::vector<Error> errors;
  ObjectReader o(*value, "$", errors);
  Plan plan;
  plan.sop_instance_uid = o.string("sopInstanceUid");
  plan.label = o.string("label");
  plan.name = o.string("name");
  plan.approval_status = o.string("approvalStatus");
  plan.modality = o.string("modality");
  read_all(o, "doseReferences", plan.dose_references);
  read_all(o, "fractionGroups", plan.fraction_groups);
  read_all(o, "beams", plan.beams);
  o.finish();
  if (!errors.empty()) return errors.front();
  return plan;
}

}  // namespace dosegate
