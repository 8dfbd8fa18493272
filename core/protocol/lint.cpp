#include <map>
#include <set>

#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/protocol/implication.h"
#include "core/protocol/protocol.h"
#include "core/protocol/read.h"
#include "core/protocol/structure_match.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

// A hot spot is counted from 105 to 120 % of the prescription; what is beyond is more likely a dose in Gy.
constexpr double kHottestUsualPercent = 120.0;
// "0.95" where 95 % is meant.
constexpr double kFractionNotPercent = 1.0;

bool is_upper(const Limit& limit) {
  return limit.comparator == Comparator::kLess || limit.comparator == Comparator::kLessOrEqual;
}

// "V20Gy[%] < 49"
std::string stated(const DoseMetricRule& rule) {
  std::string text = rule.metric.text;
  if (rule.strictly_above) text += " (strictly above)";
  if (rule.limit) text += " " + std::string(symbol(rule.limit->comparator)) + " " + number_text(rule.limit->value);
  return text;
}

struct DoseRule {
  std::string path;  // of its doseMetric
  const Rule* rule;
  const DoseMetricRule* dose;
  std::optional<DvhStatement> statement;
  std::string stated;
};

class Linter {
 public:
  Linter(const Protocol& protocol, std::vector<LintEntry>& out) : protocol_(protocol), out_(out) {
    for (std::size_t i = 0; i < protocol.rules.size(); ++i) {
      const auto* dose = std::get_if<DoseMetricRule>(&protocol.rules[i].kind);
      if (dose == nullptr) continue;
      rules_.push_back({"$.rules[" + std::to_string(i) + "].doseMetric", &protocol.rules[i], dose,
                        dvh_statement(*dose, protocol.prescription.total), stated(*dose)});
    }
  }

  void run() {
    check_document();
    for (const DoseRule& rule : rules_) {
      check_direction(rule);
      check_percentages(rule);
      check_warning_zone(rule);
      check_against_others(rule);
    }
    check_unused_roles();
    check_names();
  }

 private:
  void add(Severity severity, std::string path, std::string message) {
    out_.push_back({severity, std::move(path), std::move(message)});
  }

  void check_document() {
    bool any_mandatory = false;
    for (std::size_t i = 0; i < protocol_.rules.size(); ++i) {
      const Rule& rule = protocol_.rules[i];
      const std::string path = "$.rules[" + std::to_string(i) + "]";
      any_mandatory = any_mandatory || rule.mandatory;
      const auto* dose = std::get_if<DoseMetricRule>(&rule.kind);
      if (rule.mandatory && dose != nullptr && !dose->limit) {
        add(Severity::kWarning, path + ".mandatory",
            rule.id + " is mandatory but has no limit; it can only report, and blocks the verdict where it cannot");
      }
      if (!rule.mandatory && dose != nullptr && dose->limit) {
        add(Severity::kNote, path + ".mandatory",
            rule.id + " has a limit but is advisory: it never decides the verdict");
      }
      if (rule.reading.empty()) add(Severity::kNote, path + ".reading", rule.id + " does not state how it is read");
    }
    if (!any_mandatory) {
      add(Severity::kWarning, "$.rules", "no rule is mandatory: no plan can ever pass this protocol");
    }
    if (protocol_.source.empty()) add(Severity::kNote, "$.source", "the protocol names no source");
  }

  void check_direction(const DoseRule& r) {
    if (!r.statement) return;
    const Role& role = *protocol_.find_role(r.dose->structure);
    const std::string path = r.path + ".comparator";
    if (role.kind == RoleKind::kOrganAtRisk && !r.statement->upper) {
      add(Severity::kWarning, path, r.rule->id + " asks for dose in an organ at risk: " + role.id + ", " + r.stated);
    }
    // In a target, coverage is asked for and hot spots are limited: up to the prescribed dose the volume has
    // a lower limit, above it an upper one.
    if (role.kind != RoleKind::kTarget) return;
    const Dose prescribed = protocol_.prescription.total;
    const bool is_point = r.dose->metric.yields_volume();
    if (is_point && r.statement->upper && r.statement->dose < prescribed) {
      add(Severity::kWarning, path, r.rule->id + " limits the coverage of a target: " + role.id + ", " + r.stated);
    }
    if (is_point && !r.statement->upper && r.statement->dose > prescribed) {
      add(Severity::kWarning, path, r.rule->id + " asks for a hot spot in a target: " + role.id + ", " + r.stated);
    }
    const MetricKind kind = r.dose->metric.kind;
    if ((kind == MetricKind::kMax && !r.statement->upper) || (kind == MetricKind::kMin && r.statement->upper)) {
      add(Severity::kWarning, path, r.rule->id + " has an unusual direction: " + role.id + ", " + r.stated);
    }
  }

