#include "adapters/cli/cohort.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <vector>

#include "adapters/cli/input.h"
#include "adapters/cli/interrupt.h"
#include "adapters/cli/program.h"
#include "adapters/cli/progress.h"
#include "adapters/cli/report_file.h"
#include "adapters/dicom/walk.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostFiles = 10'000;

bool is_named_json(const fs::path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return ending == ".json";
}

// Of a file under another name: it may be a report all the same. One that cannot be opened may be one, too.
bool may_be_document(const fs::path& path) {
  constexpr std::size_t kEnough = 64;
  const auto text = read_beginning(path.string(), kEnough);
  if (!text) return true;
  const std::size_t first = text->find_first_not_of(" \t\r\n");
  return first != std::string::npos && (*text)[first] == '{';
}

bool mentions_rules(const std::string& text) {
  return text.find("\"ruleId\"") != std::string::npos || text.find("\"rule_id\"") != std::string::npos;
}

struct Below {
  std::string file;     // relative to the folder
  std::string problem;  // not empty: why it cannot be read
};

// Everything below that may be a report, by name.
std::vector<Below> files_below(const std::string& directory) {
  constexpr std::size_t kMostThings = 1'000'000;
  std::vector<Below> files;
  const bool is_whole = dicom::walk(directory, kMostThings, [&](const dicom::WalkEntry& found) {
    if (found.path == fs::path(directory)) stop(directory + ": " + found.problem);
    using Type = dicom::WalkEntry::Type;
    if (found.type == Type::kOther && !is_named_json(found.path)) return;
    if (found.type == Type::kFile && !is_named_json(found.path) && !may_be_document(found.path)) return;
    files.push_back({found.path.lexically_relative(directory).generic_string(), found.problem});
    if (files.size() > kMostFiles) stop(directory + ": holds more than " + std::to_string(kMostFiles) + " JSON files");
  });
  if (!is_whole) stop(directory + ": holds more than " + std::to_string(kMostThings) + " files and folders");
  std::sort(files.begin(), files.end(), [](const Below& a, const Below& b) { return a.file < b.file; });
  return files;
}

// The plan that a report is about, whatever was recorded of its patient since; empty where it does not say.
std::string inputs_of(const v1::Report& report) {
  std::set<std::string> parts;
  for (const auto& input : report.inputs()) {
    if (!input.sha256().empty() && input.role() != "RECORD" && input.role() != "MEASUREMENT")
      parts.insert(input.role() + " " + input.sha256());
  }
  std::string all;
  for (const std::string& part : parts) all += part + "\n";
  return all;
}

void count(v1::CohortReport::Rule& rule, v1::Finding::Status status) {
  switch (status) {
    case v1::Finding::WARNING:
      rule.set_warnings(rule.warnings() + 1);
      [[fallthrough]];
    case v1::Finding::PASS:
      rule.set_met(rule.met() + 1);
      break;
    case v1::Finding::DEVIATION:
      rule.set_broken(rule.broken() + 1);
      break;
    case v1::Finding::INDETERMINATE:
      rule.set_undecided(rule.undecided() + 1);
      break;
    case v1::Finding::PENDING:
      rule.set_pending(rule.pending() + 1);
      break;
    default:
      rule.set_not_evaluable(rule.not_evaluable() + 1);
  }
}

template <typename Message>
void state(Message& message, int successes, int n, const IntervalOf& interval) {
  if (n == 0) return;
  const auto [lower, upper] = interval(static_cast<std::uint64_t>(successes), static_cast<std::uint64_t>(n));
  message.set_proportion(static_cast<double>(successes) / n);
  message.set_lower(lower);
  message.set_upper(upper);
}

}  // namespace

void CohortCount::leave(const std::string& file, const std::string& reason) {
  auto* left = out_.add_left();
  left->set_file(file);
  left->set_reason(reason);
}

