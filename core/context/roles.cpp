// What a role of the protocol is in this case: of the structure that stands for it, or computed from those of others.
#include <algorithm>
#include <set>

#include "core/context/context.h"
#include "core/geometry/combine.h"
#include "core/geometry/solid.h"
#include "core/text/text.h"

namespace dosegate {

DvhStore::Key drawn_key(std::int32_t roi_number, BetweenSlices model) {
  return {{roi_number}, model == BetweenSlices::kSlab ? "slab " : "interpolate "};
}

DoseFit fit_dose(Engine& engine, const DvhStore::Key& key, const std::string& name,
                 const std::string& frame_of_reference_uid, double factor, OutsideGrid outside, RoleKind kind,
                 DoseNeed need) {
  const DoseGrid& grid = *engine.grid;
  DoseFit fit;
  if (frame_of_reference_uid.empty() || grid.frame_of_reference_uid().empty()) {
    fit.problem = frame_of_reference_uid.empty() ? say<Said::kFrameOfStructureNotStated>(name)
                                                 : say<Said::kFrameOfGridNotStated>();
    fit.hint = say<Said::kExportWithFrames>();
    return fit;
  }
  if (frame_of_reference_uid != grid.frame_of_reference_uid()) {
    fit.problem = say<Said::kOtherFrameThanGrid>(name);
    fit.hint = say<Said::kExportSameSeries>();
    return fit;
  }
  if (const auto stack = engine.store.kept_stack(key); stack && !(stack->frame == grid.orientation())) {
    fit.problem = say<Said::kDrawnAcrossGrid>(
        name, amount_number(angle_to_grid(*stack, grid.orientation()).in_degrees(), 2, "°"));
    fit.hint = say<Said::kDrawAlongGrid>();
    return fit;
  }
  const auto refuse = [&](const Error& error) {
    fit.cancelled = error.code == ErrorCode::kCancelled;
    fit.problem = say<Said::kOfStructure>(name, Prose(error.message));
    fit.hint = say<Said::kCheckContours>();
    return fit;
  };
  const auto cut = engine.store.cut(key, grid, engine.host);
  if (!cut) return refuse(cut.error());
  if (const Volume beyond = (*cut)->outside, total = (*cut)->total; beyond.in_cc() > 0.0) {
    const Number part = amount_number(beyond.in_cc(), 2, "cc");
    const Number share = amount_number(100.0 * (beyond / total), 1, "%");
    const bool may_be_zero = kind == RoleKind::kOrganAtRisk && outside == OutsideGrid::kZero;
    // Its 0 Gy are as good as those of a part; that both lie in one frame of reference was found above.
    fit.all_outside = beyond / total > 1.0 - 1e-9;
    if (!may_be_zero) {
      fit.problem = say<Said::kOutsideGrid>(part, share, name);
      fit.hint = kind == RoleKind::kTarget ? say<Said::kCalculateOnTarget>() : say<Said::kCalculateOnLarger>();
      return fit;
    }
    fit.outside_note = say<Said::kOutsideCountsZero>(part, share, name);
  }
  fit.cut = *cut;
  if (grid.values().empty()) return fit;  // of a dose that is expected there is no more
  if (need == DoseNeed::kMean) {
    const Result<Dose> mean = engine.store.mean(key, grid, factor, engine.host);
    if (!mean) return refuse(mean.error());
    fit.mean = *mean;
    return fit;
  }
  Result<Dvh> dvh = engine.store.dvh(key, engine.grid, factor, engine.host);
  if (!dvh) return refuse(dvh.error());
  fit.dvh = *std::move(dvh);
  return fit;
}

DvhStore::Wanted::Depth Context::depth_of(const std::string& role, const std::string& frame_of_reference_uid,
                                          DoseNeed need) const {
  using Depth = DvhStore::Wanted::Depth;
  if (!reading_.factor) return Depth::kStack;
  if (measured_.count(role) == 0) return Depth::kCut;
  if (frame_of_reference_uid != engine_.grid->frame_of_reference_uid()) return Depth::kStack;
  if (engine_.grid->values().empty()) return Depth::kCut;
  return need == DoseNeed::kMean ? Depth::kMean : Depth::kDoses;
}

namespace {
// The drawn version of a derived role is only compared with the computed one, by volume and mean.
DoseNeed need_of_drawn(const Role& role) { return role.derived ? DoseNeed::kMean : DoseNeed::kDvh; }
}  // namespace

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
          depth_of(match.role, structure.frame_of_reference_uid, need_of_drawn(*protocol_.find_role(match.role)))};
}

std::string Context::taken_otherwise(const std::vector<std::int32_t>& rois) const {
  std::string text;
  for (const std::int32_t number : otherwise_) {
    if (std::find(rois.begin(), rois.end(), number) == rois.end()) continue;
    text += (text.empty() ? "otherwise " : ",") + std::to_string(number);
  }
  return text.empty() ? text : text + " ";
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
    const PlaneLayout& layout = layouts_.of(structure.roi_number);
    state.problem = state.dose_problem = layout.problem.empty() ? Prose(stack.error().message) : layout.problem;
    state.hint = state.dose_hint = layout.hint.empty() ? Prose(say<Said::kDrawCompletely>()) : layout.hint;
    return;
  }
  state.stack = state.planes = *stack;
  if (between_slices() != BetweenSlices::kSlab && in_margins_.count(state.match.role) > 0) {
    const DvhStore::Wanted planes = wanted_of_roi(state.match, BetweenSlices::kSlab);
    const auto slabs = engine_.store.stack(planes.key, planes.make);
    state.planes = slabs ? *slabs : nullptr;
  }
  build_dose(state, structure.name, structure.frame_of_reference_uid, need_of_drawn(*state.role));
}