  void check_percentages(const DoseRule& r) {
    const Metric& metric = r.dose->metric;
    const double prescribed = protocol_.prescription.total.in_gy();
    const auto* level = std::get_if<PercentOfPrescription>(&metric.dose_level);
    if (metric.yields_volume() && level != nullptr) {
      const double percent = level->in_percent();
      const std::string meaning = metric.text + " counts from " + number_text(percent * prescribed / 100.0) + " Gy, " +
                                  number_text(percent) + " % of the prescribed " + number_text(prescribed) + " Gy";
      if (percent > kHottestUsualPercent) {
        add(Severity::kWarning, r.path + ".metric", r.rule->id + ": " + meaning + "; is a dose in Gy meant?");
      } else if (percent <= kFractionNotPercent) {
        add(Severity::kWarning, r.path + ".metric",
            r.rule->id + ": " + meaning + "; is a fraction written as a percentage?");
      } else if (percent > 100.0) {
        add(Severity::kNote, r.path + ".metric",
            r.rule->id + ": " + meaning +
                "; protocols differ in whether 110 % or 120 % is the hot spot and in what it "
                "is of, so compare with the source");
      }
    }
    if (!r.dose->limit) return;
    const bool in_percent =
        metric.unit == MetricUnit::kPercentOfVolume || metric.unit == MetricUnit::kPercentOfPrescription;
    const double limit = r.dose->limit->value;
    if (in_percent && !is_upper(*r.dose->limit) && limit > 0.0 && limit <= kFractionNotPercent) {
      add(Severity::kWarning, r.path + ".limit",
          r.rule->id + ": " + r.stated + " is in %; is a fraction written as a percentage?");
    }
    const bool always_holds = (r.dose->limit->comparator == Comparator::kGreaterOrEqual && limit == 0.0) ||
                              (r.dose->limit->comparator == Comparator::kLessOrEqual && limit == 100.0 &&
                               metric.unit == MetricUnit::kPercentOfVolume);
    if (always_holds) add(Severity::kWarning, r.path + ".limit", r.rule->id + ": " + r.stated + " always holds");
  }

  void check_warning_zone(const DoseRule& r) {
    if (!r.dose->limit || r.dose->limit->warning_within == 0.0) return;
    const Limit& limit = *r.dose->limit;
    const bool of_volume = r.dose->metric.unit == MetricUnit::kPercentOfVolume;
    const bool swallows_all =
        is_upper(limit) ? limit.warning_within > limit.value : of_volume && limit.value + limit.warning_within > 100.0;
    if (swallows_all) {
      add(Severity::kWarning, r.path + ".warningWithin",
          r.rule->id + ": every value that meets " + r.stated + " is within " + number_text(limit.warning_within) +
              " of it, so none passes without a warning");
    }
  }

