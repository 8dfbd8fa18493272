// What the host states about a case: the model behind dosegate.v1.CaseOptions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geometry/structure.h"
#include "core/quantity/result.h"
#include "core/quantity/units.h"
#include "core/record/day.h"
#include "core/text/message.h"

namespace dosegate {

enum class DoseMeaning { kAsTagged, kCourse, kFraction };
enum class OutsideGrid { kRefuse, kZero };
// What the verdict is on: all of the protocol, or what plan, structures and dose decide alone.
enum class Scope { kCourse, kPlan };

struct Input {
  std::string role;
  std::string sop_instance_uid;
  std::string sha256;
};

struct CaseOptions {
  std::map<std::string, std::string> structure_map;  // role -> ROI name
  std::map<std::string, Dose> prescriptions;         // role -> total dose; "": the protocol's target role
  DoseMeaning dose_meaning = DoseMeaning::kAsTagged;
  OutsideGrid outside_grid = OutsideGrid::kRefuse;
  std::optional<BetweenSlices> between_slices;  // none: the protocol's
  Scope scope = Scope::kCourse;
  std::optional<Day> as_of;                  // the day on which the case is looked at; none: as the record tells
  std::vector<Day> holidays;                 // days on which the site does not treat, in ascending order, each once
  std::vector<std::string> separate_pieces;  // ROI names: gaps between their planes part them (geometry/plane_layout.h)
  std::vector<Input> inputs;
  std::vector<Prose> notes;  // of notes, then of noteSentences
};

class ObjectReader;
// The member betweenSlices of a protocol or of the options.
std::optional<BetweenSlices> read_between_slices(ObjectReader& reader);

// Strict, like load_plan. Text over 1 MiB: kLimitExceeded.
Result<CaseOptions> load_case_options(std::string_view json);

}  // namespace dosegate
