#include "core/protocols/lint.h"

#include <map>
#include <set>

#include "core/json/reader.h"
#include "core/protocol/protocol.h"
#include "core/protocols/lint_names.h"
#include "core/protocols/members.h"
#include "core/protocols/read.h"
#include "core/rules/kinds.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

class Linter {
 public:
  Linter(const Protocol& protocol, std::vector<LintEntry>& out) : protocol_(protocol), out_(out) {}

  void run() {
    check_document();
    for (const RuleLint& rule : of_rules_) say(rule.numbers);
    for (const KindEntry& kind : rule_kinds()) {
      if (kind.lint_together != nullptr) kind.lint_together(protocol_, out_);
    }
    check_repeated_rules();
    check_unused_roles();
    lint_names(protocol_, out_);
  }

 private:
  void add(Severity severity, std::string path, std::string message, std::string mend) {
    out_.push_back({severity, std::move(path), std::move(message), std::move(mend)});
  }

  void say(const std::vector<LintEntry>& entries) { out_.insert(out_.end(), entries.begin(), entries.end()); }

  void check_document() {
    bool any_mandatory = false;
    for (std::size_t i = 0; i < protocol_.rules.size(); ++i) {
      const Rule& rule = protocol_.rules[i];
      const std::string path = "$.rules[" + std::to_string(i) + "]";
      any_mandatory = any_mandatory || rule.mandatory;
      RuleLint& of_kind = of_rules_.emplace_back();
      rule.kind->lint({protocol_, rule, path}, of_kind);
      say(of_kind.left_out);
      if (rule.reading.empty()) {
        add(Severity::kNote, path + ".reading", rule.id + " does not state how it is read",
            "Say in a sentence what the source leaves open and how it was resolved.");
      }
      if (rule.source.empty()) {
        add(Severity::kWarning, path + ".source", rule.id + " names no source: nobody can check it against one",
            "Write the publication and the place in it.");
      }
      say(of_kind.unlimited);
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

  // Rules that say the same: their kind's members are equal. Kinds whose rules are looked at together say so
  // themselves.
  void check_repeated_rules() {
    const Result<JsonValue> document = parse_json(protocol_.json, kProtocolSizeLimit, "the protocol");
    if (!document) return;  // it loaded
    const JsonValue* rules = member_of(*document, "rules");
    if (rules == nullptr) return;
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < rules->elements.size() && i < protocol_.rules.size(); ++i) {
      if (rule_kind(protocol_.rules[i].kind->member()).lint_together != nullptr) continue;
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
      const std::vector<std::string> named = rule.kind->needs().roles;
      used.insert(named.begin(), named.end());
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
  std::vector<RuleLint> of_rules_;  // by their place
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
