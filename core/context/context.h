// What the rules of one check share: the case, the matched structures, and their DVHs, computed once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/case/subject.h"
#include "core/context/dose_reading.h"
#include "core/context/fraction_groups.h"
#include "core/context/layouts.h"
#include "core/context/prescribed.h"
#include "core/dvh/dvh.h"
#include "core/gamma/measured.h"
#include "core/kept/store.h"
#include "core/protocol/structure_match.h"

namespace dosegate {

// A role of the protocol with what is known of it. `problem` says why there is no volume, `dose_problem` why there is
// no DVH; each is empty when there is one.
struct RoleState {
  const Role* role = nullptr;
  RoleMatch match;
  DvhStore::Key key;
  std::string frame_of_reference_uid;  // of a derived role, that of all its parts
  std::shared_ptr<const SlabStack> stack;
  std::shared_ptr<const SlabStack> planes;  // as slabs, whatever lies between by the model; null for a derived role
  std::optional<Volume> volume;
  std::optional<Volume> rim;  // in the outer half voxel of the dose grid
  std::optional<Dvh> dvh;     // none for a role whose dose no rule measures
  std::optional<Dose> mean;   // of a drawn version of a derived role, which has no DVH
  Prose problem, hint;
  Prose dose_problem, dose_hint;
  // A derived role may be empty although its parts are sound: then this says why, its volume is 0 and it has no DVH.
  Prose empty_text;
  bool all_outside = false;  // none of it lies in the dose grid, and the site lets that count as 0 Gy
  Prose outside_note;        // says which part lies outside the grid, where the site lets that count as 0 Gy
};

// What is asked of a structure on the dose.
enum class DoseNeed { kMean, kDvh };
// A structure's DVH or mean on the dose, or why there is none: other frames of reference, parts outside the grid.
// `cancelled` says that the host ended the call.
struct DoseFit {
  std::shared_ptr<const StructureCells> cut;  // beside either
  std::optional<Dvh> dvh;                     // kDvh
  std::optional<Dose> mean;                   // kMean
  bool cancelled = false;
  Prose problem, hint, outside_note;
  bool all_outside = false;
};
// What a calculation works with: the dose (null where there is none), where results are kept, and what the host lends.
struct Engine {
  std::shared_ptr<const DoseGrid> grid;
  DvhStore& store;
  const Host& host;
};
// The key under which a drawn structure is kept.
DvhStore::Key drawn_key(std::int32_t roi_number, BetweenSlices model);
// `factor` turns stored doses into those of the course. Precondition: the store has the stack of `key`.
DoseFit fit_dose(Engine& engine, const DvhStore::Key& key, const std::string& name,
                 const std::string& frame_of_reference_uid, double factor, OutsideGrid outside, RoleKind kind,
                 DoseNeed need = DoseNeed::kDvh);

// A case read by a protocol. First prepare(), on one thread; then several threads may ask.
class Context {
 public:
  // Matches structures and reads the dose; geometry is left to prepare(). `otherwise` has the ROI numbers of structures
  // whose gaps in doubt are taken the other way round (geometry/plane_layout.h). All other arguments must outlive this.
  Context(const Subject& subject, const Protocol& protocol, DvhStore& store, const Host& host,
          std::set<std::int32_t> otherwise = {});

  const Subject& input() const { return case_; }
  const Protocol& protocol() const { return protocol_; }
  const DoseReading& reading() const { return reading_; }
  // What is taken to lie between slices: as the caller says, else as the protocol does.
  BetweenSlices between_slices() const { return case_.options.between_slices.value_or(protocol_.between_slices); }
  // What the plan prescribes to the protocol's target role.
  const Prescribed& prescription() const { return prescription_; }
  // How many fractions the plan has; its problem says so where there is no plan.
  const PlannedFractions& fractions() const { return fractions_; }
  // After prepare(): why the scale of the dose is in doubt although the site states what the grid holds.
  const ScaleDoubt& overruled() const { return overruled_; }
  // After prepare(): quick estimates of the target's dose, of the whole course as the dose was read. None where the
  // target has no DVH.
  struct TargetDose {
    Dose median, coverage;  // what 50 % and what 95 % of its volume get at least
  };
  const std::optional<TargetDose>& target_dose() const { return target_dose_; }

