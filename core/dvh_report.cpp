// DVHs of drawn structures, apart from any protocol: dosegate.v1.DvhReport.
#include <algorithm>

#include "core/checker.h"
#include "core/geometry/solid.h"
#include "core/geometry/trapezoids.h"
#include "core/json/writer.h"
#include "core/report/text.h"
#include "core/rules/context.h"
#include "core/rules/rules.h"

namespace dosegate {
namespace {

const Dose kCurveBin = Dose::gy(0.1);

std::optional<Dose> prescription_of(const Case& c, const DvhRequest& request) {
  if (request.prescription) return request.prescription;
  std::optional<Dose> found;
  if (!c.plan) return found;
  for (const auto& reference : c.plan->dose_references) {
    if (!reference.target_prescription_dose) continue;
    if (found && *found != *reference.target_prescription_dose) return {};  // several: none is "the" prescription
    found = reference.target_prescription_dose;
  }
  return found;
}

void write_metrics(JsonWriter& w, const Dvh* dvh, const std::string& problem, const DvhRequest& request,
                   std::optional<Dose> prescription) {
  w.key("metrics");
  w.begin_array();
  for (const auto& metric : request.metrics) {
    w.begin_object();
    w.field("metric", metric.text);
    if (dvh == nullptr) {
      w.field("unit", unit_text(metric.unit));
      w.field("problem", problem);
    } else if (const Result<MetricValue> m = measure(metric, *dvh, prescription, Plateau::kCounts); m) {
      w.field("value", m->value);
      w.field("lower", m->lower);
      w.field("upper", m->upper);
      w.field("unit", unit_text(metric.unit));
    } else {
      w.field("unit", unit_text(metric.unit));
      w.field("problem", m.error().message);
    }
    w.end_object();
  }
  w.end_array();
}

// False: the host cancelled.
bool write_curve(JsonWriter& w, const Dvh& dvh, const Host& host, std::vector<std::string>& notes) {
  const Result<std::vector<Volume>> curve = dvh.curve(kCurveBin, host);
  if (!curve) {
    notes.push_back(curve.error().message);
    return curve.error().code != ErrorCode::kCancelled;
  }
  w.key("curve");
  w.begin_object();
  w.field("binGy", kCurveBin.in_gy());
  w.key("volumeCc");
  w.begin_array(JsonWriter::Layout::kInline);
  for (const Volume v : *curve) w.number(v.in_cc());
  w.end_array();
  w.end_object();
  return true;
}

// False: the host cancelled.
bool write_roi(JsonWriter& w, const Case& c, const Structure& structure, const DvhRequest& request,
               const DoseReading& reading, Engine& engine) {
  w.begin_object();
  w.field("name", structure.name);
  w.field("roiNumber", structure.roi_number);
  std::vector<std::string> notes;
  const BetweenSlices model = c.options.between_slices.value_or(BetweenSlices::kSlab);
  const DvhStore::Key key = drawn_key(structure.roi_number, model);
  const auto stack = engine.store.stack(key, [&] { return make_solid(structure, model); });
  std::string problem;
  DoseFit fit;
  std::optional<Volume> volume;
  if (!stack) {
    problem = stack.error().message;
  } else {
    notes = (*stack)->notes;
    if (reading.factor) {
      fit = fit_dose(engine, key, structure.name, structure.frame_of_reference_uid, *reading.factor,
                     c.options.outside_grid, RoleKind::kOrganAtRisk);
      if (fit.cancelled) return false;
    } else {
      fit.problem = reading.problem;
    }
    problem = fit.problem;
    if (!fit.outside_note.empty()) notes.push_back(fit.outside_note);
    if (fit.dvh) {
      volume = fit.dvh->total();
    } else {
      std::int64_t budget = 1'000'000'000;
      if (const Result<Volume> v = volume_of(**stack, budget); v) volume = *v;
    }
  }
  if (volume) w.field("volumeCc", volume->in_cc());
  write_metrics(w, fit.dvh ? &*fit.dvh : nullptr, problem, request, prescription_of(c, request));
  if (request.curve && fit.dvh && !write_curve(w, *fit.dvh, engine.host, notes)) return false;
  w.field_if_set("problem", problem);
  if (!notes.empty()) {
    w.key("notes");
    w.begin_array();
    for (const auto& note : notes) w.string(note);
    w.end_array();
  }
  w.end_object();
  return true;
}

}  // namespace

Result<std::string> dvh_json(const Case& c, const DvhRequest& request, const Host& asked, DvhStore* kept) {
  Workers workers(asked);
  Host host = asked;
  host.workers = &workers;
  const Error cancelled{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  DvhStore own;
  Engine engine{c.dose ? std::make_shared<const DoseGrid>(*c.dose) : nullptr, kept != nullptr ? *kept : own, host};
  std::vector<const Structure*> chosen;
  for (const auto& name : request.rois) {
    const std::size_t before = chosen.size();
    for (const auto& [number, structure] : c.structures) {
      if (structure.name == name) chosen.push_back(&structure);
    }
    if (chosen.size() == before) {
      return Error{ErrorCode::kNotFound, "rois", "No structure is named " + quoted(name) + "."};
    }
  }
  if (request.rois.empty()) {
    for (const auto& [number, structure] : c.structures) chosen.push_back(&structure);
  }
  const DoseReading reading = read_dose(c.dose, c.plan, c.options.dose_meaning, std::nullopt);
  JsonWriter w;
  w.begin_object();
  w.key("rois");
  w.begin_array();
  for (const auto* structure : chosen) {
    if (host.should_cancel && host.should_cancel()) return cancelled;
    if (!write_roi(w, c, *structure, request, reading, engine)) return cancelled;
  }
  w.end_array();
  w.field("betweenSlices", name_of(c.options.between_slices.value_or(BetweenSlices::kSlab)));
  w.end_object();
  return w.take();
}

}  // namespace dosegate
