#include "core/protocol/structure_match.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

#include "core/protocol/structure_name.h"

namespace dosegate {
namespace {

// Beyond this many comparisons no near misses are looked for: a hint is not worth a wait.
constexpr std::size_t kNearMissBudget = 200'000;  // of all roles together
constexpr std::size_t kStepsOfComparison = 4;     // of a CancelPoint's
constexpr std::size_t kNearMissesNamed = 3;
constexpr std::size_t kCandidatesNamed = 8;
constexpr std::size_t kCandidatesCounted = 1000;

struct Drawn {
  RoiName roi;
  std::string folded;
  SidedName sided;
};

// The drawn names, in the order of their numbers, found by any of their forms.
class Names {
 public:
  Names(const std::vector<RoiName>& rois, Workers* workers) {
    CancelPoint cancel_point(workers);
    for (const auto& roi : rois) {
      cancel_point.step(1 + roi.name.size());  // each byte is looked at often
      drawn_.push_back({roi, fold_name(roi.name), split_side(roi.name)});
    }
    std::sort(drawn_.begin(), drawn_.end(), [](const Drawn& a, const Drawn& b) {
      return std::pair(a.roi.number, std::string_view(a.roi.name)) <
             std::pair(b.roi.number, std::string_view(b.roi.name));
    });
    for (std::size_t i = 0; i < drawn_.size(); ++i) {
      const Drawn& d = drawn_[i];
      by_name_[d.roi.name].push_back(i);
      if (!d.folded.empty()) by_fold_[d.folded].push_back(i);
      if (!d.sided.rest.empty()) by_rest_[key(d.sided.side, d.sided.rest)].push_back(i);
    }
  }

  const std::vector<Drawn>& all() const { return drawn_; }
  const std::vector<std::size_t>& named(const std::string& name) const { return find(by_name_, name); }
  const std::vector<std::size_t>& folded(const std::string& name) const { return find(by_fold_, name); }
  const std::vector<std::size_t>& sided(Side side, const std::string& rest) const {
    return find(by_rest_, key(side, rest));
  }

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;
  static std::string key(Side side, const std::string& rest) {
    return static_cast<char>('0' + static_cast<int>(side)) + rest;
  }
  static const std::vector<std::size_t>& find(const Index& index, const std::string& name) {
    static const std::vector<std::size_t> kNone;
    const auto it = index.find(name);
    return it == index.end() ? kNone : it->second;
  }

