#include "core/rules/context.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/geometry/combine.h"
#include "core/geometry/solid.h"
#include "core/report/text.h"
#include "core/rules/margin_task.h"

namespace dosegate {
namespace {

// Mean x of the contour points; none without a point.
std::optional<double> mean_x(const Structure& s) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const auto& contour : s.contours) {
    for (const auto& p : contour.points) sum += p.x();
    count += contour.points.size();
  }
  if (count == 0) return {};
  return sum / static_cast<double>(count);
}

}  // namespace

DvhStore::Key drawn_key(std::int32_t roi_number, BetweenSlices model) {
  return {{roi_number}, model == BetweenSlices::kSlab ? "slab " : "interpolate "};
}

DoseFit fit_dose(Engine& engine, const DvhStore::Key& key, const std::string& name,
                 const std::string& frame_of_reference_uid, double factor, OutsideGrid outside, RoleKind kind) {
  const DoseGrid& grid = *engine.grid;
  DoseFit fit;
  if (frame_of_reference_uid.empty() || grid.frame_of_reference_uid().empty()) {
    fit.problem = "The frame of reference of " +
                  (frame_of_reference_uid.empty() ? quoted(name) : std::string("the dose grid")) + " is not stated.";
    fit.hint = "Export structures and dose with their Frame of Reference UID (0020,0052), (3006,0024).";
    return fit;
  }
  if (frame_of_reference_uid != grid.frame_of_reference_uid()) {
    fit.problem = quoted(name) + " and the dose grid lie in different frames of reference.";
    fit.hint = "Export structures and dose of the same image series, or transfer the structures by a registration.";
    return fit;
  }
  Result<Dvh> dvh = engine.store.dvh(key, engine.grid, factor, engine.host);
  if (!dvh) {
    fit.cancelled = dvh.error().code == ErrorCode::kCancelled;
    fit.problem = quoted(name) + ": " + dvh.error().message;
    fit.hint = "Check the contours in the planning system.";
    return fit;
  }
  if (dvh->outside().in_cc() > 0.0) {
    const std::string part = amount(dvh->outside().in_cc(), 2) + " cc (" +
                             amount(100.0 * (dvh->outside() / dvh->total()), 1) + " %) of " + quoted(name) +
                             " lie outside the dose grid";
    const bool may_be_zero = kind == RoleKind::kOrganAtRisk && outside == OutsideGrid::kZero;
    // Its 0 Gy are as good as those of a part; that both lie in one frame of reference was found above.
    fit.all_outside = dvh->outside() / dvh->total() > 1.0 - 1e-9;
    if (!may_be_zero) {
      fit.problem = part + ".";
      fit.hint = kind == RoleKind::kTarget
                     ? "Calculate the dose on a grid that contains the whole target."
                     : "Calculate the dose on a larger grid; or, where the dose out there is negligible, state it with "
                       "--outside-grid zero.";
      return fit;
    }
    fit.outside_note = part + " and count as 0 Gy, as the site stated.";
  }
  fit.dvh = *std::move(dvh);
  return fit;
}

Context::Context(const Case& c, const Protocol& protocol, DvhStore& store, const Host& host,
                 std::set<std::int32_t> otherwise)
    : case_(c),
      protocol_(protocol),
      engine_{c.dose ? std::make_shared<const DoseGrid>(*c.dose) : nullptr, store, host},
      layouts_(c, store, host.workers),
      otherwise_(std::move(otherwise)) {
  std::vector<RoiName> rois;
  for (const auto& [number, structure] : c.structures) rois.push_back({number, structure.name});
  matches_ = match_structures(protocol, rois, c.options.structure_map);
  refuse_swapped_sides();
  measured_.insert(protocol.prescription.target_role);
  for (const Rule& rule : protocol.rules) {
    if (const auto* metric = std::get_if<DoseMetricRule>(&rule.kind)) measured_.insert(metric->structure);
    if (const auto* check = std::get_if<DerivedCheckRule>(&rule.kind)) measured_.insert(check->structure);
    if (const auto* margin = std::get_if<MarginRule>(&rule.kind)) in_margins_.insert({margin->from, margin->to});
    if (const auto* inside = std::get_if<ContainmentRule>(&rule.kind))
      in_margins_.insert({inside->inner, inside->outer});
  }
  prescription_ = prescribed_to_target(c, protocol, matches_);
  fractions_ = c.plan ? planned_fractions(*c.plan, prescription_.dose)
                      : PlannedFractions{{}, "There is no RT Plan.", "Give the RT Plan.", {}};
  reading_ = read_dose(c.dose, c.plan, c.options.dose_meaning);
  refuse_other_frame();
}

