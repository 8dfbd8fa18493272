// The answer: findings and the verdict they give. The model behind dosegate.v1.Report.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metric/comparator.h"
#include "core/plan/options.h"
#include "core/text/message.h"

namespace dosegate {

enum class FindingStatus { kPass, kWarning, kDeviation, kIndeterminate, kNotEvaluable, kPending };

// What is to be seen at the place that a finding names.
enum class LocationKind { kUnspecified, kHottestPoint, kColdestPoint, kLargestShortfall, kFurthestExcess };

struct Finding {
  std::string rule_id;
  std::string clause;
  FindingStatus status = FindingStatus::kNotEvaluable;
  bool mandatory = true;
  std::string roi;                            // ROI name as drawn; empty: none
  std::string structure;                      // role of the protocol; empty: none
  std::string metric;                         // canonical form; empty: not a dose metric
  std::optional<double> value, lower, upper;  // in `unit`; the true value lies in [lower, upper]
  std::string unit;                           // "Gy", "%", "cc", or empty for a count
  std::optional<Comparator> comparator;
  std::optional<double> limit;
  // Room to the limit; negative is excess: never against the status. The true one lies between lower and upper.
  std::optional<Dose> margin_dose, margin_dose_lower, margin_dose_upper;
  std::optional<Volume> margin_volume, margin_volume_lower, margin_volume_upper;
  std::optional<Eigen::Vector3d> location_mm;  // patient, LPS
  LocationKind location_kind = LocationKind::kUnspecified;
  std::optional<Dose> location_dose;  // there; none: the finding is not on dose
  Prose message;
  Prose hint;
};

struct StructureMatch {
  std::string role;
  std::optional<std::string> roi;
  std::optional<std::int32_t> roi_number;
  Prose how;
  std::optional<Volume> volume;
  Prose problem;
};

struct DoseSummary {
  std::optional<Dose> maximum;
  std::optional<double> scale_factor;
  Prose reading;
};

struct PrescriptionSummary {
  std::string role;
  std::optional<Dose> total;
  std::optional<std::int32_t> fractions;
  Prose how;
  Prose problem;
};

// What the case holds, by the names it holds it by, each kind by name.
struct CourseSummary {
  struct Plan {
    std::string name, label, sop_instance_uid;
    std::string structure_set;  // that it was drawn for; empty: not stated
  };
  struct StructureSet {
    std::string name;
    std::size_t structures = 0;
  };
  struct Dose {
    std::string name;
    std::vector<std::string> plans;  // that it sums; empty: not stated
    std::string structure_set;       // that it was calculated on; empty: not stated
  };
  std::vector<Plan> plans;
  std::vector<StructureSet> structure_sets;
  std::vector<Dose> doses;
};

enum class Verdict { kPass = 1, kFail = 2, kIncomplete = 3 };

struct Report {
  Verdict verdict = Verdict::kIncomplete;
  std::string protocol_id, protocol_version;
  std::vector<Input> inputs;
  Scope scope = Scope::kCourse;
  std::optional<Day> as_of;           // the day on which the case was looked at; none: not known
  std::optional<CourseSummary> held;  // none: one of each at most, without names
  PrescriptionSummary prescription;
  DoseSummary dose;
  BetweenSlices between_slices = BetweenSlices::kSlab;
  std::vector<StructureMatch> structures;
  std::vector<Finding> findings;
  std::vector<Prose> notes;
};

// PASS only when there is at least one mandatory finding that is not PENDING, and every such one is PASS or WARNING;
// FAIL when any mandatory one is a DEVIATION; otherwise INCOMPLETE.
Verdict verdict_of(const std::vector<Finding>& findings);

// Canonical proto3 JSON: fixed field order, shortest round-trip numbers, two-space indent, a final newline.
std::string to_json(const Report& report);
std::string_view name_of(BetweenSlices model);  // as in JSON
std::string_view name_of(Scope scope);          // as in JSON

}  // namespace dosegate
