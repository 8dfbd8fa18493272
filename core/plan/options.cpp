#include "core/plan/options.h"

#include <algorithm>
#include <utility>

#include "core/json/reader.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
const std::vector<EnumName> kDoseMeanings = {{"COURSE", 1}, {"FRACTION", 2}};
const std::vector<EnumName> kOutsideGrids = {{"REFUSE", 1}, {"ZERO", 2}};

bool is_sha256(const std::string& s) {
  return s.size() == 64 && std::all_of(s.begin(), s.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Result<CaseOptions> load_case_options(std::string_view json) {
  const Result<JsonValue> value = parse_json(json, kMaxBytes, "the case options");
  if (!value) return value.error();
  std::vector<Error> errors;
  ObjectReader o(*value, "$", errors);
  CaseOptions options;
  for (auto& [role, name] : o.string_map("structureMap")) options.structure_map[role] = std::move(name);
  const int meaning = o.enumeration("doseMeaning", "DOSE_MEANING_UNSPECIFIED", kDoseMeanings);
  options.dose_meaning = static_cast<DoseMeaning>(meaning);
  options.outside_grid =
      o.enumeration("outsideGrid", "OUTSIDE_GRID_UNSPECIFIED", kOutsideGrids) == 2 ? OutsideGrid::kZero : OutsideGrid::kRefuse;
  o.each_object("inputs", [&](ObjectReader& i) {
    Input input;
    input.role = i.string("role");
    input.sop_instance_uid = i.string("sopInstanceUid");
    input.sha256 = i.string("sha256");
    if (!input.sha256.empty() && !is_sha256(input.sha256)) {
      i.fail("sha256", "A SHA-256 is 64 lower-case hexadecimal digits.");
    }
    options.inputs.push_back(std::move(input));
  });
  options.notes = o.strings("notes");
  o.finish();
  if (!errors.empty()) return errors.front();
  return options;
}

}  // namespace dosegate