  // build_roles() and compare_margins(). False when the host cancelled, which may also show as Cancelled.
  bool prepare();
  // Builds every role, and looks whether the dose can be what it was read as. False when the host cancelled. From then
  // on every const function but margin() may be called by several threads.
  bool build_roles();
  // What margin() answers. Other threads may call all other const functions meanwhile. Throws Cancelled.
  void compare_margins();
  // Precondition: the protocol has the role.
  const RoleState& role(const std::string& id) const { return roles_.at(id); }
  // The drawn version of a derived role; null where none is matched.
  const RoleState* drawn(const std::string& derived_role) const;
  const std::vector<RoleMatch>& matches() const { return matches_; }
  const Layouts& layouts() const { return layouts_; }
  // Of the present call, for what asks whether to go on.
  Workers* workers() const { return engine_.host.workers; }
  // What the keys of results that are kept have to say of `rois`: whose gaps are taken the other way round. Empty where
  // all are as reported.
  std::string taken_otherwise(const std::vector<std::int32_t>& rois) const;
  // After compare_margins(): the answer for a rule of the protocol that needs a margin; null where it could not be
  // asked (margin_task.h says why).
  MarginStore::Answer margin(const RuleKind& kind) const;

  // Compares the dose with the case's measurement by the criteria of every rule that asks for it. False when the host
  // cancelled.
  bool compare_measurement();
  // Takes over these answers from another context of the same case and protocol.
  void take_comparison(const Context& other) { gammas_ = other.gammas_; }
  // The answer for a rule of the protocol that needs the comparison, in which the measurement is the reference. Null
  // where the case has no measurement or no dose.
  const Result<MeasuredAnswer>* measured(const RuleKind& kind) const;

 private:
  void check_scale();
  void refuse_swapped_sides();
  void refuse_structures();
  const RoleState& built(const std::string& id);
  void refuse_other_frame();
  // `need`: what of its dose, where any rule asks for that.
  DvhStore::Wanted::Depth depth_of(const std::string& role, const std::string& frame_of_reference_uid,
                                   DoseNeed need = DoseNeed::kDvh) const;
  DvhStore::Wanted wanted_of_roi(const RoleMatch& match) const { return wanted_of_roi(match, between_slices()); }
  DvhStore::Wanted wanted_of_roi(const RoleMatch& match, BetweenSlices model) const;
  std::optional<DvhStore::Wanted> wanted_of_derived(RoleState& state);
  DvhStore::Key derived_key(const Derivation& derived, std::vector<std::int32_t> rois) const;
  std::optional<DvhStore::Wanted> kept_derived(const Role& role) const;
  void build(RoleState& state);
  void build_from_roi(RoleState& state);
  void build_derived(RoleState& state);
  void explain_empty(RoleState& state) const;
  void build_dose(RoleState& state, const std::string& name, const std::string& frame_of_reference_uid, DoseNeed need);

  const Subject& case_;
  const Protocol& protocol_;
  Engine engine_;
  Layouts layouts_;
  std::set<std::int32_t> otherwise_;
  DoseReading reading_;
  Prescribed prescription_;
  PlannedFractions fractions_;
  ScaleDoubt overruled_;
  std::optional<TargetDose> target_dose_;
  std::map<std::string, RoleState> roles_;  // built so far
  std::map<std::string, RoleState> drawn_;
  std::vector<RoleMatch> matches_;
  std::map<const RuleKind*, MarginStore::Answer> margins_;
  std::map<const RuleKind*, std::shared_ptr<const Result<MeasuredAnswer>>> gammas_;
  std::set<std::string> measured_;    // roles whose dose a rule asks for
  std::set<std::string> in_margins_;  // roles that a rule on margins compares
  bool cancelled_ = false;
};

}  // namespace dosegate