// The dose of a plan lies where the plan lies: in another frame of reference it is that of another one, or of another
// patient position, whatever else fits.
void Context::refuse_other_frame() {
  if (!case_.plan || !case_.dose || !reading_.factor) return;
  const std::string& of_plan = case_.plan->frame_of_reference_uid;
  const std::string& of_dose = case_.dose->frame_of_reference_uid();
  if (of_plan.empty() || of_dose.empty() || of_plan == of_dose) return;
  reading_ = {{},
              {},
              "The plan and the dose grid lie in different frames of reference.",
              "Export plan and dose of the same image series, together."};
}

// A paired organ named for one side but drawn on the other: along the patient's x axis (LPS) the left one of a
// pair lies further on. Roles pair by their TG-263 names, Kidney_L and Kidney_R.
void Context::refuse_swapped_sides() {
  for (auto& left : matches_) {
    const Role* role = protocol_.find_role(left.role);
    if (role == nullptr || role->laterality != Laterality::kLeft || !left.roi || !left.role.ends_with("_L")) continue;
    const std::string other = left.role.substr(0, left.role.size() - 1) + "R";
    for (auto& right : matches_) {
      if (right.role != other || !right.roi || !left.roi) continue;
      const auto x_left = mean_x(case_.structures.at(left.roi->number));
      const auto x_right = mean_x(case_.structures.at(right.roi->number));
      if (!x_left || !x_right || *x_left > *x_right) continue;
      const std::string problem = quoted(left.roi->name) + " lies to the right of " + quoted(right.roi->name) +
                                  " in the patient: their names, or the image orientation, are swapped.";
      const std::string hint = "Check the sides of both structures in the planning system.";
      for (auto* match : {&left, &right}) {
        match->roi.reset();
        match->how.clear();
        match->problem = problem;
        match->hint = hint;
      }
    }
  }
}

// What takes time is made in parallel and kept in the store: drawn structures first, then what is computed from them.
// The roles are then built of what is there.
bool Context::prepare() {
  std::vector<DvhStore::Wanted> wanted;
  for (const auto& match : matches_) {
    if (match.roi) wanted.push_back(wanted_of_roi(match));
  }
  if (!engine_.store.prepare(wanted, engine_.grid, engine_.host)) return false;
  for (const auto& match : matches_) {
    if (!protocol_.find_role(match.role)->derived) built(match.role);
  }
  wanted.clear();
  for (const auto& match : matches_) {
    RoleState state;
    state.role = protocol_.find_role(match.role);
    if (!state.role->derived) continue;
    if (auto of_derived = wanted_of_derived(state)) wanted.push_back(*std::move(of_derived));
  }
  if (cancelled_ || !engine_.store.prepare(wanted, engine_.grid, engine_.host)) return false;
  for (const auto& match : matches_) {
    const RoleState& state = built(match.role);
    if (cancelled_) return false;
    if (!state.role->derived || !match.roi) continue;
    RoleState drawn_version;
    drawn_version.role = state.role;
    drawn_version.match = match;
    build_from_roi(drawn_version);
    if (cancelled_) return false;
    drawn_.emplace(match.role, std::move(drawn_version));
  }
  check_scale();
  prepare_margins();
  return true;
}

// A dose whose scale contradicts the prescription is no dose: every role loses it.
void Context::check_scale() {
  if (!reading_.factor) return;
  const RoleState& target = role(protocol_.prescription.target_role);
  constexpr double kMedian = 0.5, kCoverage = 0.95;  // of the target's volume
  if (target.dvh) {
    target_dose_ = TargetDose{target.dvh->estimate_dose_of_hottest(kMedian * target.dvh->total()),
                              target.dvh->estimate_dose_of_hottest(kCoverage * target.dvh->total())};
  }
  ScaleEvidence evidence;
  evidence.is_protocols = !prescription_.dose;
  evidence.prescribed = prescription_.dose.value_or(protocol_.prescription.total);
  evidence.largest_prescribed = std::max(evidence.prescribed, largest_prescribed(case_).value_or(Dose()));
  if (case_.plan) evidence.beams = course_of_beam_doses(*case_.plan);
  evidence.fractions = fractions_.count;
  evidence.maximum = *reading_.factor * engine_.grid->maximum();
  if (target_dose_) {
    evidence.median = target_dose_->median;
    evidence.coverage = target_dose_->coverage;
  }
  const DoseMeaning meaning = case_.options.dose_meaning;
  ScaleDoubt doubt = doubt_scale(reading_, meaning, engine_.grid->summation(), evidence);
  if (doubt.kind != ScaleDoubt::Kind::kNone && target_dose_) {
    // What is told, and refuses a dose, is no estimate: that may be some Gy off where the dose is rough.
    const auto hottest = [&](double share) {
      const Tolerance of_what_is_told{1e-3, Dose::gy(0.005)};
      return target.dvh->dose_of_hottest(share * target.dvh->total(), std::nullopt, of_what_is_told).value;
    };
    target_dose_ = TargetDose{hottest(kMedian), hottest(kCoverage)};
    evidence.median = target_dose_->median;
    evidence.coverage = target_dose_->coverage;
    doubt = doubt_scale(reading_, meaning, engine_.grid->summation(), evidence);
  }
  if (doubt.kind == ScaleDoubt::Kind::kNone) return;
  if (doubt.kind == ScaleDoubt::Kind::kUnexplained && meaning != DoseMeaning::kAsTagged) {
    overruled_ = std::move(doubt);
    return;
  }
  reading_ = {{}, {}, std::move(doubt.problem), std::move(doubt.hint)};
  target_dose_.reset();
  for (auto* roles : {&roles_, &drawn_}) {
    for (auto& [id, state] : *roles) {
      if (!state.problem.empty()) continue;
      state.dvh.reset();
      state.dose_problem = reading_.problem;
      state.dose_hint = reading_.hint;
      state.outside_note.clear();
    }
  }
}

