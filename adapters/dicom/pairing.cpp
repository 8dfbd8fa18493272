#include "adapters/dicom/pairing.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "adapters/dicom/choice.h"
#include "adapters/dicom/dose.h"
#include "adapters/dicom/plan.h"
#include "adapters/dicom/plan_doubt.h"
#include "adapters/dicom/say.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

void require_some(const Pointers& all, Need need, Kind kind) {
  if (need == Need::kRequired && all.empty()) {
    fail("", 0, std::string("no ") + text_of(kind).one + " among the files given",
         "add the file or folder that holds it");
  }
}

std::vector<std::string> files_of(const Pointers& candidates) {
  std::vector<std::string> names;
  for (const Candidate* candidate : candidates) names.push_back(candidate->object.name());
  return names;
}

class Pairer {
 public:
  Pairer(std::vector<Candidate>& candidates, const ReadOptions& options) : options_(options) {
    for (Candidate& candidate : candidates) {
      const Kind kind = candidate.object.kind();
      (kind == Kind::kPlan ? plans_ : kind == Kind::kStructures ? structures_ : doses_).push_back(&candidate);
    }
    drop(plans_, options.need_plan);
    drop(structures_, options.need_structures);
    drop(doses_, options.need_dose);
  }

  Pairing run() {
    require_some(plans_, options_.need_plan, Kind::kPlan);
    require_some(structures_, options_.need_structures, Kind::kStructures);
    require_some(doses_, options_.need_dose, Kind::kDose);
    doses_ = chosen(doses_, options_.dose, Kind::kDose);
    pick_plan();
    pick_dose();
    look_at_dose();
    pick_structures();
    check_patient();
    return std::move(pairing_);
  }

 private:
  static void drop(Pointers& list, Need need) {
    if (need == Need::kIgnored) list.clear();
  }

  void note(v1::Sentence sentence) { pairing_.notes.push_back(note_of(std::move(sentence))); }

  void pick_plan() {
    Pointers left = chosen(plans_, options_.plan, Kind::kPlan);
    if (left.size() > 1) {
      Pointers referenced;
      for (Candidate* plan : left) {
        const bool is_referenced = std::any_of(
            doses_.begin(), doses_.end(), [&](const Candidate* dose) { return names_uid(dose->plan_uids, plan->uid); });
        if (is_referenced) referenced.push_back(plan);
      }
      if (referenced.size() != 1) {
        if (options_.need_plan == Need::kRequired || !referenced.empty()) {
          fail_ambiguous(Kind::kPlan, referenced.empty() ? left : referenced);
        }
        note(say<Said::kNoneOfPlans>());
        return;
      }
      note(say<Said::kOneOfPlans>(left.size(), referenced.front()->object.name()));
      left = referenced;
    }
    if (!left.empty()) use_plan(left.front());
  }

  void use_plan(Candidate* plan) {
    pairing_.plan = plan;
    pairing_.plan_data = read_plan(plan->object, pairing_.guessed_charset);
  }
  void use_no_plan() {
    pairing_.plan = nullptr;
    pairing_.plan_data.reset();
    pairing_.guessed_charset = false;
  }

  // Why a dose that is tagged as one of the whole plan is of something else. Empty: nothing says so.
  std::string not_whole(const Candidate& dose) const {
    if (dose.summation != "PLAN" && dose.summation != "FRACTION") return "";
    if (dose.plan_uids.size() > 1) {
      return "The dose in " + dose.object.name() + " is tagged " + dose.summation + " and refers to " +
             std::to_string(dose.plan_uids.size()) +
             " plans, as a sum of plans does. If it is the dose of the one plan nonetheless, say so with --dose-is "
             "course.";
    }
    if (!pairing_.plan_data) return "";
    return partial_defect(dose.object.name(), dose.summation, dose.parts, *pairing_.plan_data);
  }

  // A dose that is never evaluated does not stand in the way of the one that is: a PLAN dose beside which there is no
  // other.
  Pointers without_unusable(const Pointers& all) {
    Pointers usable, unusable;
    for (Candidate* dose : all) (dose->never_evaluated ? unusable : usable).push_back(dose);
    const auto whole =
        std::count_if(usable.begin(), usable.end(), [](const Candidate* d) { return d->summation == "PLAN"; });
    if (unusable.empty() || whole != 1) return all;
    note(say<Said::kDosesNotPhysical>(names_of(files_of(unusable))));
    return usable;
  }