DvhStore::Key Context::derived_key(const Derivation& derived, std::vector<std::int32_t> rois) const {
  DvhStore::Key key = drawn_key(0, between_slices());
  key.rois = std::move(rois);
  // How many of the numbers are base, plus, within and minus: their names say nothing of what they stand for.
  key.operation += "plus " + std::to_string(derived.plus.size()) + " within " + std::to_string(derived.within.size()) +
                   " minus " + std::to_string(derived.minus.size());
  key.operation += taken_otherwise(key.rois);
  return key;
}

// Its stack was combined before, and nothing of it has changed since: it need not wait for its parts.
std::optional<DvhStore::Wanted> Context::kept_derived(const Role& role) const {
  std::vector<std::int32_t> rois;
  for (const std::string& name : role.derived->parts()) {
    const auto match =
        std::find_if(matches_.begin(), matches_.end(), [&](const RoleMatch& m) { return m.role == name && m.roi; });
    if (match == matches_.end() || protocol_.find_role(name)->derived) return {};
    rois.push_back(match->roi->number);
  }
  const std::string& frame = case_.structures.at(rois.front()).frame_of_reference_uid;
  DvhStore::Key key = derived_key(*role.derived, std::move(rois));
  if (!engine_.store.kept_stack(key)) return {};
  const auto make = [] { return Result<SlabStack>(Error{ErrorCode::kNotFound, "", "It is kept no more."}); };
  return DvhStore::Wanted{std::move(key), make, depth_of(role.id, frame)};
}

// None: state.problem says why.
std::optional<DvhStore::Wanted> Context::wanted_of_derived(RoleState& state) {
  const Derivation& derived = *state.role->derived;
  const std::vector<std::string> names = derived.parts();
  std::set<std::string> frames;
  for (const auto& name : names) {
    const RoleState& part = built(name);
    if (!part.stack) {
      state.problem = state.dose_problem = say<Said::kComputedFrom>(name, part.problem);
      state.hint = state.dose_hint = part.hint;
      return {};
    }
    frames.insert(case_.structures.at(part.match.roi->number).frame_of_reference_uid);
  }
  if (frames.size() > 1) {
    state.problem = state.dose_problem = say<Said::kPartsInOtherFrames>();
    state.hint = state.dose_hint = say<Said::kExportFromOneSet>();
    return {};
  }
  state.frame_of_reference_uid = *frames.begin();
  std::vector<std::int32_t> rois;
  for (const auto& name : names) rois.push_back(role(name).match.roi->number);
  DvhStore::Key key = derived_key(derived, std::move(rois));
  const auto make = [this, &derived] {
    const auto stacks = [&](const std::vector<std::string>& group) {
      std::vector<const SlabStack*> all;
      for (const auto& name : group) all.push_back(role(name).stack.get());
      return all;
    };
    return combine(
        {role(derived.base).stack.get(), stacks(derived.plus), stacks(derived.within), stacks(derived.minus)});
  };
  // Where nothing is added or taken away, its slabs are those of its base.
  return DvhStore::Wanted{std::move(key), make, depth_of(state.role->id, state.frame_of_reference_uid),
                          role(derived.base).key};
}

void Context::build_derived(RoleState& state) {
  const auto wanted = wanted_of_derived(state);
  if (!wanted) return;
  state.key = wanted->key;
  auto stack = engine_.store.stack(wanted->key, wanted->make);
  if (!stack) {
    state.problem = state.dose_problem = stack.error().message;
    state.hint = state.dose_hint = say<Said::kDrawOnSameSeries>();
    return;
  }
  state.stack = *stack;
  build_dose(state, state.role->id, state.frame_of_reference_uid, DoseNeed::kDvh);
  if (!state.volume) explain_empty(state);
}

void Context::build_dose(RoleState& state, const std::string& name, const std::string& frame_of_reference_uid,
                         DoseNeed need) {
  const RoleKind kind = state.role != nullptr ? state.role->kind : RoleKind::kOrganAtRisk;
  std::shared_ptr<const StructureCells> cells;
  if (reading_.factor && measured_.count(state.role->id) == 0) {
    // Its volume, and nothing of its dose.
    const auto cut = engine_.store.cut(state.key, *engine_.grid, engine_.host);
    cancelled_ = cancelled_ || (!cut && cut.error().code == ErrorCode::kCancelled);
    if (cut) cells = *cut;
  } else if (reading_.factor) {
    DoseFit fit = fit_dose(engine_, state.key, name, frame_of_reference_uid, *reading_.factor,
                           case_.options.outside_grid, kind, need);
    cancelled_ = cancelled_ || fit.cancelled;
    state.dvh = std::move(fit.dvh);
    state.mean = fit.mean;
    if (state.dvh || state.mean) cells = std::move(fit.cut);
    state.dose_problem = fit.problem;
    state.dose_hint = fit.hint;
    state.outside_note = fit.outside_note;
    state.all_outside = fit.all_outside;
  } else {
    state.dose_problem = reading_.problem;
    state.dose_hint = reading_.hint;
  }
  if (cells) {
    state.volume = cells->total;
    state.rim = cells->rim;
    return;
  }
  const Result<Volume> volume = engine_.store.volume(state.key, engine_.host.workers);
  if (!volume || volume->in_mm3() <= 0.0) {
    state.problem =
        say<Said::kOfStructure>(name, volume ? Prose(say<Said::kEncloseNoVolume>()) : Prose(volume.error().message));
    state.hint = say<Said::kCheckContours>();
    state.dose_problem = state.problem;
    state.dose_hint = state.hint;
    return;
  }
  state.volume = *volume;
}

}  // namespace dosegate