void Context::prepare_margins() {
  MarginStore& store = engine_.store.margins();
  store.begin();
  for (const Rule& rule : protocol_.rules) {
    MarginTask task;
    const void* asked = nullptr;
    if (const auto* margin = std::get_if<MarginRule>(&rule.kind)) {
      asked = margin;
      task = margin_task(*margin, *this);
    } else if (const auto* containment = std::get_if<ContainmentRule>(&rule.kind)) {
      asked = containment;
      task = margin_task(*containment, *this);
    }
    if (asked == nullptr || !task.problem.empty()) continue;
    margins_[asked] = store.fit(task.question, task.cropped_by, task.within, engine_.host);
  }
  store.end();
}

MarginStore::Answer Context::margin(const void* rule) const {
  const auto found = margins_.find(rule);
  return found != margins_.end() ? found->second : nullptr;
}

DvhStore::Wanted::Depth Context::depth_of(const std::string& role, const std::string& frame_of_reference_uid) const {
  using Depth = DvhStore::Wanted::Depth;
  if (!reading_.factor) return Depth::kStack;
  if (measured_.count(role) == 0) return Depth::kCut;
  return frame_of_reference_uid == engine_.grid->frame_of_reference_uid() ? Depth::kDoses : Depth::kStack;
}

// Precondition: match.roi.
DvhStore::Wanted Context::wanted_of_roi(const RoleMatch& match, BetweenSlices model) const {
  const Structure& structure = case_.structures.at(match.roi->number);
  const Doubt doubt = otherwise_.count(structure.roi_number) > 0 ? Doubt::kOtherwise : Doubt::kAsReported;
  DvhStore::Key key = drawn_key(structure.roi_number, model);
  key.operation += taken_otherwise(key.rois);
  return {std::move(key),
          [&structure, doubt, model, this] {
            return make_solid(layouts_.stack(structure, doubt, engine_.host.workers), structure.name, model,
                              engine_.host.workers);
          },
          depth_of(match.role, structure.frame_of_reference_uid)};
}

std::string Context::taken_otherwise(const std::vector<std::int32_t>& rois) const {
  std::string text;
  for (const std::int32_t number : otherwise_) {
    if (std::find(rois.begin(), rois.end(), number) == rois.end()) continue;
    text += (text.empty() ? "otherwise " : ",") + std::to_string(number);
  }
  return text.empty() ? text : text + " ";
}

const RoleState* Context::drawn(const std::string& derived_role) const {
  const auto found = drawn_.find(derived_role);
  return found != drawn_.end() ? &found->second : nullptr;
}

const RoleState& Context::built(const std::string& id) {
  const auto found = roles_.find(id);
  if (found != roles_.end()) return found->second;
  RoleState state;
  state.role = protocol_.find_role(id);
  for (const auto& match : matches_) {
    if (match.role == id) state.match = match;
  }
  build(state);
  return roles_.emplace(id, std::move(state)).first->second;
}

void Context::build(RoleState& state) {
  if (state.role != nullptr && state.role->derived) {
    build_derived(state);
  } else {
    build_from_roi(state);
  }
}

void Context::build_from_roi(RoleState& state) {
  if (!state.match.roi) {
    state.problem = state.match.problem;
    state.hint = state.match.hint;
    state.dose_problem = state.problem;
    state.dose_hint = state.hint;
    return;
  }
  const Structure& structure = case_.structures.at(state.match.roi->number);
  const DvhStore::Wanted wanted = wanted_of_roi(state.match);
  state.key = wanted.key;
  auto stack = engine_.store.stack(wanted.key, wanted.make);
  if (!stack) {
    state.problem = state.dose_problem = stack.error().message;
    const PlaneLayout& layout = layouts_.of(structure.roi_number);
    state.hint = state.dose_hint =
        layout.hint.empty() ? "Draw the structure completely on every slice and export it again." : layout.hint;
    return;
  }
  state.stack = state.planes = *stack;
  if (between_slices() != BetweenSlices::kSlab && in_margins_.count(state.match.role) > 0) {
    const DvhStore::Wanted planes = wanted_of_roi(state.match, BetweenSlices::kSlab);
    const auto slabs = engine_.store.stack(planes.key, planes.make);
    state.planes = slabs ? *slabs : nullptr;
  }
  build_dvh(state, structure.name, structure.frame_of_reference_uid);
}

