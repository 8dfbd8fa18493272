#include "core/context/target_references.h"

#include <algorithm>
#include <set>

#include "core/protocol/structure_name.h"
#include "core/protocol/target_name.h"

namespace dosegate {

bool is_target(const DoseReference& r) {
  return (r.type.empty() || r.type == "TARGET") && r.target_prescription_dose &&
         r.target_prescription_dose->in_gy() > 0.0;
}

TargetReferences::TargetReferences(const Subject& c, const Protocol& protocol, const std::vector<RoleMatch>& matches,
                                   Workers* workers)
    : case_(c), protocol_(protocol), matches_(matches), cancel_point_(workers) {
  if (!c.plan) return;
  for (const DoseReference& r : c.plan->dose_references) {
    if (is_target(r)) all_.push_back(read(r));
  }
}

const Structure* TargetReferences::roi_of(const std::string& role) const {
  for (const RoleMatch& m : matches_) {
    if (m.role == role && m.roi) return &case_.structures.at(m.roi->number);
  }
  return nullptr;
}

const Structure* TargetReferences::described(const TargetReference& r) const {
  if (r.folded.empty()) return nullptr;
  if (!is_sorted_) sort_drawn();
  const auto alike = alike_.find(r.folded);
  if (alike == alike_.end()) return nullptr;
  const auto exact = named_.find(r.stated->description);
  return (exact != named_.end() ? exact : alike)->second.only;
}

std::vector<const TargetReference*> TargetReferences::described_as(const Role& role) const {
  std::set<std::string> names{fold_name(role.id)};
  for (const std::string& alias : role.aliases) names.insert(fold_name(alias));
  return where([&](const TargetReference& r) {
    return r.roi == nullptr && !r.stated->roi_number && !r.stated->description.empty() && names.count(r.folded) > 0;
  });
}

std::string TargetReferences::fold(const std::string& name) const {
  constexpr std::size_t kBytesAtOnce = 8;  // some 100 ns
  cancel_point_.step(1 + name.size() / kBytesAtOnce);
  return fold_name(name);
}

void TargetReferences::sort_drawn() const {
  is_sorted_ = true;
  for (const auto& [number, s] : case_.structures) {
    const std::string folded = fold(s.name);
    cancel_point_.step(s.name.size());  // to tell a target each byte is looked at often
    if (is_empty(s) || !may_be_target(s)) continue;
    alike_[folded].add(s);
    named_[s.name].add(s);
  }
}

TargetReference TargetReferences::read(const DoseReference& r) {
  TargetReference out{&r, *r.target_prescription_dose, false, nullptr, false, false, fold(r.description)};
  out.is_point = r.structure_type == "POINT" || r.structure_type == "COORDINATES";
  if (r.roi_number) {
    const auto found = case_.structures.find(*r.roi_number);
    if (found == case_.structures.end()) {
      out.unknown_number = !case_.structures.empty();
    } else if (is_point(found->second)) {
      out.is_point = true;  // a calculation point is no structure that a dose is prescribed to
    } else {
      out.roi = &found->second;
      out.by_number = true;
    }
  }
  // A calculation point is called by what it lies in.
  if (out.roi == nullptr && !out.is_point) out.roi = described(out);
  return out;
}

bool TargetReferences::is_point(const Structure& s) {
  const auto [known, is_new] = are_points_.emplace(&s, false);
  if (is_new) {
    known->second = !s.contours.empty() && std::all_of(s.contours.begin(), s.contours.end(), [&](const Contour& c) {
      cancel_point_.step();
      return c.type == ContourType::kPoint;
    });
  }
  return known->second;
}

bool TargetReferences::may_be_target(const Structure& s) const {
  for (const RoleMatch& m : matches_) {
    if (!m.roi || m.roi->number != s.roi_number) continue;
    const Role* role = protocol_.find_role(m.role);
    return role != nullptr && role->kind == RoleKind::kTarget;
  }
  return target_kind_of(s.name, s.interpreted_type) != TargetKind::kNone;
}

}  // namespace dosegate
