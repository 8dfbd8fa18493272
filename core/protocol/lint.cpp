#include <map>
#include <set>

#include "core/json/reader.h"
#include "core/protocol/lint_topics.h"
#include "core/protocol/members.h"
#include "core/protocol/protocol.h"
#include "core/protocol/read.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

constexpr std::size_t kSizeLimit = std::size_t{4} << 20;  // as for loading

class Linter {
 public:
  Linter(const Protocol& protocol, std::vector<LintEntry>& out) : protocol_(protocol), out_(out) {}

  void run() {
    check_document();
    const std::vector<LintedDoseRule> rules = dose_rules_of(protocol_);
    for (const LintedDoseRule& rule : rules) {
      lint_direction(protocol_, rule, out_);
      lint_units(protocol_, rule, out_);
    }
    lint_pairs(rules, out_);
    check_repeated_rules();
    check_unused_roles();
    lint_names(protocol_, out_);
  }

 private:
  void add(Severity severity, std::string path, std::string message, std::string mend) {
    out_.push_back({severity, std::move(path), std::move(message), std::move(mend)});
  }

  void check_document() {
    bool any_mandatory = false;
    for (std::size_t i = 0; i < protocol_.rules.size(); ++i) {
      const Rule& rule = protocol_.rules[i];
      const std::string path = "$.rules[" + std::to_string(i) + "]";
      any_mandatory = any_mandatory || rule.mandatory;
      const auto* dose = std::get_if<DoseMetricRule>(&rule.kind);
      if (!rule.mandatory && dose != nullptr && dose->limit) {
        add(Severity::kNote, path + ".mandatory",
            rule.id + " has a limit but is advisory: it never decides the verdict",
            "Make it mandatory if the source demands it.");
      }
      check_left_out(rule, path);
      if (rule.reading.empty()) {
        add(Severity::kNote, path + ".reading", rule.id + " does not state how it is read",
            "Say in a sentence what the source leaves open and how it was resolved.");
      }
      if (rule.source.empty()) {
        add(Severity::kWarning, path + ".source", rule.id + " names no source: nobody can check it against one",
            "Write the publication and the place in it.");
      }
      if (const auto* margin = std::get_if<MarginRule>(&rule.kind); margin != nullptr && !margin->excess_limit) {
        add(Severity::kNote, path + ".margin",
            rule.id + " sets no limit to what lies beyond the margin: " + shown(margin->to) +
                " passes however large it is",
            "Write excessLimitMm, the mm beyond the margin from which on it is a warning.");
      }
    }
    if (!any_mandatory) {
      add(Severity::kWarning, "$.rules", "no rule is mandatory: no plan can ever pass this protocol",
          "Make mandatory what the source demands.");
    }
    if (protocol_.source.empty()) {
      add(Severity::kWarning, "$.source", "the protocol names no source",
          "Write the publication and the registry's id.");
    }
  }

  // What a rule is met by because something is not stated.
  void check_left_out(const Rule& rule, const std::string& path) {
    const auto* schedule = std::get_if<ScheduleRule>(&rule.kind);
    if (schedule != nullptr && protocol_.fractionation) {
      const Fractionation& f = *protocol_.fractionation;
      using Check = ScheduleRule::Check;
      if (schedule->check == Check::kOverallTime && !f.overall_days) {
        add(Severity::kWarning, path + ".schedule",
            rule.id + " is met by a course of any length: fractionation states no overallDays",
            "Write fractionation.overallDays.");
      }
      const bool start = schedule->check == Check::kStart && !f.start;
      if (start || (schedule->check == Check::kEnd && !f.end)) {
        add(Severity::kWarning, path + ".schedule",
            rule.id + " can never be evaluated: fractionation states no " + (start ? "start" : "end"),
            std::string("Write fractionation.") + (start ? "start." : "end."));
      }
    }
    const auto* bed = std::get_if<BedRule>(&rule.kind);
    if (bed != nullptr && rule.mandatory && !bed->usual_least && !bed->usual_most) {
      add(Severity::kWarning, path + ".mandatory",
          rule.id + " is mandatory, but met by every dose a fraction: it only reports",
          "Write usualLeastGy or usualMostGy, or make it advisory.");
    }
    const auto* margin = std::get_if<MarginRule>(&rule.kind);
    if (margin != nullptr && !margin->allowed_uncovered && !(margin->cropped_by.empty() && margin->within.empty())) {
      add(Severity::kWarning, path + ".margin",
          rule.id + " lets any share of the margin be cropped: it states no allowedUncoveredPercent",
          "Write how much of the expected volume may be cropped away, in %.");
    }
  }

  // Rules of other kinds than doses that say the same: their kind's members are equal.
  void check_repeated_rules() {
    const Result<JsonValue> document = parse_json(protocol_.json, kSizeLimit, "the protocol");
    if (!document) return;  // it loaded
    const JsonValue* rules = member_of(*document, "rules");
    if (rules == nullptr) return;
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < rules->elements.size() && i < protocol_.rules.size(); ++i) {
      if (std::holds_alternative<DoseMetricRule>(protocol_.rules[i].kind)) continue;
      std::string content;
      for (const JsonMember& m : rules->elements[i].members) {
        if (m.value.kind != JsonValue::Kind::kObject) continue;
        content += camel_case(m.name) + "\n";
        for (const auto& [member, text] : members_of(m.value)) content += member + "\n" + text + "\n";
      }
      const auto [found, added] = first.emplace(content, i);
      if (added) continue;
      add(Severity::kWarning, "$.rules[" + std::to_string(i) + "]",
          protocol_.rules[i].id + " says the same as " + protocol_.rules[found->second].id,
          "Delete one of them, or write what the second one is to say.");
    }
  }

  void check_unused_roles() {
    std::set<std::string> used = {protocol_.prescription.target_role};
    for (const Rule& rule : protocol_.rules) {
      if (const auto* m = std::get_if<DoseMetricRule>(&rule.kind)) used.insert(m->structure);
      if (const auto* s = std::get_if<StructureRule>(&rule.kind)) used.insert(s->structure);
      if (const auto* d = std::get_if<DerivedCheckRule>(&rule.kind)) used.insert(d->structure);
      if (const auto* m = std::get_if<MarginRule>(&rule.kind)) {
        used.insert({m->from, m->to});
        used.insert(m->cropped_by.begin(), m->cropped_by.end());
        used.insert(m->within.begin(), m->within.end());
      }
      if (const auto* c = std::get_if<ContainmentRule>(&rule.kind)) used.insert({c->inner, c->outer});
    }
    for (const Role& role : protocol_.roles) {
      if (!role.derived) continue;
      for (const std::string& part : role.derived->parts()) used.insert(part);
    }
    for (std::size_t i = 0; i < protocol_.roles.size(); ++i) {
      if (used.count(protocol_.roles[i].id) == 0) {
        add(Severity::kWarning, "$.roles[" + std::to_string(i) + "]",
            "no rule uses the role " + shown(protocol_.roles[i].id), "Delete it, or write the rule that is missing.");
      }
    }
  }

  const Protocol& protocol_;
  std::vector<LintEntry>& out_;
};

}  // namespace

std::vector<LintEntry> lint_protocol(std::string_view json) {
  std::vector<LintEntry> out;
  const ProtocolReading reading = read_protocol(json);
  for (const Error& e : reading.errors) out.push_back({Severity::kError, e.path, e.message, ""});
  if (out.empty()) Linter(reading.protocol, out).run();
  return out;
}

}  // namespace dosegate