void CohortCount::add(const std::string& file, v1::Report report) {
  const Key key{report.protocol().id(), report.protocol().version(), report.scope()};
  if (const std::string inputs = inputs_of(report); !inputs.empty()) {
    const auto [first, added] = seen_.emplace(std::pair(key, inputs), file);
    if (!added) return leave(file, "reports on the same plan as " + first->second + "; keep one of the two");
  }
  if (deviations_ != nullptr) deviations_->add_to(report);
  auto& group = groups_[key];
  if (group.plans() == 0) {
    group.set_protocol_id(report.protocol().id());
    group.set_protocol_version(report.protocol().version());
    group.set_scope(report.scope());
  }
  group.set_plans(group.plans() + 1);
  switch (report.verdict()) {
    case v1::Report::PASS:
      group.set_passed(group.passed() + 1);
      break;
    case v1::Report::FAIL:
      group.set_failed(group.failed() + 1);
      break;
    default:
      group.set_incomplete(group.incomplete() + 1);
  }
  for (const auto& finding : report.findings()) {
    auto& rule = rule_of(group, key, finding);
    count(rule, finding.status());
    accept(rule, report);
  }
}

void CohortCount::accept(v1::CohortReport::Rule& rule, const v1::Report& report) {
  bool any = false;
  std::set<std::pair<std::string, std::string>> people;
  for (const auto& d : report.protocol_deviations()) {
    if (d.rule_id() != rule.rule_id() || d.state() != v1::ProtocolDeviation::ACCEPTED) continue;
    any = true;
    if (!people.emplace(d.person(), d.role()).second) continue;
    auto& all = *rule.mutable_accepted_by();
    auto at = std::find_if(all.begin(), all.end(),
                           [&](const auto& a) { return a.person() == d.person() && a.role() == d.role(); });
    if (at == all.end()) {
      auto* added = rule.add_accepted_by();
      added->set_person(d.person());
      added->set_role(d.role());
      at = std::prev(all.end());
    }
    at->set_plans(at->plans() + 1);
  }
  if (any) rule.set_accepted(rule.accepted() + 1);
}

void CohortCount::finish(const IntervalOf& interval) {
  for (auto& [key, group] : groups_) {
    state(group, group.passed(), group.plans(), interval);
    for (auto& rule : *group.mutable_rules()) {
      state(rule, rule.met(), rule.met() + rule.broken(), interval);
      std::sort(
          rule.mutable_accepted_by()->begin(), rule.mutable_accepted_by()->end(),
          [](const auto& a, const auto& b) { return std::tie(a.person(), a.role()) < std::tie(b.person(), b.role()); });
    }
    *out_.add_groups() = std::move(group);
  }
}

v1::CohortReport::Rule& CohortCount::rule_of(v1::CohortReport::Group& group, const Key& key,
                                             const v1::Finding& finding) {
  const auto [at, added] = places_[key].emplace(finding.rule_id(), group.rules_size());
  if (added) {
    auto* rule = group.add_rules();
    rule->set_rule_id(finding.rule_id());
    rule->set_clause(finding.clause());
    rule->set_mandatory(finding.mandatory());
  }
  return *group.mutable_rules(at->second);
}

bool has_not_reached(const v1::CohortReport& report) {
  return std::any_of(report.left().begin(), report.left().end(),
                     [](const auto& left) { return left.reason() == kNotReached; });
}

v1::CohortReport read_cohort(const std::string& directory, double level, const IntervalOf& interval,
                             DeviationSource* deviations) {
  v1::CohortReport out;
  out.set_level(level);
  CohortCount count(out, deviations);
  const std::vector<Below> files = files_below(directory);
  Progress progress(files.size());
  for (const auto& [file, unreadable] : files) {
    progress.step();
    if (is_interrupted()) {
      count.leave(file, kNotReached);
      continue;
    }
    if (!unreadable.empty()) {
      count.leave(file, unreadable + ". What lies there is not counted");
      continue;
    }
    const auto text = read_text_file((fs::path(directory) / file).string(), kMostReportBytes);
    if (const auto* problem = std::get_if<Problem>(&text)) {
      count.leave(file, problem->text());
      continue;
    }
    // Under another name than *.json only what is a report, or was one before it was damaged, is meant.
    if (!is_named_json(file) && !mentions_rules(std::get<std::string>(text))) continue;
    v1::Report report;
    if (const std::string why = read_report(std::get<std::string>(text), report); !why.empty()) {
      count.leave(file, why);
    } else {
      count.add(file, std::move(report));
    }
  }
  count.finish(interval);
  if (out.groups_size() == 0 && !has_not_reached(out)) {
    const std::string first = out.left_size() == 0 ? "" : " (" + out.left(0).file() + ": " + out.left(0).reason() + ")";
    stop(directory + ": no report among " + std::to_string(out.left_size()) + " JSON files" + first +
         ". Write reports with 'dosegate check PATH --format json -o FILE'");
  }
  return out;
}

}  // namespace dosegate::cli
