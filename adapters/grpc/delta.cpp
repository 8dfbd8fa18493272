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

void add(v1::PlanningSessionResponse::Update& update, v1::FindingChange::Kind kind, const v1::Finding& finding,
         const v1::Finding* before) {
  v1::FindingChange& change = *update.add_changes();
  change.set_kind(kind);
  *change.mutable_finding() = finding;
  if (before != nullptr) {
    change.set_previous_status(before->status());
    if (before->has_value()) change.set_previous_value(before->value());
  }
}

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
  for (const v1::Finding& finding : report.findings()) {
    std::string key = identity(finding);
    while (told_.count(key) != 0) key.push_back('+');  // a rule that says the same thing twice
    const auto before = gone.find(key);
    const bool is_passed = finding.status() == v1::Finding::PASS;
    if (before == gone.end()) {
      if (is_passed && !include_passed_) continue;
      add(update, v1::FindingChange::APPEARED, finding, nullptr);
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
      add(update, kind, finding, &was);
    }
    if (!is_passed || include_passed_) told_.emplace(std::move(key), changed ? finding : was);
    gone.erase(before);
  }
  for (const auto& [key, finding] : gone) add(update, v1::FindingChange::RESOLVED, finding, &finding);
}

}  // namespace dosegate::rpc
