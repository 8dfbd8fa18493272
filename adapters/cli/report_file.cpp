#include "adapters/cli/report_file.h"

#include <set>

#include "adapters/cli/documents.h"

namespace dosegate::cli {

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
  }
  return rules.empty() ? "is a report without findings" : std::string();
}

}  // namespace dosegate::cli
