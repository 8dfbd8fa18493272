#include "core/json/writer.h"
#include "core/report/report.h"
#include "core/sentences/json.h"

namespace dosegate {
namespace {

const char* name_of(Verdict v) {
  switch (v) {
    case Verdict::kPass:
      return "PASS";
    case Verdict::kFail:
      return "FAIL";
    case Verdict::kIncomplete:
      return "INCOMPLETE";
  }
  return "INCOMPLETE";
}

const char* name_of(FindingStatus s) {
  switch (s) {
    case FindingStatus::kPass:
      return "PASS";
    case FindingStatus::kWarning:
      return "WARNING";
    case FindingStatus::kDeviation:
      return "DEVIATION";
    case FindingStatus::kIndeterminate:
      return "INDETERMINATE";
    case FindingStatus::kNotEvaluable:
      return "NOT_EVALUABLE";
    case FindingStatus::kPending:
      return "PENDING";
  }
  return "NOT_EVALUABLE";
}

const char* name_of(LocationKind k) {
  switch (k) {
    case LocationKind::kUnspecified:
      return "KIND_UNSPECIFIED";
    case LocationKind::kHottestPoint:
      return "HOTTEST_POINT";
    case LocationKind::kColdestPoint:
      return "COLDEST_POINT";
    case LocationKind::kLargestShortfall:
      return "LARGEST_SHORTFALL";
    case LocationKind::kFurthestExcess:
      return "FURTHEST_EXCESS";
  }
  return "KIND_UNSPECIFIED";
}

const char* name_of(Comparator c) {
  switch (c) {
    case Comparator::kLess:
      return "LT";
    case Comparator::kLessOrEqual:
      return "LE";
    case Comparator::kGreater:
      return "GT";
    case Comparator::kGreaterOrEqual:
      return "GE";
  }
  return "COMPARATOR_UNSPECIFIED";
}

template <typename T, typename Each>
void write_array(JsonWriter& w, const char* name, const std::vector<T>& items, const Each& each) {
  w.key(name);
  w.begin_array();
  for (const auto& item : items) each(item);
  w.end_array();
}

void write(JsonWriter& w, const Finding& f) {
  w.begin_object();
  w.field("ruleId", f.rule_id);
  w.field("clause", f.clause);
  w.field("status", name_of(f.status));
  w.field("mandatory", f.mandatory);
  w.field_if_set("roi", f.roi);
  w.field_if_set("structure", f.structure);
  w.field_if_set("metric", f.metric);
  w.field("value", f.value);
  w.field("lower", f.lower);
  w.field("upper", f.upper);
  w.field_if_set("unit", f.unit);
  if (f.comparator) w.field("comparator", name_of(*f.comparator));
  w.field("limit", f.limit);
  if (f.margin_dose) w.field("marginDoseGy", f.margin_dose->in_gy());
  if (f.margin_dose_lower) w.field("marginDoseLowerGy", f.margin_dose_lower->in_gy());
  if (f.margin_dose_upper) w.field("marginDoseUpperGy", f.margin_dose_upper->in_gy());
  if (f.margin_volume) w.field("marginVolumeCc", f.margin_volume->in_cc());
  if (f.margin_volume_lower) w.field("marginVolumeLowerCc", f.margin_volume_lower->in_cc());
  if (f.margin_volume_upper) w.field("marginVolumeUpperCc", f.margin_volume_upper->in_cc());
  if (f.location_mm) {
    w.key("location");
    w.begin_object(JsonWriter::Layout::kInline);
    w.field("xMm", f.location_mm->x());
    w.field("yMm", f.location_mm->y());
    w.field("zMm", f.location_mm->z());
    if (f.location_kind != LocationKind::kUnspecified) w.field("kind", name_of(f.location_kind));
    if (f.location_dose) w.field("doseGy", f.location_dose->in_gy());
    w.end_object();
  }
  w.field("message", english(f.message));
  w.field_if_set("hint", english(f.hint));
  write(w, "messageSentences", f.message);
  write(w, "hintSentences", f.hint);
  w.end_object();
}

void write(JsonWriter& w, const CourseSummary& held) {
  w.begin_object();
  write_array(w, "plans", held.plans, [&](const CourseSummary::Plan& p) {
    w.begin_object();
    w.field("name", p.name);
    w.field_if_set("label", p.label);
    w.field_if_set("sopInstanceUid", p.sop_instance_uid);
    w.field_if_set("structureSet", p.structure_set);
    w.end_object();
  });
  write_array(w, "structureSets", held.structure_sets, [&](const CourseSummary::StructureSet& s) {
    w.begin_object();
    w.field("name", s.name);
    w.field("structures", static_cast<std::int32_t>(s.structures));
    w.end_object();
  });
  write_array(w, "doses", held.doses, [&](const CourseSummary::Dose& d) {
    w.begin_object();
    w.field("name", d.name);
    write_array(w, "plans", d.plans, [&](const std::string& plan) { w.string(plan); });
    w.field_if_set("structureSet", d.structure_set);
    w.end_object();
  });
  w.end_object();
}

void write(JsonWriter& w, const StructureMatch& s) {
  w.begin_object();
  w.field("role", s.role);
  w.field("roi", s.roi);
  w.field("roiNumber", s.roi_number);
  w.field_if_set("how", english(s.how));
  if (s.volume) w.field("volumeCc", s.volume->in_cc());
  w.field_if_set("problem", english(s.problem));
  write(w, "problemSentences", s.problem);
  write(w, "howSentences", s.how);
  w.end_object();
}

}  // namespace

std::string_view name_of(Scope scope) { return scope == Scope::kPlan ? "PLAN_ONLY" : "WHOLE_PROTOCOL"; }

std::string_view name_of(BetweenSlices model) { return model == BetweenSlices::kSlab ? "SLAB" : "INTERPOLATE"; }

Verdict verdict_of(const std::vector<Finding>& findings) {
  bool any = false, deviation = false, open = false;
  for (const auto& f : findings) {
    if (!f.mandatory || f.status == FindingStatus::kPending) continue;
    any = true;
    if (f.status == FindingStatus::kDeviation) {
      deviation = true;
    } else if (f.status != FindingStatus::kPass && f.status != FindingStatus::kWarning) {
      open = true;
    }
  }
  if (deviation) return Verdict::kFail;
  return any && !open ? Verdict::kPass : Verdict::kIncomplete;
}

std::string to_json(const Report& r) {
  JsonWriter w;
  w.begin_object();
  w.field("verdict", name_of(r.verdict));
  w.key("protocol");
  w.begin_object();
  w.field("id", r.protocol_id);
  w.field("version", r.protocol_version);
  w.end_object();
  w.field("engineVersion", DOSEGATE_VERSION);
  write_array(w, "inputs", r.inputs, [&](const Input& i) {
    w.begin_object();
    w.field("role", i.role);
    w.field("sopInstanceUid", i.sop_instance_uid);
    w.field("sha256", i.sha256);
    w.end_object();
  });
  if (r.held) {
    w.key("course");
    write(w, *r.held);
  }
  w.key("prescription");
  w.begin_object();
  w.field("role", r.prescription.role);
  if (r.prescription.total) w.field("totalDoseGy", r.prescription.total->in_gy());
  if (r.prescription.fractions) w.field("fractions", *r.prescription.fractions);
  w.field_if_set("how", english(r.prescription.how));
  w.field_if_set("problem", english(r.prescription.problem));
  write(w, "problemSentences", r.prescription.problem);
  write(w, "howSentences", r.prescription.how);
  w.end_object();
  w.key("dose");
  w.begin_object();
  if (r.dose.maximum) w.field("maximumGy", r.dose.maximum->in_gy());
  w.field("scaleFactor", r.dose.scale_factor);
  w.field("reading", english(r.dose.reading));
  write(w, "readingSentences", r.dose.reading);
  w.end_object();
  w.field("betweenSlices", name_of(r.between_slices));
  w.field("scope", name_of(r.scope));
  if (r.as_of) w.field("asOf", text_of(*r.as_of));
  write_array(w, "structures", r.structures, [&](const StructureMatch& s) { write(w, s); });
  write_array(w, "findings", r.findings, [&](const Finding& f) { write(w, f); });
  write_notes(w, r.notes);
  write_note_sentences(w, r.notes);
  w.end_object();
  return w.take();
}

}  // namespace dosegate
