// DVHs of drawn structures, apart from any protocol: dosegate.v1.DvhReport.
#include <algorithm>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/case/subject.h"
#include "core/context/context.h"
#include "core/context/layouts.h"
#include "core/context/tolerances.h"
#include "core/dvh/curve.h"
#include "core/geometry/solid.h"
#include "core/json/writer.h"
#include "core/rules/measure.h"
#include "core/sentences/json.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

const Dose kCurveBin = Dose::gy(0.1);

std::optional<Dose> prescription_of(const Subject& c, const DvhRequest& request) {
  if (request.prescription) return request.prescription;
  std::optional<Dose> found;
  if (!c.plan) return found;
  for (const auto& reference : c.plan->dose_references) {
    if (!reference.target_prescription_dose || reference.type == "ORGAN_AT_RISK") continue;
    // Several: none is "the" prescription.
    if (found && !same_prescription(*found, *reference.target_prescription_dose)) return {};
    found = reference.target_prescription_dose;
  }
  return found;
}

// In the order asked for, those of one name by their numbers; a name that is given twice counts at its first place.
// Throws Cancelled.
Result<std::vector<const Structure*>> chosen_of(const Subject& c, const DvhRequest& request, Workers* workers) {
  CancelPoint cancel_point(workers);
  std::vector<const Structure*> chosen;
  std::unordered_map<std::string_view, std::vector<const Structure*>> named;
  for (const auto& [number, structure] : c.structures) {
    cancel_point.step();
    if (request.rois.empty())
      chosen.push_back(&structure);
    else
      named[structure.name].push_back(&structure);
  }
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : request.rois) {
    cancel_point.step();
    if (!seen.insert(name).second) continue;
    const auto found = named.find(name);
    if (found == named.end()) {
      return Error{ErrorCode::kNotFound, "rois", "No structure is named " + quoted(name) + "."};
    }
    chosen.insert(chosen.end(), found->second.begin(), found->second.end());
  }
  return chosen;
}

// Structures whose answers are held at a time: bounds memory, and is enough to keep threads busy.
constexpr std::size_t kBatch = 16;

// What is known of one structure, before it is written.
struct RoiAnswer {
  const Structure* structure;
  std::vector<Prose> notes;
  std::string problem;
  std::optional<Volume> volume;
  std::optional<Dvh> dvh;
  std::vector<std::optional<Result<MetricValue>>> metrics;
  std::optional<Result<std::vector<Interval<Volume>>>> curve;
};

class Answerer {
 public:
  Answerer(const Subject& c, const DvhRequest& request, Engine& engine)
      : case_(c),
        request_(request),
        engine_(engine),
        layouts_(c, c.orientation(), engine.store, engine.host.workers),
        model_(c.options.between_slices.value_or(BetweenSlices::kSlab)),
        reading_(read_dose(c)),
        prescription_(prescription_of(c, request)) {}

  // In parallel over structures, metrics and curves. Throws Cancelled.
  std::vector<RoiAnswer> answer(std::span<const Structure* const> structures) {
    using Wanted = DvhStore::Wanted;
    std::vector<Wanted> wanted;
    for (const Structure* s : structures) {
      const bool fits = engine_.grid && s->frame_of_reference_uid == engine_.grid->frame_of_reference_uid();
      wanted.push_back({drawn_key(s->roi_number, model_),
                        [this, s] {
                          return make_solid(layouts_.stack(*s, Doubt::kAsReported, engine_.host.workers), s->name,
                                            model_, engine_.host.workers);
                        },
                        reading_.factor && fits ? Wanted::Depth::kDoses : Wanted::Depth::kStack});
    }
    if (!engine_.store.prepare(wanted, engine_.grid, engine_.host)) throw Cancelled{};
    std::vector<RoiAnswer> answers;
    for (std::size_t n = 0; n < structures.size(); ++n) answers.push_back(begin(*structures[n], wanted[n]));
    const std::size_t each = request_.metrics.size() + (request_.curve ? 1 : 0);
    const bool went_on = parallel_for(engine_.host, answers.size() * each, [&](std::size_t n) {
      RoiAnswer& roi = answers[n / each];
      const std::size_t which = n % each;
      if (!roi.dvh) return;
      if (which < request_.metrics.size()) {
        Measured m = measure(request_.metrics[which], *roi.dvh, prescription_, Plateau::kCounts);
        roi.metrics[which] =
            m.value ? Result<MetricValue>(*m.value) : Error{ErrorCode::kNotEvaluable, "", english(m.problem)};
      } else {
        roi.curve = roi.dvh->curve(kCurveBin, inside_task());
      }
    });
    if (!went_on) throw Cancelled{};
    for (RoiAnswer& roi : answers) {
      if (engine_.host.cancelled()) throw Cancelled{};
      if (roi.curve && *roi.curve) hold_curve_to_metrics(roi);
    }
    return answers;
  }

