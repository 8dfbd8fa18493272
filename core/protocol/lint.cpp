#include <map>
#include <set>

#include "core/protocol/protocol.h"
#include "core/protocol/read.h"
#include "core/protocol/structure_match.h"
#include "core/report/text.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

bool is_upper(const Limit& l) { return l.comparator == Comparator::kLess || l.comparator == Comparator::kLessOrEqual; }

struct DoseRule {
  std::string path;  // of its doseMetric
  const Rule* rule;
  const DoseMetricRule* metric;
};

class Linter {
 public:
  Linter(const Protocol& protocol, std::vector<LintEntry>& out) : protocol_(protocol), out_(out) {
    for (std::size_t i = 0; i < protocol.rules.size(); ++i) {
      if (const auto* m = std::get_if<DoseMetricRule>(&protocol.rules[i].kind)) {
        rules_.push_back({"$.rules[" + std::to_string(i) + "].doseMetric", &protocol.rules[i], m});
      }
    }
  }

  void run() {
    for (const auto& rule : rules_) check_direction(rule);
    for (const auto& a : rules_) {
      for (const auto& b : rules_) check_pair(a, b);
    }
    check_unused_roles();
    check_aliases();
  }

 private:
  void add(Severity severity, std::string path, std::string message) {
    out_.push_back({severity, std::move(path), std::move(message)});
  }

  Dose level_of(const Metric& m) const {
    return std::holds_alternative<Dose>(m.dose_level)
               ? std::get<Dose>(m.dose_level)
               : of(std::get<PercentOfPrescription>(m.dose_level), protocol_.prescription.total);
  }
  Dose limit_of(const DoseMetricRule& m) const {
    switch (m.metric.unit) {
      case MetricUnit::kCgy: return Dose::cgy(m.limit->value);
      case MetricUnit::kPercentOfPrescription:
        return of(PercentOfPrescription::percent(m.limit->value), protocol_.prescription.total);
      default: return Dose::gy(m.limit->value);
    }
  }

  void check_direction(const DoseRule& r) {
    if (!r.metric->limit) return;
    const Role* role = protocol_.find_role(r.metric->structure);
    const MetricKind kind = r.metric->metric.kind;
    const bool upper = is_upper(*r.metric->limit);
    if (role->kind == RoleKind::kOrganAtRisk && !upper && kind != MetricKind::kCV) {
      add(Severity::kWarning, r.path + ".comparator",
          r.rule->id + " asks for dose in an organ at risk: " + r.metric->metric.text + " has a lower limit.");
    }
    if (role->kind == RoleKind::kTarget && kind == MetricKind::kV) {
      const Dose level = level_of(r.metric->metric);
      if (upper && level < protocol_.prescription.total) {
        add(Severity::kWarning, r.path + ".comparator",
            r.rule->id + " limits the covered volume of a target from above: " + r.metric->metric.text + ".");
      }
      if (upper && level > 1.15 * protocol_.prescription.total) {
        add(Severity::kNote, r.path + ".metric",
            r.rule->id + " counts hot spots over " +
                fixed(100.0 * (level / protocol_.prescription.total), 1) + " % of the prescription; 110 % is usual.");
      }
    }
  }

  void check_pair(const DoseRule& a, const DoseRule& b) {
    if (&a == &b || a.metric->structure != b.metric->structure) return;
    if (!a.metric->limit || !b.metric->limit || !is_upper(*a.metric->limit) || !is_upper(*b.metric->limit)) return;
    const Metric &m = a.metric->metric, &v = b.metric->metric;
    if (v.kind != MetricKind::kV) return;
    if (m.kind == MetricKind::kMax && level_of(v) >= limit_of(*a.metric)) {
      add(Severity::kNote, b.path + ".limit",
          b.rule->id + " can never be the first to fail: where " + a.rule->id + " holds, no dose reaches " +
              fixed(level_of(v).in_gy(), 2) + " Gy.");
    }
    if (m.kind == MetricKind::kV && m.unit == v.unit && level_of(v) > level_of(m) &&
        b.metric->limit->value > a.metric->limit->value) {
      add(Severity::kWarning, b.path + ".limit",
          b.rule->id + " allows more volume at a higher dose than " + a.rule->id + " at a lower one; it can never fail first.");
    }
  }

  void check_unused_roles() {
    std::set<std::string> used = {protocol_.prescription.target_role};
    for (const auto& rule : protocol_.rules) {
      if (const auto* m = std::get_if<DoseMetricRule>(&rule.kind)) used.insert(m->structure);
      if (const auto* s = std::get_if<StructureRule>(&rule.kind)) used.insert(s->structure);
      if (const auto* d = std::get_if<DerivedCheckRule>(&rule.kind)) used.insert(d->structure);
    }
    for (const auto& role : protocol_.roles) {
      if (!role.derived) continue;
      used.insert(role.derived->base);
      used.insert(role.derived->minus.begin(), role.derived->minus.end());
    }
    for (std::size_t i = 0; i < protocol_.roles.size(); ++i) {
      if (used.count(protocol_.roles[i].id) == 0) {
        add(Severity::kNote, "$.roles[" + std::to_string(i) + "]", "No rule uses " + quoted(protocol_.roles[i].id) + ".");
      }
    }
  }

  void check_aliases() {
    std::map<std::string, std::string> owner;  // folded name -> role
    for (const auto& role : protocol_.roles) owner.emplace(fold_name(role.id), role.id);
    for (std::size_t i = 0; i < protocol_.roles.size(); ++i) {
      const Role& role = protocol_.roles[i];
      for (std::size_t n = 0; n < role.aliases.size(); ++n) {
        const auto [at, added] = owner.emplace(fold_name(role.aliases[n]), role.id);
        if (!added && at->second != role.id) {
          add(Severity::kWarning, "$.roles[" + std::to_string(i) + "].aliases[" + std::to_string(n) + "]",
              quoted(role.aliases[n]) + " also names " + quoted(at->second) + "; such a structure would be refused.");
        }
      }
    }
  }

  const Protocol& protocol_;
  std::vector<LintEntry>& out_;
  std::vector<DoseRule> rules_;
};

}  // namespace

std::vector<LintEntry> lint_protocol(std::string_view json) {
  std::vector<LintEntry> out;
  const ProtocolReading reading = read_protocol(json);
  for (const auto& e : reading.errors) out.push_back({Severity::kError, e.path, e.message});
  if (out.empty()) Linter(reading.protocol, out).run();
  return out;
}

}  // namespace dosegate