  // What is more stands for its parts: PLAN for fraction groups, sessions, beams and control points, the fraction group
  // and the beams for their control points. What is left must be one dose, or the BEAM doses of one plan.
  Pointers one_dose(const Pointers& all) {
    const Pointers doses = without_unusable(all);
    Pointers plan_doses, beam_doses, fraction_doses, control_points, sessions, rest;
    for (Candidate* dose : doses) {
      const std::string& type = dose->summation;
      const bool is_whole = type == "PLAN" && not_whole(*dose).empty();
      (is_whole                                               ? plan_doses
       : type == "BEAM"                                       ? beam_doses
       : type == "FRACTION"                                   ? fraction_doses
       : type == "CONTROL_POINT"                              ? control_points
       : type == "BEAM_SESSION" || type == "FRACTION_SESSION" ? sessions
       : type == "PLAN" && dose->plan_uids.size() == 1        ? sessions  // names a part of the plan
                                                              : rest)
          .push_back(dose);
    }
    const bool one_reference = std::all_of(
        doses.begin(), doses.end(), [&](const Candidate* dose) { return dose->plan_uids == doses.front()->plan_uids; });
    const bool may_choose = rest.empty() && one_reference;
    const std::size_t parts = fraction_doses.size() + control_points.size() + sessions.size();
    if (may_choose && plan_doses.size() == 1) {
      if (auto unused = parts_in_words(beam_doses.size(), parts)) {
        note(say<Said::kUsedDoseOfPlan>(plan_doses.front()->object.name(), *std::move(unused)));
      }
      return plan_doses;
    }
    if (may_choose && plan_doses.empty() && sessions.empty() && control_points.size() < doses.size()) {
      if (fraction_doses.empty()) {
        if (auto unused = parts_in_words(0, parts)) note(say<Said::kUsedDosesOfBeams>(*std::move(unused)));
        return beam_doses;
      }
      if (fraction_doses.size() == 1 && beam_doses.empty()) {
        if (auto unused = parts_in_words(0, control_points.size())) {
          note(say<Said::kUsedDoseOfGroup>(fraction_doses.front()->object.name(), *std::move(unused)));
        }
        return fraction_doses;
      }
    }
    if (doses.size() > 1) fail_ambiguous(Kind::kDose, doses);
    return doses;
  }

  static std::optional<v1::ArgumentList> parts_in_words(std::size_t beams, std::size_t others) {
    v1::ArgumentList list;
    list.set_join(v1::ArgumentList::AND);
    if (beams > 0) set(*list.add_items(), say<Said::kDosesOfSingleBeams>(beams));
    if (others > 0) set(*list.add_items(), say<Said::kDosesOfOtherParts>(others));
    return list.items().empty() ? std::nullopt : std::optional(std::move(list));
  }

  // A dose beside those of the plan that does not say what it belongs to: a newer one of the same plan, perhaps.
  static bool may_count(const Candidate& unlinked, const Pointers& linked) {
    if (unlinked.summation != "PLAN" && unlinked.summation != "FRACTION" && !unlinked.summation.empty()) return false;
    return std::any_of(linked.begin(), linked.end(), [&](const Candidate* dose) {
      return unlinked.frames.empty() || dose->frames.empty() || unlinked.frames == dose->frames;
    });
  }

  void note_not_used(const Pointers& unlinked, const Pointers& foreign) {
    if (unlinked.empty() && foreign.empty()) return;
    Pointers all = unlinked;
    all.insert(all.end(), foreign.begin(), foreign.end());
    std::set<std::string> plans;
    for (const Candidate* dose : foreign) plans.insert(dose->plan_uids.begin(), dose->plan_uids.end());
    v1::Sentences said = note_of(say<Said::kDosesOfOtherPlans>(all.size(), names_of(files_of(all))));
    if (!plans.empty()) {
      *said.add_sentences() =
          say<Said::kReferToPlans>(plans.size(), names_of(std::vector<std::string>{plans.begin(), plans.end()}));
    }
    pairing_.notes.push_back(std::move(said));
  }

