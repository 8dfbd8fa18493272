#include <algorithm>
#include <set>

#include "adapters/gate/policy.h"

namespace dosegate::gate {
namespace {

using Effect = Change::Effect;

// One rule's waivers, as they can be compared.
struct Waivable {
  std::set<std::string> statuses, roles;
  std::int64_t people = 0, days = 0;
};

class Differ {
 public:
  std::vector<Change> run(const Policy& before, const Policy& after) {
    compare("version", before.version, after.version);
    compare("id", before.id, after.id);
    compare("title", before.title, after.title);
    if (before.valid_from != after.valid_from) {
      add(after.valid_from < before.valid_from ? Effect::kLooser : Effect::kStricter,
          "holds from " + to_text(before.valid_from) + " -> " + to_text(after.valid_from));
    }
    if (before.valid_until != after.valid_until) {
      add(after.valid_until > before.valid_until ? Effect::kLooser : Effect::kStricter,
          "holds until " + to_text(before.valid_until) + " -> " + to_text(after.valid_until));
    }
    require("signature", before.needs_signature, after.needs_signature);
    require("ledger", before.needs_ledger, after.needs_ledger);
    require("recheck", before.needs_recheck, after.needs_recheck);
    if (before.engines.empty() != after.engines.empty()) {
      add(after.engines.empty() ? Effect::kLooser : Effect::kStricter,
          "engines: " + listed(before.engines) + " -> " + listed(after.engines));
    } else {
      compare_sets("engines", before.engines, after.engines, Effect::kLooser);
    }
    compare_sets("site may state", before.site_statements, after.site_statements, Effect::kLooser);
    people(before, after);
    match(before.protocols, after.protocols, &ProtocolPolicy::id, "protocol ", Effect::kStricter,
          [&](const ProtocolPolicy& b, const ProtocolPolicy& a) { protocol(b, a); });
    match(before.attestations, after.attestations, &AttestationItem::id, "attestation ", Effect::kStricter,
          [&](const AttestationItem& b, const AttestationItem& a) { item(b, a); });
    return std::move(changes_);
  }

 private:
  void add(Effect effect, std::string text) { changes_.push_back({effect, std::move(text)}); }

  void compare(const std::string& what, const std::string& before, const std::string& after) {
    if (before != after) add(Effect::kOther, what + " \"" + before + "\" -> \"" + after + "\"");
  }
  void require(const std::string& what, bool before, bool after) {
    if (before == after) return;
    add(after ? Effect::kStricter : Effect::kLooser, what + (after ? " is now required" : " is no longer required"));
  }
  // More: a higher number is stricter or looser.
  void number(const std::string& what, std::int64_t before, std::int64_t after, Effect more) {
    if (before == after) return;
    const Effect less = more == Effect::kStricter ? Effect::kLooser : Effect::kStricter;
    add(after > before ? more : less, what + " " + std::to_string(before) + " -> " + std::to_string(after));
  }
  void compare_sets(const std::string& what, const std::vector<std::string>& before,
                    const std::vector<std::string>& after, Effect more) {
    const Effect less = more == Effect::kStricter ? Effect::kLooser : Effect::kStricter;
    for (const std::string& value : after) {
      if (!holds(before, value)) add(more, what + ": " + value + " is new");
    }
    for (const std::string& value : before) {
      if (!holds(after, value)) add(less, what + ": " + value + " is gone");
    }
  }

  // What is in both is compared; what is in one is `more`, or the contrary.
  template <typename T, typename F>
  void match(const std::vector<T>& before, const std::vector<T>& after, std::string T::*name, const std::string& what,
             Effect more, F compare_both) {
    const Effect less = more == Effect::kStricter ? Effect::kLooser : Effect::kStricter;
    const auto find = [&](const std::vector<T>& list, const std::string& value) {
      return std::find_if(list.begin(), list.end(), [&](const T& one) { return one.*name == value; });
    };
    for (const T& a : after) {
      const auto b = find(before, a.*name);
      if (b == before.end()) {
        add(more, what + a.*name + " is new");
      } else {
        compare_both(*b, a);
      }
    }
    for (const T& b : before) {
      if (find(after, b.*name) == after.end()) add(less, what + b.*name + " is gone");
    }
  }

  void people(const Policy& before, const Policy& after) {
    match(before.people, after.people, &Person::name, "person ", Effect::kLooser,
          [&](const Person& b, const Person& a) {
            compare_sets("roles of " + a.name, b.roles, a.roles, Effect::kLooser);
            std::vector<std::string> keys_before, keys_after;
            for (const PublicKey& key : b.keys) keys_before.push_back(key.id());
            for (const PublicKey& key : a.keys) keys_after.push_back(key.id());
            compare_sets("keys of " + a.name, keys_before, keys_after, Effect::kLooser);
          });
  }

  void actions(const std::string& what, const Actions& before, const Actions& after) {
    for (const auto& [status, b] : before) {
      const Outcome a = after.at(status);
      if (a == b) continue;
      add(a > b ? Effect::kStricter : Effect::kLooser, what + " " + v1::Finding::Status_Name(status) + ": " +
                                                           std::string(name_of(b)) + " -> " + std::string(name_of(a)));
    }
  }

  static std::vector<std::pair<std::string, Waivable>> waivable(const ProtocolPolicy& protocol) {
    std::vector<std::pair<std::string, Waivable>> all;
    for (const WaiverRule& rule : protocol.waivers) {
      Waivable one{{}, {rule.roles.begin(), rule.roles.end()}, rule.people, rule.days};
      for (const auto status : rule.statuses) one.statuses.insert(v1::Finding::Status_Name(status));
      for (const std::string& id : rule.rules) all.emplace_back(id, one);
    }
    return all;
  }

  void protocol(const ProtocolPolicy& b, const ProtocolPolicy& a) {
    const std::string what = "protocol " + a.id;
    compare(what + " version", b.version.value_or("any"), a.version.value_or("any"));
    compare(what + " sha256", b.sha256.value_or("any"), a.sha256.value_or("any"));
    if (b.scope != a.scope) {
      add(a.scope == "PLAN_ONLY" ? Effect::kLooser : Effect::kStricter, what + " scope: " + b.scope + " -> " + a.scope);
    }
    actions(what + " mandatory", b.mandatory, a.mandatory);
    actions(what + " advisory", b.advisory, a.advisory);
    using Named = std::pair<std::string, Waivable>;
    match(waivable(b), waivable(a), &Named::first, what + ", waivers of ", Effect::kLooser,
          [&](const Named& before, const Named& after) {
            waivers(what + ", waivers of " + after.first, before.second, after.second);
          });
  }

  void waivers(const std::string& what, const Waivable& b, const Waivable& a) {
    const auto texts = [](const std::set<std::string>& set) {
      return std::vector<std::string>(set.begin(), set.end());
    };
    compare_sets(what + ", statuses", texts(b.statuses), texts(a.statuses), Effect::kLooser);
    compare_sets(what + ", roles", texts(b.roles), texts(a.roles), Effect::kLooser);
    number(what + ", people", b.people, a.people, Effect::kStricter);
    number(what + ", days", b.days, a.days, Effect::kLooser);
  }

  void item(const AttestationItem& b, const AttestationItem& a) {
    const std::string what = "attestation " + a.id;
    compare(what + " text", b.text, a.text);
    compare_sets(what + " roles", b.roles, a.roles, Effect::kLooser);
    number(what + " people", b.people, a.people, Effect::kStricter);
    number(what + " days", b.days, a.days, Effect::kLooser);
  }

  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> diff(const Policy& before, const Policy& after) { return Differ().run(before, after); }

}  // namespace dosegate::gate
