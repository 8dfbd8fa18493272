#include "adapters/gate/deviations.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/gate/decision.h"
#include "adapters/gate/waived.h"

namespace dosegate::gate {
namespace {

using v1::Finding;
using v1::ProtocolDeviation;

ProtocolDeviation as_written(const SignedWaiver& given) {
  const Waiver& w = given.waiver;
  ProtocolDeviation d;
  d.set_rule_id(w.rule);
  d.set_person(w.person);
  d.set_role(w.role);
  d.set_reason(w.reason);
  d.set_issued(to_text(w.issued));
  d.set_expires(to_text(w.expires));
  d.set_waiver_sha256(given.sha256);
  return d;
}

// Of the finding, what is to be known of a waiver of its rule.
struct Subject {
  const Finding* finding = nullptr;
  const WaiverRule* rule = nullptr;
  std::string why_not;  // nobody can waive it
};

Subject subject_of(const v1::Report& report, const Policy& policy, const Waiver& w) {
  Subject s;
  if (w.protocol != report.protocol().id()) {
    s.why_not = "it is for the protocol " + w.protocol;
    return s;
  }
  for (const Finding& f : report.findings()) {
    if (f.rule_id() == w.rule) s.finding = &f;
  }
  const ProtocolPolicy* protocol = policy.protocol(w.protocol);
  s.rule = protocol == nullptr ? nullptr : waiver_rule(*protocol, w.rule);
  if (s.finding == nullptr) {
    s.why_not = "the report has no rule " + w.rule;
  } else if (s.rule == nullptr) {  // objection() has said so
    s.why_not = "the policy lets nobody waive " + w.rule;
  } else if (s.finding->status() != Finding::DEVIATION && s.finding->status() != Finding::INDETERMINATE) {
    s.why_not = "the rule is " + Finding::Status_Name(s.finding->status()) + " here";
  } else if (std::find(s.rule->statuses.begin(), s.rule->statuses.end(), s.finding->status()) ==
             s.rule->statuses.end()) {
    s.why_not = "the policy lets nobody waive that it is " + Finding::Status_Name(s.finding->status());
  }
  return s;
}

void set(ProtocolDeviation& d, ProtocolDeviation::State state, std::string why) {
  d.set_state(state);
  d.set_why(std::move(why));
}

}  // namespace

std::vector<ProtocolDeviation> deviations_of(const v1::Report& report, std::span<const DatedWaiver> waivers,
                                             const Policy& policy) {
  Evidence evidence;
  evidence.inputs = inputs_of(report);
  std::vector<ProtocolDeviation> all;
  std::map<const SignedWaiver*, std::size_t> places;  // in `all`
  std::map<const Finding*, std::pair<const WaiverRule*, std::vector<const SignedWaiver*>>> open;
  std::set<std::string> seen;
  for (const DatedWaiver& dated : waivers) {
    const SignedWaiver& given = dated.waiver;
    if (given.waiver.kind != Waiver::Kind::kWaiver || !seen.insert(given.sha256).second) continue;
    ProtocolDeviation& d = all.emplace_back(as_written(given));
    evidence.now = dated.at;
    if (const auto against = objection(given, policy, evidence)) {
      set(d, against->is_forged ? ProtocolDeviation::UNVERIFIED : ProtocolDeviation::VOID, against->text);
      continue;
    }
    const Subject subject = subject_of(report, policy, given.waiver);
    if (!subject.why_not.empty()) {
      set(d, ProtocolDeviation::VOID, subject.why_not);
      continue;
    }
    set(d, ProtocolDeviation::VOID, "the same person has accepted it already");  // until it counts
    places[&given] = all.size() - 1;
    auto& [rule, given_for] = open[subject.finding];
    rule = subject.rule;
    given_for.push_back(&given);
  }
  for (const auto& [finding, asked] : open) {
    const auto& [rule, given_for] = asked;
    const Waived found = waived(*finding, report.protocol(), *rule, given_for);
    for (const auto& [waiver, why] : found.voided) set(all[places.at(waiver)], ProtocolDeviation::VOID, why);
    const bool are_enough = static_cast<std::int64_t>(found.counted.size()) >= rule->people;
    for (const SignedWaiver* waiver : found.counted) {
      if (are_enough) {
        set(all[places.at(waiver)], ProtocolDeviation::ACCEPTED, "");
      } else {
        set(all[places.at(waiver)], ProtocolDeviation::AWAITED,
            std::to_string(found.counted.size()) + " of " + std::to_string(rule->people) + " people have accepted");
      }
    }
  }
  return all;
}

}  // namespace dosegate::gate
