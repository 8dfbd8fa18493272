// GammaAnswer as dosegate.v1.GammaReport.
#include "core/gamma/gamma.h"
#include "core/json/writer.h"
#include "core/sentences/json.h"

namespace dosegate {
namespace {

// A reference has at most 2^28 points.
void write_count(JsonWriter& w, const char* name, std::uint64_t n) { w.field(name, static_cast<std::int32_t>(n)); }

void write_between(JsonWriter& w, const char* name, double value, double lower, double upper) {
  w.key(name);
  w.begin_object();
  w.field("value", value);
  w.field("lower", lower);
  w.field("upper", upper);
  w.end_object();
}

void write_statistics(JsonWriter& w, const GammaStatistics& s, bool pass_fail_only) {
  const auto percent = [&](std::uint64_t n) {
    return 100.0 * static_cast<double>(n) / static_cast<double>(s.compared);
  };
  if (s.compared > 0) {
    write_between(w, "passRatePercent", percent(s.passing.value), percent(s.passing.lower), percent(s.passing.upper));
    if (!pass_fail_only) {
      w.field("gammaMean", s.mean.value);
      w.field("gammaMeanLower", s.mean.lower);
      w.field("gammaMeanUpper", s.mean.upper);
      w.key("gammaMaximum");
      w.begin_object();
      w.field("value", s.maximum.value);
      w.field("lower", s.maximum.lower);
      w.field("upper", s.maximum.upper);
      w.key("location");
      w.begin_object();
      w.field("xMm", s.maximum_at_mm.x());
      w.field("yMm", s.maximum_at_mm.y());
      w.field("zMm", s.maximum_at_mm.z());
      w.end_object();
      w.end_object();
    }
  }
  write_count(w, "compared", s.compared);
  w.key("leftOut");
  w.begin_object();
  write_count(w, "belowCutoff", s.below_cutoff);
  write_count(w, "outside", s.outside);
  write_count(w, "roi", s.not_in_roi);
  w.end_object();
  if (s.compared == 0) return;
  write_count(w, "failing", s.compared - s.passing.value);
  if (s.failing_volume) {
    write_between(w, "failingVolumeCc", s.failing_volume->value.in_cc(), s.failing_volume->lower.in_cc(),
                  s.failing_volume->upper.in_cc());
  }
  if (pass_fail_only) return;
  w.key("histogram");
  w.begin_object();
  w.field("bin", kGammaBin);
  w.key("counts");
  w.begin_array(JsonWriter::Layout::kInline);
  for (const std::uint64_t n : s.histogram) w.integer(static_cast<std::int64_t>(n));
  w.end_array();
  w.end_object();
}

}  // namespace

std::string to_json(const GammaAnswer& answer, const GammaCriteria& criteria) {
  JsonWriter w;
  w.begin_object();
  if (answer.problem.empty()) {
    write_statistics(w, answer.all, criteria.pass_fail_only);
  } else {
    w.field("problem", answer.problem);
    w.field_if_set("hint", answer.hint);
    const GammaStatistics& s = answer.all;
    if (s.below_cutoff + s.outside + s.not_in_roi > 0) write_statistics(w, s, criteria.pass_fail_only);
  }
  if (!answer.rois.empty()) {
    w.key("rois");
    w.begin_array();
    for (const GammaResultOfRoi& roi : answer.rois) {
      w.begin_object();
      w.field("name", roi.name);
      w.field("roiNumber", roi.roi_number);
      write_statistics(w, roi.statistics, criteria.pass_fail_only);
      w.end_object();
    }
    w.end_array();
  }
  w.key("criteria");
  w.begin_object();
  w.field("dosePercent", criteria.dose_percent);
  w.field("distanceMm", criteria.distance.in_mm());
  w.field("normalisation", name_of(criteria.normalise));
  if (answer.normalisation > Dose{}) w.field("normalisationGy", answer.normalisation.in_gy());
  if (answer.dose_difference) w.field("doseDifferenceGy", answer.dose_difference->in_gy());
  w.field("cutoffPercent", criteria.cutoff_percent);
  if (answer.normalisation > Dose{}) w.field("cutoffGy", answer.cutoff.in_gy());
  w.field("interpolation", name_of(criteria.interpolate));
  if (criteria.pass_fail_only) w.field("passFailOnly", true);
  w.end_object();
  w.field("referenceMaximumGy", answer.reference_maximum.in_gy());
  w.field("evaluatedMaximumGy", answer.evaluated_maximum.in_gy());
  if (!answer.notes.empty()) write_notes(w, answer.notes);
  write_note_sentences(w, answer.notes);
  w.end_object();
  return w.take();
}

}  // namespace dosegate