// None: state.problem says why.
std::optional<DvhStore::Wanted> Context::wanted_of_derived(RoleState& state) {
  const Derivation& derived = *state.role->derived;
  const std::vector<std::string> names = derived.parts();
  std::set<std::string> frames;
  for (const auto& name : names) {
    const RoleState& part = built(name);
    if (!part.stack) {
      state.problem = state.dose_problem = "It is computed from " + name + ": " + part.problem;
      state.hint = state.dose_hint = part.hint;
      return {};
    }
    frames.insert(case_.structures.at(part.match.roi->number).frame_of_reference_uid);
  }
  if (frames.size() > 1) {
    state.problem = state.dose_problem = "The structures it is computed from lie in different frames of reference.";
    state.hint = state.dose_hint = "Export them from one structure set.";
    return {};
  }
  state.frame_of_reference_uid = *frames.begin();
  DvhStore::Key key = drawn_key(0, between_slices());
  key.rois.clear();
  // How many of the numbers are base, plus, within and minus: their names say nothing of what they stand for.
  key.operation += "plus " + std::to_string(derived.plus.size()) + " within " + std::to_string(derived.within.size()) +
                   " minus " + std::to_string(derived.minus.size());
  for (const auto& name : names) key.rois.push_back(role(name).match.roi->number);
  key.operation += taken_otherwise(key.rois);
  const auto make = [this, &derived] {
    const auto stacks = [&](const std::vector<std::string>& group) {
      std::vector<const SlabStack*> all;
      for (const auto& name : group) all.push_back(role(name).stack.get());
      return all;
    };
    return combine(
        {role(derived.base).stack.get(), stacks(derived.plus), stacks(derived.within), stacks(derived.minus)});
  };
  return DvhStore::Wanted{std::move(key), make, depth_of(state.role->id, state.frame_of_reference_uid)};
}

void Context::build_derived(RoleState& state) {
  const auto wanted = wanted_of_derived(state);
  if (!wanted) return;
  state.key = wanted->key;
  auto stack = engine_.store.stack(wanted->key, wanted->make);
  if (!stack) {
    state.problem = state.dose_problem = stack.error().message;
    state.hint = state.dose_hint = "Draw the structures on the same image series.";
    return;
  }
  state.stack = *stack;
  build_dvh(state, state.role->id, state.frame_of_reference_uid);
  if (!state.volume) explain_empty(state);
}

void Context::build_dvh(RoleState& state, const std::string& name, const std::string& frame_of_reference_uid) {
  const RoleKind kind = state.role != nullptr ? state.role->kind : RoleKind::kOrganAtRisk;
  if (reading_.factor && measured_.count(state.role->id) == 0) {
    // Its volume, and nothing of its dose.
    const auto cut = engine_.store.cut(state.key, *engine_.grid, engine_.host);
    cancelled_ = cancelled_ || (!cut && cut.error().code == ErrorCode::kCancelled);
    if (cut) {
      state.volume = (*cut)->total;
      state.rim = (*cut)->rim;
      return;
    }
  } else if (reading_.factor) {
    DoseFit fit =
        fit_dose(engine_, state.key, name, frame_of_reference_uid, *reading_.factor, case_.options.outside_grid, kind);
    cancelled_ = cancelled_ || fit.cancelled;
    state.dvh = std::move(fit.dvh);
    state.dose_problem = fit.problem;
    state.dose_hint = fit.hint;
    state.outside_note = fit.outside_note;
    state.all_outside = fit.all_outside;
  } else {
    state.dose_problem = reading_.problem;
    state.dose_hint = reading_.hint;
  }
  if (state.dvh) {
    state.volume = state.dvh->total();
    state.rim = state.dvh->rim();
    return;
  }
  const Result<Volume> volume = engine_.store.volume(state.key, engine_.host.workers);
  if (!volume || volume->in_mm3() <= 0.0) {
    state.problem = quoted(name) + ": " + (volume ? "The contours enclose no volume." : volume.error().message);
    state.hint = "Check the contours in the planning system.";
    state.dose_problem = state.problem;
    state.dose_hint = state.hint;
    return;
  }
  state.volume = *volume;
}

}  // namespace dosegate
