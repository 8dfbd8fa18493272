#include "adapters/gate/policy.h"

#include <algorithm>
#include <set>

namespace dosegate::gate {
namespace {

using v1::Finding;

constexpr std::int64_t kMostPeople = 10;
constexpr std::int64_t kMostDays = 3660;

const Words kAny = {"APPROVE", "HOLD", "REJECT"};
const Words kNeverApprove = {"HOLD", "REJECT"};

Outcome outcome_of(const std::string& word) {
  return word == "APPROVE" ? Outcome::kApproved : word == "REJECT" ? Outcome::kRejected : Outcome::kHeld;
}

Actions actions(ObjectReader& reader, const Words& of_failures) {
  Actions made;
  made[Finding::WARNING] = outcome_of(reader.word("WARNING", kAny));
  made[Finding::DEVIATION] = outcome_of(reader.word("DEVIATION", of_failures));
  made[Finding::INDETERMINATE] = outcome_of(reader.word("INDETERMINATE", of_failures));
  made[Finding::NOT_EVALUABLE] = outcome_of(reader.word("NOT_EVALUABLE", of_failures));
  made[Finding::PENDING] = outcome_of(reader.word("PENDING", kAny));
  return made;
}

WaiverRule read_waiver_rule(ObjectReader& reader) {
  WaiverRule rule;
  rule.rules = reader.texts("rules", 1);
  for (const std::string& status : reader.texts("statuses", 1)) {
    if (status == "DEVIATION") {
      rule.statuses.push_back(Finding::DEVIATION);
    } else if (status == "INDETERMINATE") {
      rule.statuses.push_back(Finding::INDETERMINATE);
    } else {
      reader.complain("statuses", "\"" + status + "\" is none of DEVIATION, INDETERMINATE; nothing else can be waived");
    }
  }
  rule.roles = reader.texts("roles", 1);
  rule.people = reader.whole("people", 1, kMostPeople);
  rule.days = reader.whole("days", 1, kMostDays);
  return rule;
}

ProtocolPolicy read_protocol(ObjectReader& reader) {
  ProtocolPolicy protocol;
  protocol.id = reader.text("id");
  protocol.version = reader.text_if("version");
  if (reader.has("sha256")) {
    protocol.sha256 = reader.digest("sha256");
  } else {
    reader.text_if("sha256");
  }
  protocol.scope = reader.word("scope", {"WHOLE_PROTOCOL", "PLAN_ONLY"});
  reader.object("mandatory", [&](ObjectReader& r) { protocol.mandatory = actions(r, kNeverApprove); });
  reader.object("advisory", [&](ObjectReader& r) { protocol.advisory = actions(r, kAny); });
  std::set<std::string> rules;
  reader.each("waivers", 0, [&](ObjectReader& r) {
    protocol.waivers.push_back(read_waiver_rule(r));
    for (const std::string& rule : protocol.waivers.back().rules) {
      if (!rules.insert(rule).second) r.complain("rules", "\"" + rule + "\" has a waiver entry already");
    }
  });
  return protocol;
}

Person read_person(ObjectReader& reader, std::set<std::string>& keys) {
  Person person;
  person.name = reader.text("name");
  person.roles = reader.texts("roles", 1);
  for (const std::string& text : reader.texts("keys", 1)) {
    try {
      person.keys.push_back(PublicKey::from_base64_der(text));
      if (!keys.insert(person.keys.back().id()).second) {
        reader.complain("keys", "the key " + text + " stands there already: each belongs to one person");
      }
    } catch (const Refused& e) {
      reader.complain("keys", "\"" + text + "\" " + e.what());
    }
  }
  return person;
}

AttestationItem read_item(ObjectReader& reader) {
  AttestationItem item;
  item.id = reader.text("id");
  item.text = reader.text("text");
  item.roles = reader.texts("roles", 1);
  item.people = reader.whole("people", 1, kMostPeople);
  item.days = reader.whole("days", 1, kMostDays);
  return item;
}

template <typename T>
const T* find(const std::vector<T>& list, std::string_view value, std::string T::*member) {
  for (const T& one : list) {
    if (one.*member == value) return &one;
  }
  return nullptr;
}

// Adds `one`, unless its name is there already.
template <typename T>
void add(std::vector<T>& list, T one, std::string T::*member, ObjectReader& reader, std::string_view name) {
  if (find(list, one.*member, member) != nullptr) reader.complain(name, "\"" + one.*member + "\" stands there twice");
  list.push_back(std::move(one));
}

}  // namespace

const std::vector<std::string> kSiteStatements = {"structureMap",  "prescriptions",  "doseMeaning", "outsideGrid",
                                                  "betweenSlices", "separatePieces", "holidays",    "asOf",
                                                  "measurement",   "choice"};

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kApproved:
      return "APPROVED";
    case Outcome::kRejected:
      return "REJECTED";
    case Outcome::kHeld:
      break;
  }
  return "HELD";
}

const Person* Policy::person(std::string_view name) const { return find(people, name, &Person::name); }
const ProtocolPolicy* Policy::protocol(std::string_view of) const { return find(protocols, of, &ProtocolPolicy::id); }
const AttestationItem* Policy::attestation(std::string_view of) const {
  return find(attestations, of, &AttestationItem::id);
}

const WaiverRule* waiver_rule(const ProtocolPolicy& protocol, std::string_view rule) {
  for (const WaiverRule& one : protocol.waivers) {
    if (holds(one.rules, rule)) return &one;
  }
  return nullptr;
}

std::variant<Policy, Problems> read_policy(std::string_view json) {
  Problems problems;
  Policy policy;
  detail::JsonValue document;
  try {
    document = parse_json(json);
  } catch (const Refused& e) {
    return Problems{e.what()};
  }
  ObjectReader reader(document, "", problems);
  reader.word("schema", {"dosegate.policy/1"});
  policy.id = reader.text("id");
  policy.version = reader.text("version");
  policy.title = reader.text("title");
  policy.valid_from = read_instant(reader, "validFrom");
  policy.valid_until = read_instant(reader, "validUntil");
  if (problems.empty() && policy.valid_until <= policy.valid_from) {
    reader.complain("validUntil", "is not after validFrom");
  }
  reader.object("require", [&](ObjectReader& r) {
    policy.needs_signature = r.boolean("signature");
    policy.needs_ledger = r.boolean("ledger");
    policy.needs_recheck = r.boolean("recheck");
  });
  if (reader.has("engines")) {
    policy.engines = reader.texts("engines", 1);
    for (const std::string& engine : policy.engines) {
      if (!is_digest(engine))
        reader.complain("engines", "\"" + engine + "\" is no SHA-256 in 64 lower-case hex digits");
    }
  } else {
    reader.text_if("engines");
  }
  policy.site_statements = reader.texts("siteStatements", 0);
  for (const std::string& name : policy.site_statements) {
    if (holds(kSiteStatements, name)) continue;
    reader.complain("siteStatements", "\"" + name + "\" is none of " + listed(kSiteStatements));
  }
  std::set<std::string> keys;
  reader.each("people", 0,
              [&](ObjectReader& r) { add(policy.people, read_person(r, keys), &Person::name, r, "name"); });
  reader.each("protocols", 1,
              [&](ObjectReader& r) { add(policy.protocols, read_protocol(r), &ProtocolPolicy::id, r, "id"); });
  reader.each("attestations", 0,
              [&](ObjectReader& r) { add(policy.attestations, read_item(r), &AttestationItem::id, r, "id"); });
  reader.finish();
  if (!problems.empty()) return problems;
  policy.sha256 = gate::sha256(json);
  return policy;
}

}  // namespace dosegate::gate