  void pick_dose() {
    if (doses_.empty()) return;
    if (pairing_.plan == nullptr || pairing_.plan->uid.empty()) {
      pairing_.doses = one_dose(doses_);
      return;
    }
    Pointers linked, unlinked, foreign;
    for (Candidate* dose : doses_) {
      const bool is_linked = names_uid(dose->plan_uids, pairing_.plan->uid);
      (is_linked ? linked : dose->plan_uids.empty() ? unlinked : foreign).push_back(dose);
    }
    if (!linked.empty()) {
      Pointers in_doubt = linked;
      std::copy_if(unlinked.begin(), unlinked.end(), std::back_inserter(in_doubt),
                   [&](const Candidate* dose) { return may_count(*dose, linked); });
      if (in_doubt.size() > linked.size()) fail_ambiguous(Kind::kDose, in_doubt);
      note_not_used(unlinked, foreign);
      pairing_.doses = one_dose(linked);
    } else if (!unlinked.empty()) {
      pairing_.doses = one_dose(unlinked);
      note(say<Said::kDoseOfUnsaidPlan>(pairing_.doses.front()->object.name()));
    } else {
      pairing_.doses = one_dose(foreign);
      if (options_.need_plan == Need::kIfPresent && options_.plan.empty()) {
        note(say<Said::kDoseOfOtherPlan>(pairing_.doses.front()->object.name(), pairing_.plan->object.name()));
        use_no_plan();
        return;
      }
      pairing_.dose_defect = "The dose (" + pairing_.doses.front()->object.name() +
                             ") belongs to another plan: it refers to plan " + foreign.front()->plan_uids.front() +
                             ", and the plan given (" + pairing_.plan->object.name() + ") is " + pairing_.plan->uid +
                             ".";
    }
  }

  // A dose that names less, or other things, than its tag says, or whose plan is not all of a treatment.
  void look_at_dose() {
    if (pairing_.doses.empty() || !pairing_.dose_defect.empty()) return;
    PlanDoubt doubt;
    if (pairing_.plan != nullptr) doubt = doubt_of(pairing_.plan->object, *pairing_.plan_data);
    for (v1::Sentence& sentence : doubt.notes) note(std::move(sentence));
    pairing_.dose_defect = doubt.not_for_patient;
    if (!pairing_.dose_defect.empty()) return;
    const Candidate& dose = *pairing_.doses.front();
    const std::string defect = pairing_.doses.size() == 1 ? not_whole(dose) : "";
    if (defect.empty() && doubt.not_whole.empty()) return;
    if (!options_.dose_is_whole) {
      pairing_.dose_defect = defect.empty() ? doubt.not_whole : defect;
      return;
    }
    if (!defect.empty()) {
      note(say<Said::kDoseTakenAsOfPlan>(dose.object.name()));
    }
    if (!doubt.not_whole.empty()) {
      note(say<Said::kDoseTakenAsOfTreatment>(dose.object.name()));
    }
  }

  static bool is_in_frame_of(const Candidate& structures, const Pointers& sources) {
    return std::any_of(sources.begin(), sources.end(), [&](const Candidate* source) {
      return std::any_of(source->frames.begin(), source->frames.end(),
                         [&](const std::string& uid) { return structures.frames.count(uid) > 0; });
    });
  }

  // Neither plan nor dose says which structure set it was made on.
  void pick_unnamed(Pointers left, const Pointers& used) {
    const bool was_chosen = !options_.structure_set.empty();
    const std::size_t count = left.size();
    if (count > 1) {
      Pointers fitting;
      for (Candidate* structures : left) {
        if (is_in_frame_of(*structures, used)) fitting.push_back(structures);
      }
      if (fitting.size() != 1) fail_ambiguous(Kind::kStructures, left);
      left = fitting;
    }
    Candidate& structures = *left.front();
    pairing_.structures = &structures;
    if (was_chosen || used.empty()) return;
    v1::Sentence how = count > 1                          ? say<Said::kOnlySetInFrame>(count)
                       : is_in_frame_of(structures, used) ? say<Said::kOnlySetSameFrame>()
                                                          : say<Said::kOnlySetOtherFrame>();
    const bool same_study = std::all_of(
        used.begin(), used.end(), [&](const Candidate* source) { return source->study_uid == structures.study_uid; });
    if (!same_study) how = say<Said::kThoughOfOtherStudy>(std::move(how));
    note(say<Said::kSetOfUnsaid>(structures.object.name(), std::move(how)));
  }

