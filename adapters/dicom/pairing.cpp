#include "adapters/dicom/pairing.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/dicom/attributes.h"
#include "adapters/dicom/charset.h"
#include "adapters/dicom/tags.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kPatientId = 0x00100020U, kPlanLabel = 0x300A0002U;
constexpr Tag kStructureSetLabel = 0x30060002U, kSummation = 0x3004000AU;
constexpr Tag kReferencedPlans = 0x300C0002U, kReferencedUid = 0x00081155U, kReferencedStructures = 0x300C0060U;
constexpr Tag kReferencedGroups = 0x300C0020U, kReferencedGroupNumber = 0x300C0022U;

using Pointers = std::vector<Candidate*>;

struct KindText {
  const char* one;
  const char* many;
  const char* option;
};

KindText text_of(Kind kind) {
  switch (kind) {
    case Kind::kPlan:
      return {"plan (RTPLAN)", "plans", "--plan"};
    case Kind::kStructures:
      return {"structure set (RTSTRUCT)", "structure sets", "--structures"};
    case Kind::kDose:
      break;
  }
  return {"dose (RTDOSE)", "doses", "--dose"};
}

bool contains(const std::vector<std::string>& list, const std::string& uid) {
  return !uid.empty() && std::find(list.begin(), list.end(), uid) != list.end();
}

std::string listed(const Pointers& candidates) {
  constexpr std::size_t kMost = 10;
  std::string list;
  for (std::size_t i = 0; i < candidates.size() && i < kMost; ++i) {
    const Candidate& c = *candidates[i];
    std::string what = c.object.kind() == Kind::kDose ? c.summation : c.label.empty() ? "" : "'" + c.label + "'";
    if (!what.empty()) what += ", ";
    list += (i > 0 ? "; " : "") + c.object.name() + " (" + what + "UID " + (c.uid.empty() ? "none" : c.uid) + ")";
  }
  if (candidates.size() > kMost) list += "; and " + std::to_string(candidates.size() - kMost) + " more";
  return list;
}

[[noreturn]] void fail_ambiguous(Kind kind, const Pointers& candidates) {
  const KindText text = text_of(kind);
  fail("", 0,
       std::to_string(candidates.size()) + " " + text.many +
           " are there and nothing decides between them: " + listed(candidates),
       std::string("choose one with ") + text.option + " UID or FILE");
}

bool is_chosen(const Candidate& candidate, const std::string& choice) {
  if (candidate.uid == choice) return true;
  const Source& source = candidate.object.source();
  if (source.name == choice || std::filesystem::path(source.name).filename() == choice) return true;
  std::error_code error;
  return !source.path.empty() && std::filesystem::equivalent(source.path, choice, error) && !error;
}

Pointers chosen(const Pointers& all, const std::string& choice, Kind kind) {
  if (choice.empty()) return all;
  Pointers found;
  for (Candidate* candidate : all) {
    if (is_chosen(*candidate, choice)) found.push_back(candidate);
  }
  const KindText text = text_of(kind);
  if (found.empty()) {
    fail("", 0, std::string("no ") + text.one + " matches " + text.option + " " + printable(choice),
         all.empty() ? "none is there" : "there is: " + listed(all));
  }
  if (found.size() > 1) fail_ambiguous(kind, found);
  return found;
}