  std::vector<Drawn> drawn_;
  Index by_name_, by_fold_, by_rest_;
};

struct Candidate {
  std::size_t drawn = 0;
  Prose how;
};

void add(std::vector<Candidate>& candidates, std::size_t drawn, Prose how) {
  if (candidates.size() >= kCandidatesCounted) return;
  for (const auto& c : candidates) {
    if (c.drawn == drawn) return;
  }
  candidates.push_back({drawn, std::move(how)});
}

Side side_of(const Role& role) {
  if (role.laterality == Laterality::kLeft) return Side::kLeft;
  if (role.laterality == Laterality::kRight) return Side::kRight;
  return Side::kNone;
}

// One name that a role goes by, and what a match with it is called in the report.
struct Form {
  std::string name;
  Message how;
};

std::vector<Form> tg263_forms(const Role& role) {
  std::vector<Form> forms{{role.id, say<Said::kTg263NameIs>(shown_name(role.id))}};
  if (auto reversed = reverse_order(role.id)) {
    forms.push_back({*reversed, say<Said::kReversedTg263NameIs>(shown_name(*reversed))});
  }
  return forms;
}

std::vector<Form> alias_forms(const Role& role) {
  std::vector<Form> forms;
  for (const auto& alias : role.aliases) forms.push_back({alias, say<Said::kAliasIs>(shown_name(alias))});
  if (role.derived) {
    for (const auto& name : role.derived->drawn_as) {
      forms.push_back({name, say<Said::kDrawnVersionIs>(shown_name(name))});
    }
  }
  return forms;
}

std::vector<Candidate> match_forms(const Role& role, const std::vector<Form>& forms, const Names& names) {
  std::vector<Candidate> candidates;
  for (const Form& form : forms) {
    for (const std::size_t i : names.folded(fold_name(form.name))) {
      add(candidates, i, names.all()[i].roi.name == form.name ? form.how : say<Said::kFoldedName>(form.how));
    }
  }
  const Side side = side_of(role);
  if (side == Side::kNone) return candidates;
  for (const Form& form : forms) {
    const SidedName sided = split_side(form.name);
    if (sided.side != Side::kNone && sided.side != side) continue;
    for (const std::size_t i : names.sided(side, sided.rest)) {
      add(candidates, i, say<Said::kSideWrittenAs>(form.how, shown_name(names.all()[i].sided.word)));
    }
  }
  return candidates;
}

std::vector<Candidate> match_pin(const std::string& pin, const Names& names) {
  std::vector<Candidate> candidates;
  for (const std::size_t i : names.named(pin)) add(candidates, i, say<Said::kPinnedBySite>());
  if (!candidates.empty()) return candidates;
  for (const std::size_t i : names.folded(fold_name(pin))) {
    add(candidates, i, say<Said::kFoldedName>(say<Said::kPinnedBySiteAs>(shown_name(pin))));
  }
  return candidates;
}

// The first level that gives a candidate decides.
std::vector<Candidate> find_candidates(const Role& role, const Names& names) {
  std::vector<Candidate> candidates;
  for (const std::size_t i : names.named(role.id)) add(candidates, i, say<Said::kTg263Name>());
  if (candidates.empty()) candidates = match_forms(role, tg263_forms(role), names);
  if (candidates.empty()) candidates = match_forms(role, alias_forms(role), names);
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.drawn < b.drawn; });
  return candidates;
}

std::string label(const RoiName& roi) { return shown_name(roi.name) + " (ROI " + std::to_string(roi.number) + ")"; }

bool is_typable(const std::string& name) {
  const std::string shown = shown_name(name);
  return !name.empty() && shown.size() == name.size() + 2 && shown.compare(1, name.size(), name) == 0;
}

void report_ambiguous(RoleMatch& match, const std::vector<Candidate>& candidates, const Names& names) {
  Listing rois;
  for (std::size_t i = 0; i < candidates.size() && i < kCandidatesNamed; ++i) {
    rois.items.emplace_back(label(names.all()[candidates[i].drawn].roi));
  }
  if (candidates.size() > kCandidatesNamed) {
    rois.join = Join::kComma;
    rois.items.emplace_back("...");
  }
  match.problem = candidates.size() >= kCandidatesCounted
                      ? say<Said::kSeveralRoisOrMore>(candidates.size(), match.role, std::move(rois))
                      : say<Said::kSeveralRois>(candidates.size(), match.role, std::move(rois));
  // A pin finds its ROI by name, so only a name of its own can be pinned.
  std::string options;
  for (const auto& candidate : candidates) {
    const std::string& name = names.all()[candidate.drawn].roi.name;
    if (names.named(name).size() != 1 || !is_typable(name)) continue;
    if (!options.empty()) options += " or ";
    options += map_option(match.role, name);
    if (options.size() > 200) break;
  }
  match.hint = options.empty() ? say<Said::kRenameAllButOne>() : say<Said::kSayWhichOne>(options);
}

// Its name says another side than the role is of.
bool contradicts(const Role& role, const Drawn& drawn) {
  const Side wanted = side_of(role);
  return wanted != Side::kNone && drawn.sided.side != Side::kNone && drawn.sided.side != wanted;
}

Message said_side(Side side) {
  if (side == Side::kBoth) return say<Said::kSideBoth>();
  return side == Side::kLeft ? say<Said::kSideLeft>() : say<Said::kSideRight>();
}

