#include "adapters/grpc/delta.h"

#include <cmath>
#include <utility>

namespace dosegate::rpc {
namespace {

// What makes two findings the same one at different times: not the ROI, which may be drawn or mapped anew.
std::string identity(const v1::Finding& f) {
  std::string key;
  for (const std::string* part : {&f.rule_id(), &f.structure(), &f.metric()}) key.append(*part).push_back('\0');
  return key;
}

// Changes of one update, in which rules that say the very same, and nothing of a structure, stand together.
class Changes {
 public:
  explicit Changes(v1::PlanningSessionResponse::Update& update) : update_(update) {}

  void add(v1::FindingChange::Kind kind, const v1::Finding& finding, const v1::Finding* before) {
    v1::FindingChange change;
    change.set_kind(kind);
    if (before != nullptr) {
      change.set_previous_status(before->status());
      if (before->has_value()) change.set_previous_value(before->value());
    }
    *change.mutable_finding() = finding;
    if (says_no_more_than_why(finding)) {
      v1::FindingChange same = change;
      same.mutable_finding()->clear_rule_id();
      same.mutable_finding()->clear_clause();
      same.mutable_finding()->clear_mandatory();
      const auto [at, is_new] = places_.emplace(same.SerializeAsString(), update_.changes_size());
      if (!is_new) {
        v1::RuleName& rule = *update_.mutable_changes(at->second)->add_alike();
        rule.set_rule_id(finding.rule_id());
        rule.set_clause(finding.clause());
        rule.set_mandatory(finding.mandatory());
        return;
      }
    }
    *update_.add_changes() = std::move(change);
  }

 private:
  // Told by the sentences' ids and arguments; what has none, or anything beside them, stands alone.
  static bool says_no_more_than_why(const v1::Finding& f) {
    const bool is_open = f.status() == v1::Finding::NOT_EVALUABLE || f.status() == v1::Finding::PENDING;
    return is_open && !f.message_sentences().empty() && !f.has_structure() && !f.has_value();
  }

  v1::PlanningSessionResponse::Update& update_;
  std::map<std::string, int> places_;  // of what was told of a first rule
};

}  // namespace

Told::Told(v1::PlanningSessionRequest::MoveThreshold threshold, bool include_passed)
    : threshold_(std::move(threshold)), include_passed_(include_passed) {
  if (!threshold_.has_dose_gy()) threshold_.set_dose_gy(kDoseGy);
  if (!threshold_.has_volume_percent()) threshold_.set_volume_percent(kVolumePercent);
  if (!threshold_.has_volume_cc()) threshold_.set_volume_cc(kVolumeCc);
}

bool Told::has_moved(const v1::Finding& from, const v1::Finding& to) const {
  if (from.status() != to.status() || from.has_value() != to.has_value() || from.unit() != to.unit()) return true;
  if (!to.has_value()) return from.message() != to.message();  // another reason why it cannot be evaluated
  const double step = to.unit() == "Gy"   ? threshold_.dose_gy()
                      : to.unit() == "%"  ? threshold_.volume_percent()
                      : to.unit() == "cc" ? threshold_.volume_cc()
                                          : 0.0;  // counts
  return std::abs(to.value() - from.value()) > step;
}

void Told::tell(const v1::Report& report, v1::PlanningSessionResponse::Update& update) {
  update.set_verdict(report.verdict());
  update.set_complete(!std::exchange(has_told_, true));
  std::map<std::string, v1::Finding> gone = std::move(told_);
  told_.clear();
  Changes changes(update);
  for (const v1::Finding& finding : report.findings()) {
    std::string key = identity(finding);
    while (told_.count(key) != 0) key.push_back('+');  // a rule that says the same thing twice
    const auto before = gone.find(key);
    const bool is_passed = finding.status() == v1::Finding::PASS;
    if (before == gone.end()) {
      if (is_passed && !include_passed_) continue;
      changes.add(v1::FindingChange::APPEARED, finding, nullptr);
      told_.emplace(std::move(key), finding);
      continue;
    }
    const v1::Finding& was = before->second;
    const bool was_passed = was.status() == v1::Finding::PASS;
    const bool changed = has_moved(was, finding);
    if (changed) {
      const auto kind = is_passed && !was_passed   ? v1::FindingChange::RESOLVED
                        : was_passed && !is_passed ? v1::FindingChange::APPEARED
                                                   : v1::FindingChange::MOVED;
      changes.add(kind, finding, &was);
    }
    if (!is_passed || include_passed_) told_.emplace(std::move(key), changed ? finding : was);
    gone.erase(before);
  }
  for (const auto& [key, finding] : gone) changes.add(v1::FindingChange::RESOLVED, finding, &finding);
}

}  // namespace dosegate::rpc