 private:
  // What a metric of the same answer proves, the curve beside it obeys to the last digit.
  void hold_curve_to_metrics(RoiAnswer& roi) const {
    const Volume total = roi.dvh->total();
    const Dose full = prescription_.value_or(Dose::gy(0.0));
    for (std::size_t n = 0; n < request_.metrics.size(); ++n) {
      const Metric& metric = request_.metrics[n];
      if (!roi.metrics[n] || !*roi.metrics[n]) continue;
      const MetricValue& m = **roi.metrics[n];
      const auto volume = [&](double x) {
        return metric.unit == MetricUnit::kCc ? Volume::cc(x) : of(PercentOfVolume::percent(x), total);
      };
      const auto dose = [&](double x) {
        return metric.unit == MetricUnit::kCgy                     ? Dose::cgy(x)
               : metric.unit == MetricUnit::kPercentOfPrescription ? of(PercentOfPrescription::percent(x), full)
                                                                   : Dose::gy(x);
      };
      const Interval<Dose> d{dose(m.value), dose(m.lower), dose(m.upper)};
      switch (metric.kind) {
        case MetricKind::kMean:
          break;
        case MetricKind::kMin:
          hold_to(**roi.curve, kCurveBin, total, d);
          break;
        case MetricKind::kMax:
          hold_to(**roi.curve, kCurveBin, Volume::cc(0.0), d);
          break;
        case MetricKind::kD:
        case MetricKind::kDC: {
          const Volume hottest = std::holds_alternative<Volume>(metric.volume_level)
                                     ? std::get<Volume>(metric.volume_level)
                                     : of(std::get<PercentOfVolume>(metric.volume_level), total);
          hold_to(**roi.curve, kCurveBin, metric.kind == MetricKind::kD ? hottest : total - hottest, d);
          break;
        }
        case MetricKind::kV:
        case MetricKind::kCV: {
          const Dose level = std::holds_alternative<Dose>(metric.dose_level)
                                 ? std::get<Dose>(metric.dose_level)
                                 : of(std::get<PercentOfPrescription>(metric.dose_level), full);
          Interval<Volume> v{volume(m.value), volume(m.lower), volume(m.upper)};
          if (metric.kind == MetricKind::kCV) v = {total - v.value, total - v.upper, total - v.lower};
          hold_to(**roi.curve, kCurveBin, level, v);
          break;
        }
      }
    }
    settle(**roi.curve);
  }

  // A host's own pool is not asked from inside its tasks.
  Host inside_task() const {
    Host host = engine_.host;
    if (host.run) host.threads = 1;
    return host;
  }

  RoiAnswer begin(const Structure& structure, const DvhStore::Wanted& wanted) {
    RoiAnswer roi{&structure, {}, {}, {}, {}, {}, {}};
    roi.metrics.resize(request_.metrics.size());
    const auto stack = engine_.store.stack(wanted.key, wanted.make);
    if (!stack) {
      roi.problem = stack.error().message;
      return roi;
    }
    roi.notes = (*stack)->notes;
    if (reading_.factor) {
      DoseFit fit = fit_dose(engine_, wanted.key, structure.name, structure.frame_of_reference_uid, *reading_.factor,
                             case_.options.outside_grid, RoleKind::kOrganAtRisk);
      if (fit.cancelled) throw Cancelled{};
      roi.problem = english(fit.problem);
      if (!fit.outside_note.empty()) roi.notes.push_back(fit.outside_note);
      roi.dvh = std::move(fit.dvh);
    } else {
      roi.problem = english(reading_.problem);
    }
    if (roi.dvh) {
      roi.volume = roi.dvh->total();
    } else {
      if (const Result<Volume> v = engine_.store.volume(wanted.key, engine_.host.workers); v) roi.volume = *v;
    }
    return roi;
  }

