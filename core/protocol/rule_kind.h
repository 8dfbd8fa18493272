// What a kind of rule is: all that the engine asks of one. Each kind is a class in core/rules, in a file or folder of
// its own, with what a protocol states of it as members; core/rules/kinds.cpp lists them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/gamma/criteria.h"
#include "core/geometry/margins.h"
#include "core/json/reader.h"
#include "core/protocol/lint_entry.h"
#include "core/protocol/protocol_change.h"
#include "core/quantity/units.h"
#include "core/record/contradictions.h"

namespace dosegate {

class Context;
struct Finding;
struct Protocol;
struct Role;
struct Rule;

// A structure against another one plus margins: what has to be computed before the rule is asked.
struct MarginNeed {
  std::string from, to;  // roles
  Margins margins;
  Length tolerance;                             // before what the drawings hide
  std::vector<std::string> cropped_by, within;  // roles that explain a shortfall
};

// What a rule needs to be judged. What it does not name here it does not get.
struct RuleNeeds {
  std::vector<std::string> roles;           // every role that it names
  std::vector<std::string> doses;           // of these: whose dose it measures; the others have a volume only
  std::optional<MarginNeed> margin;         // a fit of two structures
  std::optional<GammaCriteria> comparison;  // of the dose with the case's measurement
  std::set<Topic> topics;                   // facts of the clinical record that it rests on
  std::vector<std::string> drugs;           // whose infusions it counts
  bool plan = false;                        // what the plan says decides it
  bool plan_beside = false;                 // where there is a plan, it is compared with that, too
  bool fractionation = false;               // the protocol must say how its course is laid out in time
  bool dates = false;                       // the dates of a course alone decide it: proposed ones are tried on it
};

// What a rule asks for in a few words, as one reads it in a list of rules.
struct Requirement {
  std::string structure;  // the role that it judges; empty: none
  std::string text;       // "V20Gy[%] < 49 %"
};

// A rule and where it stands in the protocol's JSON.
struct LintedRule {
  const Protocol& protocol;
  const Rule& rule;
  std::string path;  // "$.rules[3]"
};

// What the linter says of one rule by its kind, in the order in which it says it.
struct RuleLint {
  std::vector<LintEntry> left_out;   // what it is met by, or cannot be judged for, because something is not stated
  std::vector<LintEntry> unlimited;  // after the remarks on every rule: what it lets pass without a limit
  std::vector<LintEntry> numbers;    // after the remarks on the document: directions, units and numbers that are odd
};

// One rule before and after; both are of one kind.
struct ChangedRule {
  const Protocol &protocol_before, &protocol_after;
  const Rule &before, &after;
  bool decides = true;  // one of the two is mandatory
};

class RuleKind {
 public:
  RuleKind() = default;
  virtual ~RuleKind() = default;

  // The member of dosegate.v1.Rule that states it: "doseMetric".
  virtual std::string_view member() const = 0;

  virtual RuleNeeds needs() const = 0;

  // Leaves id, clause and mandatory of the finding to the checker. May be called by several threads. A finding that is
  // no pass says why.
  virtual Finding evaluate(const Context& context) const = 0;

  virtual void lint(const LintedRule& at, RuleLint& out) const = 0;

  virtual Requirement requirement(const Protocol& protocol) const = 0;

  // The same in a diff, where a rule is added or removed; empty: the protocol's own text says it.
  virtual std::string in_short() const { return {}; }

  // What became of its requirement, as changes with their effect. None: member by member, whose effect nobody knows.
  // Not empty or none: the diff says nothing more of the kind's members.
  virtual std::optional<std::vector<ProtocolChange>> changes(const ChangedRule&) const { return std::nullopt; }

  // Why it can decide no verdict as it stands: what to write instead. Empty: it can.
  virtual std::string why_never_mandatory() const { return {}; }

 protected:
  RuleKind(const RuleKind&) = default;
  RuleKind& operator=(const RuleKind&) = default;
};

// The role of that id; null, and said at the member, when it is not declared.
using CheckRole = std::function<const Role*(ObjectReader&, std::string_view member, const std::string& id)>;

}  // namespace dosegate