// Names that differ from one of the role's by a slip of the pen. They are named to the user and never used.
std::vector<RoiName> near_misses(const Role& role, const std::vector<std::string>& wanted, const Names& names,
                                 const std::vector<bool>& taken, std::size_t budget, CancelPoint& cancel_point) {
  std::vector<std::pair<std::size_t, std::size_t>> found;  // distance, index
  if (wanted.size() * names.all().size() > budget) return {};
  const Side side = side_of(role);
  std::vector<SidedName> forms;
  for (const auto& name : wanted) {
    forms.push_back(split_side(name));
    if (side == Side::kNone || forms.back().side == Side::kNone) forms.back().rest = fold_name(name);
  }
  for (std::size_t i = 0; i < names.all().size(); ++i) {
    cancel_point.step(1 + kStepsOfComparison * forms.size());
    const Drawn& drawn = names.all()[i];
    if (taken[i] || is_another_structure(drawn.roi.name) || contradicts(role, drawn)) continue;
    std::size_t best = SIZE_MAX;
    for (const SidedName& form : forms) {
      const std::string& name = side == Side::kNone ? drawn.folded : drawn.sided.rest;
      if (form.rest.size() < 3 || name.size() < 3) continue;
      const std::size_t limit = form.rest.size() < 8 ? 1 : 2;
      const std::size_t distance = edit_distance(form.rest, name, limit);
      if (distance <= limit) best = std::min(best, distance);
    }
    if (best != SIZE_MAX) found.emplace_back(best, i);
  }
  std::sort(found.begin(), found.end());
  std::vector<RoiName> out;
  for (std::size_t k = 0; k < found.size() && k < kNearMissesNamed; ++k)
    out.push_back(names.all()[found[k].second].roi);
  return out;
}

Message missing_hint(const std::string& role, const std::vector<RoiName>& near) {
  const std::string otherwise = map_option(role, "NAME");
  if (near.empty()) return say<Said::kNameRoi>(role, otherwise);
  Listing rois;
  rois.join = Join::kComma;
  for (const auto& roi : near) rois.items.emplace_back(label(roi));
  const bool sure = near.size() == 1 && is_typable(near.front().name);
  return say<Said::kSimilarNotUsed>(std::move(rois), near.size(),
                                    sure ? map_option(role, near.front().name) : otherwise);
}

void report_missing(RoleMatch& match, const Role& role, const std::string* pin, const Names& names,
                    const std::vector<bool>& taken, std::size_t budget, CancelPoint& cancel_point) {
  if (pin != nullptr) {
    match.problem = say<Said::kPinnedToNone>(role.id, shown_name(*pin));
    match.hint = missing_hint(role.id, near_misses(role, {*pin}, names, taken, budget, cancel_point));
    return;
  }
  if (role.derived) return;  // computed; nothing has to be drawn
  std::vector<std::string> wanted;
  for (const auto& form : tg263_forms(role)) wanted.push_back(form.name);
  for (const auto& form : alias_forms(role)) wanted.push_back(form.name);
  const std::size_t aliases = role.aliases.size();
  match.problem = aliases == 0   ? say<Said::kNoRoi>(role.id)
                  : aliases == 1 ? say<Said::kNoRoiOrAlias>(role.id)
                                 : say<Said::kNoRoiOrAliases>(role.id, aliases);
  match.hint = missing_hint(role.id, near_misses(role, wanted, names, taken, budget, cancel_point));
}

struct Decision {
  RoleMatch match;
  const Role* role = nullptr;
  const std::string* pin = nullptr;
  std::optional<std::size_t> drawn;
  bool missing = false;
};

Decision decide(const Role& role, const std::map<std::string, std::string>& pins, const Names& names) {
  Decision d;
  d.role = &role;
  d.match.role = role.id;
  if (const auto pin = pins.find(role.id); pin != pins.end()) d.pin = &pin->second;
  std::vector<Candidate> candidates = d.pin != nullptr ? match_pin(*d.pin, names) : find_candidates(role, names);
  const auto is_empty = [&](const Candidate& c) { return names.all()[c.drawn].roi.is_empty; };
  if (!std::all_of(candidates.begin(), candidates.end(), is_empty)) std::erase_if(candidates, is_empty);
  if (candidates.empty()) {
    d.missing = true;
    return d;
  }
  if (candidates.size() > 1) {
    report_ambiguous(d.match, candidates, names);
    return d;
  }
  const Drawn& drawn = names.all()[candidates.front().drawn];
  if (contradicts(role, drawn)) {
    d.match.problem = say<Said::kOtherSide>(label(drawn.roi), role.id, candidates.front().how,
                                            said_side(drawn.sided.side), said_side(side_of(role)));
    d.match.hint = say<Said::kCheckSide>(map_option(role.id, "NAME"));
    return d;
  }
  d.drawn = candidates.front().drawn;
  d.match.roi = drawn.roi;
  d.match.how = candidates.front().how;
  return d;
}

