#include "adapters/cli/report_file.h"

#include <algorithm>
#include <cmath>

#include "adapters/cli/documents.h"
#include "adapters/cli/verdict.h"
#include "adapters/present/number.h"
#include "adapters/present/says.h"

namespace dosegate::cli {
namespace {

using v1::Finding;

constexpr double kSlack = 1e-9;  // of a number
constexpr const char* kMakeAnew = ". Make the report anew with 'dosegate check'";

bool is_at_most(double a, double b, double slack) { return a <= b + slack * std::max(std::fabs(a), std::fabs(b)); }

// Verdicts of the engine on a metric that has no value: of what is empty, or less than the metric asks for.
bool may_lack_value(const Finding& f) {
  return f.message_sentences_size() > 0 &&
         present::says(f.message_sentences(0), Said::kOfNothingZeroOfLimit, Said::kOfNothingCannotExceed,
                       Said::kOfNothingCannotReach, Said::kTooLittleCannotGetMore, Said::kTooLittleCannotGetLess,
                       Said::kTooLittleThereIsNot);
}

// That the true value, wherever it lies between its bounds, breaks the limit of a metric, or meets it.
bool is_surely(bool broken, const Finding& f) {
  if (!f.has_metric() || !f.has_limit() || !f.has_lower()) return false;
  constexpr double kWorth = 1e-6;  // report.proto
  const bool is_above = !is_at_most(f.lower(), f.limit(), kWorth), is_below = !is_at_most(f.limit(), f.upper(), kWorth);
  switch (f.comparator()) {
    case v1::LT:
    case v1::LE:
      return broken ? is_above : is_below;
    case v1::GT:
    case v1::GE:
      return broken ? is_below : is_above;
    default:
      return false;
  }
}

// What is wrong with the numbers of a finding; empty: nothing.
std::string problem_of(const Finding& f) {
  const struct {
    const char* name;
    bool is_there;
    double number;
  } numbers[] = {{"value", f.has_value(), f.value()},
                 {"lower", f.has_lower(), f.lower()},
                 {"upper", f.has_upper(), f.upper()},
                 {"limit", f.has_limit(), f.limit()}};
  for (const auto& n : numbers) {
    if (n.is_there && !std::isfinite(n.number)) return std::string(n.name) + " is not a finite number";
  }
  if (f.has_value() != f.has_lower() || f.has_value() != f.has_upper()) {
    for (const auto& n : numbers) {
      if (!n.is_there) return std::string(n.name) + " is missing beside the others of value, lower and upper";
    }
  }
  const auto shown = [](double number) { return present::shortest(number); };
  if (f.has_value() && !is_at_most(f.lower(), f.value(), kSlack))
    return "lower, " + shown(f.lower()) + ", is above value, " + shown(f.value());
  if (f.has_value() && !is_at_most(f.value(), f.upper(), kSlack))
    return "upper, " + shown(f.upper()) + ", is below value, " + shown(f.value());
  const bool is_met = f.status() == Finding::PASS || f.status() == Finding::WARNING;
  const bool is_broken = f.status() == Finding::DEVIATION;
  if ((is_met || is_broken) && f.has_limit() && !f.has_value() && !may_lack_value(f))
    return "value is missing, although it is " + Finding::Status_Name(f.status()) + " with a limit";
  if ((is_met && is_surely(true, f)) || (is_broken && is_surely(false, f)))
    return "value, " + shown(f.value()) + " beside a limit of " + shown(f.limit()) + ", contradicts its status " +
           Finding::Status_Name(f.status());
  return {};
}

// What is wrong with the protocol deviations; empty: nothing.
std::string problem_of_deviations(const v1::Report& report) {
  for (const auto& d : report.protocol_deviations()) {
    const auto at = std::find_if(report.findings().begin(), report.findings().end(),
                                 [&](const Finding& f) { return f.rule_id() == d.rule_id(); });
    const bool is_open =
        at != report.findings().end() && (at->status() == Finding::DEVIATION || at->status() == Finding::INDETERMINATE);
    if (d.state() == v1::ProtocolDeviation::STATE_UNSPECIFIED || d.person().empty()) {
      return "has a protocol deviation of rule " + d.rule_id() + " without a state or a person" + kMakeAnew;
    }
    if (d.state() == v1::ProtocolDeviation::ACCEPTED && !is_open)
      return "says that rule " + d.rule_id() + " is accepted as a protocol deviation, and it is not broken" + kMakeAnew;
  }
  return {};
}

}  // namespace

std::string read_report(const std::string& json, v1::Report& report) {
  if (const std::string problem = read_document(json, report); !problem.empty())
    return "is no report of dosegate check --format json: " + problem.substr(0, problem.find('\n'));
  if (report.protocol().id().empty()) return "is no report: it names no protocol";
  if (report.verdict() == v1::Report::VERDICT_UNSPECIFIED) return "is a report without a verdict";
  std::set<std::string> rules;
  for (const auto& finding : report.findings()) {
    if (finding.rule_id().empty() || !rules.insert(finding.rule_id()).second) {
      return "has a finding without a rule, or two of rule '" + finding.rule_id() + "'";
    }
    if (const std::string problem = problem_of(finding); !problem.empty())
      return "has a finding of rule " + finding.rule_id() + " whose " + problem + kMakeAnew;
  }
  if (rules.empty()) return "is a report without findings";
  if (std::string problem = problem_of_deviations(report); !problem.empty()) return problem;
  const v1::Report::Verdict borne_out = borne_out_by(report);
  if (report.verdict() == borne_out) return {};
  return "says " + v1::Report::Verdict_Name(report.verdict()) + ", but its findings make " +
         v1::Report::Verdict_Name(borne_out) + kMakeAnew;
}

}  // namespace dosegate::cli