  const Subject& case_;
  const DvhRequest& request_;
  Engine& engine_;
  const Layouts layouts_;
  const BetweenSlices model_;
  const DoseReading reading_;
  const std::optional<Dose> prescription_;
};

void write_metric(JsonWriter& w, const Metric& metric, const RoiAnswer& roi,
                  const std::optional<Result<MetricValue>>& m) {
  w.begin_object();
  w.field("metric", metric.text);
  if (m && *m) {
    w.field("value", (*m)->value);
    w.field("lower", (*m)->lower);
    w.field("upper", (*m)->upper);
  }
  w.field("unit", unit_text(metric.unit));
  if (!m || !*m) w.field("problem", m ? m->error().message : roi.problem);
  w.end_object();
}

void write_curve(JsonWriter& w, const std::vector<Interval<Volume>>& curve) {
  const auto write = [&](const char* key, Volume Interval<Volume>::*part) {
    w.key(key);
    w.begin_array(JsonWriter::Layout::kInline);
    for (const Interval<Volume>& v : curve) w.number((v.*part).in_cc());
    w.end_array();
  };
  w.key("curve");
  w.begin_object();
  w.field("binGy", kCurveBin.in_gy());
  write("volumeCc", &Interval<Volume>::value);
  write("lowerCc", &Interval<Volume>::lower);
  write("upperCc", &Interval<Volume>::upper);
  w.end_object();
}

void write_roi(JsonWriter& w, const DvhRequest& request, RoiAnswer& roi) {
  w.begin_object();
  w.field("name", roi.structure->name);
  w.field("roiNumber", roi.structure->roi_number);
  if (roi.volume) w.field("volumeCc", roi.volume->in_cc());
  w.key("metrics");
  w.begin_array();
  for (std::size_t n = 0; n < request.metrics.size(); ++n) write_metric(w, request.metrics[n], roi, roi.metrics[n]);
  w.end_array();
  if (roi.curve && *roi.curve) write_curve(w, **roi.curve);
  if (roi.curve && !*roi.curve) roi.notes.emplace_back(roi.curve->error().message);
  w.field_if_set("problem", roi.problem);
  if (!roi.notes.empty()) write_notes(w, roi.notes);
  write_note_sentences(w, roi.notes);
  w.end_object();
}

}  // namespace

Result<std::string> dvh_json(const Case& of, const DvhRequest& request, const Host& asked, DvhStore* kept) {
  const Subject c(of);
  if (c.structures_refused) {
    return Error{ErrorCode::kNotFound, "rois",
                 english(c.structures_refused.problem) + " " + english(c.structures_refused.hint)};
  }
  Workers workers(asked);
  Host host = asked;
  host.workers = &workers;
  DvhStore own;
  Engine engine{c.dose ? std::make_shared<const DoseGrid>(*c.dose) : nullptr, kept != nullptr ? *kept : own, host};
  JsonWriter w;
  w.begin_object();
  w.key("rois");
  w.begin_array();
  try {
    const Result<std::vector<const Structure*>> chosen = chosen_of(c, request, &workers);
    if (!chosen) return chosen.error();
    Answerer answerer(c, request, engine);
    for (std::size_t first = 0; first < chosen->size(); first += kBatch) {
      const auto batch = std::span(*chosen).subspan(first, std::min(kBatch, chosen->size() - first));
      for (RoiAnswer& roi : answerer.answer(batch)) {
        if (host.cancelled()) throw Cancelled{};
        write_roi(w, request, roi);
      }
    }
  } catch (const Cancelled&) {
    return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  }
  w.end_array();
  w.field("betweenSlices", name_of(c.options.between_slices.value_or(BetweenSlices::kSlab)));
  w.end_object();
  return w.take();
}

}  // namespace dosegate