  // For each rule at most one entry of a kind: the first rule that it contradicts or repeats, and of those that make
  // it idle the one that says most clearly why.
  void check_against_others(const DoseRule& r) {
    const DoseRule *stronger = nullptr, *contradicted = nullptr, *repeated = nullptr;
    for (const DoseRule& other : rules_) {
      if (&other == &r || !r.dose->limit || other.dose->structure != r.dose->structure || !other.dose->limit) continue;
      if (&other < &r && repeated == nullptr && other.stated == r.stated) repeated = &other;
      if (!r.statement || !other.statement) continue;
      if (&other < &r && contradicted == nullptr && contradict(*other.statement, *r.statement)) contradicted = &other;
      if (!implies(*other.statement, *r.statement)) continue;
      const bool is_extreme =
          other.dose->metric.kind == MetricKind::kMax || other.dose->metric.kind == MetricKind::kMin;
      if (stronger == nullptr || is_extreme) stronger = &other;
    }
    if (contradicted != nullptr) {
      add(Severity::kWarning, r.path + ".limit",
          r.rule->id + " (" + r.stated + ") and " + contradicted->rule->id + " (" + contradicted->stated +
              ") cannot both hold");
    }
    if (repeated != nullptr) {
      add(Severity::kWarning, r.path, r.rule->id + " says the same as " + repeated->rule->id + ": " + r.stated);
    }
    if (stronger == nullptr) return;
    const std::string idle = r.rule->id + " (" + r.stated + ") can never be the first to fail once " +
                             stronger->rule->id + " (" + stronger->stated + ") holds";
    // Volume limits that rise with the dose are usually two numbers in the wrong place.
    const bool rises = r.dose->metric.yields_volume() && stronger->dose->metric.yields_volume() && r.statement->upper;
    add(rises ? Severity::kWarning : Severity::kNote, r.path + ".limit",
        rises ? idle + ": the allowed volume does not fall as the dose rises" : idle);
  }

  void check_unused_roles() {
    std::set<std::string> used = {protocol_.prescription.target_role};
    for (const Rule& rule : protocol_.rules) {
      if (const auto* m = std::get_if<DoseMetricRule>(&rule.kind)) used.insert(m->structure);
      if (const auto* s = std::get_if<StructureRule>(&rule.kind)) used.insert(s->structure);
      if (const auto* d = std::get_if<DerivedCheckRule>(&rule.kind)) used.insert(d->structure);
    }
    for (const Role& role : protocol_.roles) {
      if (!role.derived) continue;
      for (const std::string& part : role.derived->parts()) used.insert(part);
    }
    for (std::size_t i = 0; i < protocol_.roles.size(); ++i) {
      if (used.count(protocol_.roles[i].id) == 0) {
        add(Severity::kWarning, "$.roles[" + std::to_string(i) + "]",
            "no rule uses the role " + shown(protocol_.roles[i].id));
      }
    }
  }

  // Every name by which a structure is found must lead to one role.
  void check_names() {
    std::map<std::string, std::size_t> owner;  // folded name -> index of the role
    for (std::size_t i = 0; i < protocol_.roles.size(); ++i) {
      const auto [at, added] = owner.emplace(fold_name(protocol_.roles[i].id), i);
      if (!added) {
        add(Severity::kWarning, "$.roles[" + std::to_string(i) + "].id",
            shown(protocol_.roles[i].id) + " differs from the role " + shown(protocol_.roles[at->second].id) +
                " only in case and separators: neither can be told from the other");
      }
    }
    for (std::size_t i = 0; i < protocol_.roles.size(); ++i) {
      const Role& role = protocol_.roles[i];
      const std::string path = "$.roles[" + std::to_string(i) + "]";
      check_names_of(i, role.aliases, path + ".aliases", owner);
      if (role.derived) check_names_of(i, role.derived->drawn_as, path + ".derived.drawnAs", owner);
    }
  }

  void check_names_of(std::size_t role, const std::vector<std::string>& names, const std::string& path,
                      std::map<std::string, std::size_t>& owner) {
    std::set<std::string> own;
    for (std::size_t n = 0; n < names.size(); ++n) {
      const std::string folded = fold_name(names[n]);
      const std::string at = path + "[" + std::to_string(n) + "]";
      if (folded.empty()) {
        add(Severity::kWarning, at, shown(names[n]) + " has no letters; it matches nothing");
        continue;
      }
      if (!own.insert(folded).second) {
        add(Severity::kNote, at,
            shown(names[n]) +
                " differs from an earlier name only in case and separators, which "
                "are ignored");
        continue;
      }
      const auto [found, added] = owner.emplace(folded, role);
      if (!added && found->second != role) {
        add(Severity::kWarning, at,
            shown(names[n]) + " also names the role " + shown(protocol_.roles[found->second].id) +
                "; a structure of that name would be refused for both");
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
  for (const Error& e : reading.errors) out.push_back({Severity::kError, e.path, e.message});
  if (out.empty()) Linter(reading.protocol, out).run();
  return out;
}

}  // namespace dosegate