void require_some(const Pointers& all, Need need, Kind kind) {
  if (need == Need::kRequired && all.empty()) {
    fail("", 0, std::string("no ") + text_of(kind).one + " among the files given",
         "add the file or folder that holds it");
  }
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
    pick_structures();
    check_patient();
    return std::move(pairing_);
  }

 private:
  static void drop(Pointers& list, Need need) {
    if (need == Need::kIgnored) list.clear();
  }

  void note(std::string sentence) { pairing_.notes.push_back(std::move(sentence)); }

  void pick_plan() {
    Pointers left = chosen(plans_, options_.plan, Kind::kPlan);
    if (left.size() > 1) {
      Pointers referenced;
      for (Candidate* plan : left) {
        const bool is_referenced = std::any_of(
            doses_.begin(), doses_.end(), [&](const Candidate* dose) { return contains(dose->plan_uids, plan->uid); });
        if (is_referenced) referenced.push_back(plan);
      }
      if (referenced.size() != 1) {
        if (options_.need_plan == Need::kRequired || !referenced.empty()) {
          fail_ambiguous(Kind::kPlan, referenced.empty() ? left : referenced);
        }
        note("Several plans are there and the dose refers to none of them; no plan was used.");
        return;
      }
      note("Of " + std::to_string(left.size()) + " plans, " + referenced.front()->object.name() +
           " was used: it is the only one that a dose refers to.");
      left = referenced;
    }
    if (!left.empty()) pairing_.plan = left.front();
  }

  // PLAN stands for its BEAM doses; what is left must be one dose, or the BEAM doses of one plan.
  Pointers one_dose(const Pointers& doses) {
    Pointers plan_doses, beam_doses, rest;
    for (Candidate* dose : doses) {
      (dose->summation == "PLAN" ? plan_doses : dose->summation == "BEAM" ? beam_doses : rest).push_back(dose);
    }
    const bool one_reference = std::all_of(
        doses.begin(), doses.end(), [&](const Candidate* dose) { return dose->plan_uids == doses.front()->plan_uids; });
    if (plan_doses.size() == 1 && rest.empty() && one_reference) {
      if (!beam_doses.empty()) {
        note("The dose of the whole plan (" + plan_doses.front()->object.name() + ") was used, not the " +
             std::to_string(beam_doses.size()) + " dose(s) of single beams.");
      }
      return plan_doses;
    }
    if (doses.size() > 1 && (beam_doses.size() != doses.size() || !one_reference)) fail_ambiguous(Kind::kDose, doses);
    return doses;
  }

  void pick_dose() {
    if (doses_.empty()) return;
    if (pairing_.plan == nullptr || pairing_.plan->uid.empty()) {
      pairing_.doses = one_dose(doses_);
      return;
    }
    Pointers linked, unlinked, foreign;
    for (Candidate* dose : doses_) {
      const bool is_linked = contains(dose->plan_uids, pairing_.plan->uid);
      (is_linked ? linked : dose->plan_uids.empty() ? unlinked : foreign).push_back(dose);
    }
    if (!linked.empty()) {
      const std::size_t left_out = unlinked.size() + foreign.size();
      if (left_out > 0) note(std::to_string(left_out) + " dose(s) that do not refer to the plan were not used.");
      pairing_.doses = one_dose(linked);
    } else if (!unlinked.empty()) {
      pairing_.doses = one_dose(unlinked);
      note("The dose (" + pairing_.doses.front()->object.name() +
           ") does not say which plan it belongs to; it was "
           "taken to be of the plan given.");
    } else {
      pairing_.doses = one_dose(foreign);
      if (options_.need_plan == Need::kIfPresent && options_.plan.empty()) {
        note("The dose (" + pairing_.doses.front()->object.name() + ") belongs to another plan than the one given (" +
             pairing_.plan->object.name() + "); no plan was used.");
        pairing_.plan = nullptr;
        return;
      }
      pairing_.dose_defect = "The dose (" + pairing_.doses.front()->object.name() +
                             ") belongs to another plan: it refers to plan " + foreign.front()->plan_uids.front() +
                             ", and the plan given (" + pairing_.plan->object.name() + ") is " + pairing_.plan->uid +
                             ".";
    }
  }

  void pick_structures() {
    if (structures_.empty()) return;
    Pointers left = chosen(structures_, options_.structure_set, Kind::kStructures);
    Pointers sources;  // plan and doses that say which structure set they were made on
    if (pairing_.plan != nullptr) sources.push_back(pairing_.plan);
    sources.insert(sources.end(), pairing_.doses.begin(), pairing_.doses.end());
    sources.erase(
        std::remove_if(sources.begin(), sources.end(), [](const Candidate* c) { return c->structure_uids.empty(); }),
        sources.end());

    Pointers agreeing;
    for (Candidate* structures : left) {
      const bool agrees = std::all_of(sources.begin(), sources.end(), [&](const Candidate* source) {
        return contains(source->structure_uids, structures->uid);
      });
      if (agrees) agreeing.push_back(structures);
    }
    if (agreeing.size() == 1) {
      if (left.size() > 1) {
        note("Of " + std::to_string(left.size()) + " structure sets, " + agreeing.front()->object.name() +
             " was used: plan and dose refer to it.");
      }
      pairing_.structures = agreeing.front();
      return;
    }
    if (agreeing.size() > 1) fail_ambiguous(Kind::kStructures, agreeing);
    if (!options_.structure_set.empty()) {
      note(sources.front()->object.name() + " was made on another structure set than the one chosen (" +
           left.front()->object.name() + ").");
      pairing_.structures = left.front();
      return;
    }
    fail(sources.front()->object.name(), kReferencedStructures,
         "was made on structure set " + sources.front()->structure_uids.front() +
             ", which is not there; there is: " + listed(left),
         "add that structure set, or choose the one to be used with --structures UID or FILE");
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
    throw ReadError{"", tag_text(kPatientId), message, "give the files of one patient only"};
  }

  const ReadOptions& options_;
  Pointers plans_, structures_, doses_;
  Pairing pairing_;
};

std::vector<std::string> referenced_uids(const Item& data, Tag sequence) {
  std::vector<std::string> uids;
  for (const Item& item : data.sequence(sequence)) {
    const std::string uid = item.text(kReferencedUid);
    if (!uid.empty()) uids.push_back(uid);
  }
  return uids;
}

}  // namespace

Candidate make_candidate(Object object) {
  Candidate candidate{std::move(object), "", "", "", "", {}, {}, {}};
  const Item data(candidate.object);
  Charset charset(data);
  candidate.uid = data.text(kSopInstance);
  if (const auto id = data.bytes(kPatientId)) candidate.patient_id = charset.to_utf8(*id);
  candidate.structure_uids = referenced_uids(data, kReferencedStructures);
  const Kind kind = candidate.object.kind();
  if (kind != Kind::kDose) {
    const auto label = data.bytes(kind == Kind::kPlan ? kPlanLabel : kStructureSetLabel);
    if (label) candidate.label = charset.to_utf8(*label);
    return candidate;
  }
  candidate.summation = data.text(kSummation);
  candidate.plan_uids = referenced_uids(data, kReferencedPlans);
  if (candidate.summation != "BEAM") return candidate;
  for (const Item& plan : data.sequence(kReferencedPlans)) {
    for (const Item& group : plan.sequence(kReferencedGroups)) {
      for (const Item& beam : group.sequence(kReferencedBeams)) {
        if (const auto number = beam.integer(kReferencedBeamNumber)) {
          candidate.beams.push_back({group.integer(kReferencedGroupNumber), *number});
        }
      }
    }
  }
  return candidate;
}

Pairing pair_up(std::vector<Candidate>& candidates, const ReadOptions& options) {
  return Pairer(candidates, options).run();
}

}  // namespace dosegate::dicom