// One ROI cannot be two structures: none of the roles that claim it gets it.
void refuse_shared(std::vector<Decision>& decisions, const Names& names) {
  std::map<std::size_t, std::vector<Decision*>> claims;
  for (auto& d : decisions) {
    if (d.drawn) claims[*d.drawn].push_back(&d);
  }
  for (auto& [drawn, claimants] : claims) {
    if (claimants.size() < 2) continue;
    Listing roles;
    for (const Decision* d : claimants) {
      roles.items.emplace_back(say<Said::kRoleBy>(d->match.role, d->match.how));
    }
    const Message problem = say<Said::kSharedRoi>(label(names.all()[drawn].roi), claimants.size(), std::move(roles));
    for (Decision* d : claimants) {
      d->match.roi.reset();
      d->match.how.clear();
      d->match.problem = problem;
      d->match.hint = say<Said::kGiveOwnRoi>(map_option(d->match.role, "NAME"));
    }
  }
}

// What carries a name of the role on whatever level, and stands for none.
std::vector<RoiName> others_of(const Decision& d, const Names& names, const std::vector<bool>& taken) {
  if (!d.drawn || d.pin != nullptr || d.role->derived) return {};
  std::vector<Candidate> all = match_forms(*d.role, tg263_forms(*d.role), names);
  for (const Candidate& c : match_forms(*d.role, alias_forms(*d.role), names)) add(all, c.drawn, c.how);
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.drawn < b.drawn; });
  std::vector<RoiName> out;
  for (const Candidate& c : all) {
    const Drawn& drawn = names.all()[c.drawn];
    if (!taken[c.drawn] && !contradicts(*d.role, drawn)) out.push_back(drawn.roi);
  }
  return out;
}

}  // namespace

std::string map_option(const std::string& role, const std::string& roi) {
  const bool plain = roi.find_first_of("\"$`\\!") == std::string::npos;
  if (plain) return "--map " + role + "=\"" + roi + "\"";
  std::string escaped;
  for (const char c : roi) escaped += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return "--map " + role + "='" + escaped + "'";
}

std::vector<RoleMatch> match_structures(const Protocol& protocol, const std::vector<RoiName>& rois,
                                        const std::map<std::string, std::string>& pins, Workers* workers) {
  const Names names(rois, workers);
  std::vector<Decision> decisions;
  for (const bool derived : {false, true}) {
    for (const Role& role : protocol.roles) {
      if (role.derived.has_value() == derived) decisions.push_back(decide(role, pins, names));
    }
  }
  std::vector<bool> taken(names.all().size(), false);
  for (const auto& d : decisions) {
    if (d.drawn) taken[*d.drawn] = true;
  }
  for (Decision& d : decisions) d.match.others = others_of(d, names, taken);
  refuse_shared(decisions, names);

  CancelPoint cancel_point(workers);
  std::vector<RoleMatch> out;
  for (auto& d : decisions) {
    if (d.missing) {
      report_missing(d.match, *d.role, d.pin, names, taken, kNearMissBudget / decisions.size(), cancel_point);
    }
    out.push_back(std::move(d.match));
  }
  return out;
}

std::vector<std::string> unknown_pins(const Protocol& protocol, const std::map<std::string, std::string>& pins) {
  std::vector<std::string> out;
  for (const auto& [role, roi] : pins) {
    if (protocol.find_role(role) == nullptr) out.push_back(role);
  }
  return out;
}

}  // namespace dosegate