  void pick_structures() {
    if (structures_.empty()) return;
    Pointers left = chosen(structures_, options_.structure_set, Kind::kStructures);
    Pointers used = pairing_.doses;
    if (pairing_.plan != nullptr) used.insert(used.begin(), pairing_.plan);
    Pointers sources;  // plan and doses that say which structure set they were made on
    std::copy_if(used.begin(), used.end(), std::back_inserter(sources),
                 [](const Candidate* c) { return !c->structure_uids.empty(); });
    if (sources.empty()) return pick_unnamed(std::move(left), used);

    Pointers agreeing;
    for (Candidate* structures : left) {
      const bool agrees = std::all_of(sources.begin(), sources.end(), [&](const Candidate* source) {
        return names_uid(source->structure_uids, structures->uid);
      });
      if (agrees) agreeing.push_back(structures);
    }
    if (agreeing.size() == 1) {
      if (left.size() > 1) {
        note(say<Said::kOneOfStructureSets>(left.size(), agreeing.front()->object.name()));
      }
      pairing_.structures = agreeing.front();
      return;
    }
    if (agreeing.size() > 1) fail_ambiguous(Kind::kStructures, agreeing);
    if (!options_.structure_set.empty()) {
      for (const Candidate* source : sources) {
        if (names_uid(source->structure_uids, left.front()->uid)) continue;
        note(say<Said::kMadeOnOtherSet>(source->object.name(), left.front()->object.name()));
      }
      pairing_.structures = left.front();
      return;
    }
    refuse_structures(left, sources);
  }

  // Says of which source the structure set is not there; where all are, that the sources disagree.
  [[noreturn]] static void refuse_structures(const Pointers& left, const Pointers& sources) {
    for (const Candidate* source : sources) {
      const bool is_there = std::any_of(left.begin(), left.end(), [&](const Candidate* structures) {
        return names_uid(source->structure_uids, structures->uid);
      });
      if (is_there) continue;
      fail(source->object.name(), kReferencedStructures,
           "was made on structure set " + source->structure_uids.front() +
               ", which is not there; there is: " + listed(left),
           "add that structure set, or choose the one to be used with --structures UID or FILE");
    }
    std::string list;
    for (const Candidate* source : sources) {
      list += (list.empty() ? "" : ", ") + source->object.name() + " on " + source->structure_uids.front();
    }
    fail("", kReferencedStructures, "plan and dose were made on different structure sets: " + list,
         "give plan and dose that belong together, or choose the structure set to be used with --structures UID or "
         "FILE");
  }

  // Names the files, not the patients.
  void check_patient() const {
    Pointers used = pairing_.doses;
    if (pairing_.plan != nullptr) used.push_back(pairing_.plan);
    if (pairing_.structures != nullptr) used.push_back(pairing_.structures);
    std::map<std::string, std::string> files;
    for (const Candidate* candidate : used) {
      if (candidate->patient_id.empty()) continue;
      std::string& names = files[candidate->patient_id];
      names += (names.empty() ? "" : ", ") + candidate->object.name();
    }
    if (files.size() < 2) return;
    std::set<std::string> groups;
    for (const auto& [id, names] : files) groups.insert(names);
    std::string message = "the files are of different patients:";
    for (const std::string& names : groups) message += (names == *groups.begin() ? " " : " against ") + names;
    throw ReadError("", tag_text(kPatientId), message, "give the files of one patient only");
  }

  const ReadOptions& options_;
  Pointers plans_, structures_, doses_;
  Pairing pairing_;
};

}  // namespace

Pairing pair_up(std::vector<Candidate>& candidates, const ReadOptions& options) {
  return Pairer(candidates, options).run();
}

}  // namespace dosegate::dicom
