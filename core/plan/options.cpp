#include "core/plan/options.h"

#include "core/json/reader.h"
#include "core/record/read_day.h"
#include "core/sentences/json.h"

namespace dosegate {

namespace {

constexpr std::size_t kSizeLimit = std::size_t{1} << 20;

bool is_sha256(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Input read_input(ObjectReader& reader) {
  Input out;
  out.role = reader.string("role");
  out.sop_instance_uid = reader.string("sopInstanceUid");
  out.sha256 = reader.string("sha256");
  if (!out.sha256.empty() && !is_sha256(out.sha256)) reader.fail("sha256", "must be 64 lower-case hex digits");
  return out;
}

void read_prescription(ObjectReader& reader, CaseOptions& options) {
  const std::string role = reader.string("role");
  const auto gy = reader.number("totalDoseGy", {0.0, 1000.0}, Need::kRequired);
  if (gy && !(*gy > 0.0)) return reader.fail("totalDoseGy", "must be over 0 Gy");
  if (gy && !options.prescriptions.emplace(role, Dose::gy(*gy)).second) {
    reader.fail("role", "a prescription to " + shown(role) + " is stated twice");
  }
}

DoseMeaning read_dose_meaning(ObjectReader& reader) {
  switch (reader.enumeration("doseMeaning", "DOSE_MEANING_UNSPECIFIED", {{"COURSE", 1}, {"FRACTION", 2}})) {
    case 1:
      return DoseMeaning::kCourse;
    case 2:
      return DoseMeaning::kFraction;
    default:
      return DoseMeaning::kAsTagged;
  }
}

// Shared with the protocol: "betweenSlices" of either.
}  // namespace

std::optional<BetweenSlices> read_between_slices(ObjectReader& reader) {
  switch (reader.enumeration("betweenSlices", "MODEL_UNSPECIFIED", {{"SLAB", 1}, {"INTERPOLATE", 2}})) {
    case 1:
      return BetweenSlices::kSlab;
    case 2:
      return BetweenSlices::kInterpolate;
    default:
      return std::nullopt;
  }
}

namespace {

OutsideGrid read_outside_grid(ObjectReader& reader) {
  const int value = reader.enumeration("outsideGrid", "OUTSIDE_GRID_UNSPECIFIED", {{"REFUSE", 1}, {"ZERO", 2}});
  return value == 2 ? OutsideGrid::kZero : OutsideGrid::kRefuse;
}

}  // namespace

Result<CaseOptions> load_case_options(std::string_view json) {
  const auto document = parse_json(json, kSizeLimit, "the case options");
  if (!document) return document.error();
  std::vector<Error> errors;
  ObjectReader reader(*document, "$", errors);
  CaseOptions options;
  for (auto& [role, roi] : reader.string_map("structureMap")) {
    if (role.empty() || roi.empty()) reader.fail("structureMap", "a role or an ROI name is empty");
    options.structure_map.emplace(std::move(role), std::move(roi));
  }
  reader.each_object("prescriptions", [&](ObjectReader& r) { read_prescription(r, options); });
  options.dose_meaning = read_dose_meaning(reader);
  options.outside_grid = read_outside_grid(reader);
  options.between_slices = read_between_slices(reader);
  const int scope = reader.enumeration("scope", "SCOPE_UNSPECIFIED", {{"WHOLE_PROTOCOL", 1}, {"PLAN_ONLY", 2}});
  options.scope = scope == 2 ? Scope::kPlan : Scope::kCourse;
  options.as_of = read_day(reader, "asOf");
  options.holidays = read_days(reader, "holidays");
  reader.each_object("inputs", [&](ObjectReader& r) { options.inputs.push_back(read_input(r)); });
  options.separate_pieces = reader.strings("separatePieces");
  for (std::string& note : reader.strings("notes")) options.notes.emplace_back(std::move(note));
  reader.each_object("noteSentences", [&](ObjectReader& r) { options.notes.push_back(read_sentences(r)); });
  reader.finish();
  if (!errors.empty()) return errors.front();
  return options;
}

}  // namespace dosegate
