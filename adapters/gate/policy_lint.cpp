#include <algorithm>
#include <set>

#include "adapters/gate/policy.h"

namespace dosegate::gate {
namespace {

constexpr std::int64_t kLongWaiverDays = 366;

std::int64_t people_with(const Policy& policy, const std::vector<std::string>& roles) {
  return std::count_if(policy.people.begin(), policy.people.end(), [&](const Person& person) {
    return std::any_of(person.roles.begin(), person.roles.end(),
                       [&](const std::string& role) { return holds(roles, role); });
  });
}

class Linter {
 public:
  Linter(const Policy& policy, Instant now, const RulesOf& rules_of)
      : policy_(policy), now_(now), rules_of_(rules_of) {}

  std::vector<std::string> run() {
    if (policy_.valid_until <= now_)
      say("the policy expired at " + to_text(policy_.valid_until) + ": it holds every plan");
    if (policy_.valid_from > now_)
      say("the policy holds from " + to_text(policy_.valid_from) + ": until then it holds every plan");
    if (!policy_.needs_signature)
      say("require.signature is false: who has the answer cannot tell whether it is genuine");
    if (!policy_.needs_ledger) say("require.ledger is false: months later nobody can show why a plan was let through");
    std::set<std::string> used;
    for (const ProtocolPolicy& protocol : policy_.protocols) look_at(protocol, used);
    for (const AttestationItem& item : policy_.attestations) {
      used.insert(item.roles.begin(), item.roles.end());
      need_people("attestation " + item.id, item.roles, item.people, item.days);
    }
    for (const Person& person : policy_.people) {
      if (std::none_of(person.roles.begin(), person.roles.end(),
                       [&](const std::string& r) { return used.count(r) > 0; })) {
        say(person.name + " has no role that the policy asks for");
      }
    }
    return std::move(said_);
  }

 private:
  void say(std::string text) { said_.push_back(std::move(text)); }

  void need_people(const std::string& what, const std::vector<std::string>& roles, std::int64_t people,
                   std::int64_t days) {
    const std::int64_t there = people_with(policy_, roles);
    if (there < people) {
      say(what + " needs " + std::to_string(people) + " people, and " + std::to_string(there) +
          " have such a role: it can never be given");
    }
    if (days > kLongWaiverDays) say(what + " may hold for " + std::to_string(days) + " days, more than a year");
  }

  void look_at(const ProtocolPolicy& protocol, std::set<std::string>& used) {
    const auto known = rules_of_ ? rules_of_(protocol.id) : std::nullopt;
    if (!protocol.version && !protocol.sha256) {
      say("protocol " + protocol.id + " is taken in whatever version is built in: name its version");
    }
    if (!known && !protocol.sha256) say("protocol " + protocol.id + " is not built in: name its sha256");
    for (const WaiverRule& rule : protocol.waivers) {
      used.insert(rule.roles.begin(), rule.roles.end());
      need_people("a waiver of " + rule.rules.front() + " of " + protocol.id, rule.roles, rule.people, rule.days);
      for (const std::string& id : rule.rules) {
        if (known && !id.starts_with("dosegate.") && !holds(*known, id)) {
          say("protocol " + protocol.id + " has no rule " + id + ": its waiver is never used");
        }
      }
    }
    for (const auto& [status, outcome] : protocol.advisory) {
      if (outcome > protocol.mandatory.at(status)) {
        say("protocol " + protocol.id + ": " + v1::Finding::Status_Name(status) +
            " is taken harder of an advisory rule than of a mandatory one");
      }
    }
  }

  const Policy& policy_;
  Instant now_;
  const RulesOf& rules_of_;
  std::vector<std::string> said_;
};

}  // namespace

std::vector<std::string> lint(const Policy& policy, Instant now, const RulesOf& rules_of) {
  return Linter(policy, now, rules_of).run();
}

}  // namespace dosegate::gate
