// The dose references of a plan that prescribe to a target, and which drawn ROI each of them names.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/case/subject.h"
#include "core/parallel/parallel.h"
#include "core/protocol/structure_match.h"

namespace dosegate {

// What a dose reference says of where its dose is to go.
struct TargetReference {
  const DoseReference* stated = nullptr;
  Dose dose;
  bool by_number = false;          // names `roi` by its number, else by its description
  const Structure* roi = nullptr;  // none: it names none that is drawn
  bool unknown_number = false;     // it has a number, and no drawn ROI has it
  bool is_point = false;
  std::string folded;  // its description
};

bool is_target(const DoseReference& r);

// Of one plan. Each name is folded once, however many references and structures there are. Used by one thread.
class TargetReferences {
 public:
  // Throws Cancelled, as described().
  TargetReferences(const Subject& c, const Protocol& protocol, const std::vector<RoleMatch>& matches, Workers* workers);

  const std::vector<TargetReference>& all() const { return all_; }
  const Structure* roi_of(const std::string& role) const;

  template <typename F>
  std::vector<const TargetReference*> where(const F& f) const {
    std::vector<const TargetReference*> out;
    for (const TargetReference& r : all_) {
      if (f(r)) out.push_back(&r);
    }
    return out;
  }
  std::vector<const TargetReference*> to(const Structure* roi, bool by_number) const {
    return where([&](const TargetReference& r) { return roi != nullptr && r.roi == roi && r.by_number == by_number; });
  }
  // The only drawn target of that name, with contours; a site is also called by the name of an organ.
  const Structure* described(const TargetReference& r) const;
  // Described by a name of the role that no drawn structure has.
  std::vector<const TargetReference*> described_as(const Role& role) const;

 private:
  struct Drawn {
    const Structure* only = nullptr;  // none: there are several
    bool any = false;
    void add(const Structure& s) {
      only = any ? nullptr : &s;
      any = true;
    }
  };

  std::string fold(const std::string& name) const;
  void sort_drawn() const;
  TargetReference read(const DoseReference& r);
  bool is_point(const Structure& s);
  bool may_be_target(const Structure& s) const;

  const Subject& case_;
  const Protocol& protocol_;
  const std::vector<RoleMatch>& matches_;
  mutable CancelPoint cancel_point_;
  // Targets with contours, by their folded names and by their own; sorted when the first is looked for.
  mutable std::unordered_map<std::string, Drawn> alike_, named_;
  mutable bool is_sorted_ = false;
  std::unordered_map<const Structure*, bool> are_points_;  // those that were looked at
  std::vector<TargetReference> all_;
};

}  // namespace dosegate
