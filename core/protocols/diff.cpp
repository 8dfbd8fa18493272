#include "core/protocols/diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/protocols/members.h"
#include "core/protocols/read.h"

namespace dosegate {
namespace {

using Effect = ProtocolChange::Effect;
using Part = ProtocolChange::Part;
using What = ProtocolChange::What;

// What is written for people. No finding's status depends on it.
bool is_wording(std::string_view member) {
  static constexpr std::string_view kWording[] = {"id", "version", "title", "source", "text", "reading", "clause"};
  return std::find(std::begin(kWording), std::end(kWording), member) != std::end(kWording);
}

// "totalDoseGy" -> "total dose" and " Gy".
std::pair<std::string, std::string> words_and_unit(const std::string& member) {
  static const std::pair<std::string, std::string> kUnits[] = {
      {"Gy", " Gy"}, {"Mm", " mm"}, {"Percent", " %"}, {"Cc", " cc"}};
  for (const auto& [suffix, unit] : kUnits) {
    if (member.size() > suffix.size() && member.compare(member.size() - suffix.size(), suffix.size(), suffix) == 0) {
      return {words_of(member.substr(0, member.size() - suffix.size())), unit};
    }
  }
  return {words_of(member), ""};
}

// The elements of an array of objects by their "id".
std::map<std::string, const JsonValue*> by_id(const JsonValue& document, std::string_view name) {
  std::map<std::string, const JsonValue*> out;
  const JsonValue* array = member_of(document, name);
  if (array == nullptr) return out;
  for (const JsonValue& e : array->elements) {
    if (const JsonValue* id = member_of(e, "id")) out.emplace(id->text, &e);
  }
  return out;
}

std::string without_id(const JsonValue& rule) {
  std::string all;
  for (const auto& [member, text] : members_of(rule)) {
    if (member != "id") all += json_quoted(member) + json_quoted(text);
  }
  return all;
}

// The name of the member that makes the rule's kind: the one that is an object.
std::string kind_of(const JsonValue& rule) {
  for (const JsonMember& m : rule.members) {
    if (m.value.kind == JsonValue::Kind::kObject) return camel_case(m.name);
  }
  return "";
}

// What a rule asks for, in a few words.
std::string requirement(const Rule& rule) {
  const std::string weight = rule.mandatory ? "mandatory, " : "advisory, ";
  const std::string brief = rule.kind->in_short();
  return weight + (brief.empty() ? json_quoted(rule.text) : brief);
}

class Comparison {
 public:
  Comparison(const Protocol& before, const Protocol& after, const JsonValue& old_json, const JsonValue& new_json,
             ProtocolDiff& out)
      : before_(before), after_(after), old_(old_json), new_(new_json), out_(out) {}

  void run() {
    compare_document();
    compare_prescription();
    compare_roles();
    compare_rules();
    add_notes();
  }

 private:
  void add(ProtocolChange change) { out_.changes.push_back(std::move(change)); }

  // One member that two versions of a part state differently. `head` begins the sentence.
  void member_changed(Part part, const std::string& id, const std::string& head, const std::string& member,
                      const std::string& before, const std::string& after, Effect effect,
                      const std::string& remark = "") {
    const auto [words, unit] = words_and_unit(member);
    const bool prose = is_wording(member);
    const auto stated = [&, u = unit](const std::string& text) {
      if (text.empty()) return std::string("not stated");
      return prose ? json_quoted(text) : text + u;
    };
    add({What::kChanged, part, id, member, before, after, effect,
         head + ": " + words + " " + stated(before) + " becomes " + stated(after) + remark + effect_tail(effect)});
  }

  // Every member of either that the other states differently, but for those that `skip` names by how they begin.
  void compare_members(Part part, const std::string& id, const std::string& head, const Members& before,
                       const Members& after, Effect effect, const std::vector<std::string>& skip,
                       const std::string& remark = "") {
    std::set<std::string> all;
    for (const auto* side : {&before, &after}) {
      for (const auto& [member, text] : *side) all.insert(member);
    }
    const auto stated = [](const Members& side, const std::string& member) {
      const auto found = side.find(member);
      return found == side.end() ? std::string() : found->second;
    };
    for (const std::string& member : all) {
      const auto skipped = [&](const std::string& s) { return member.compare(0, s.size(), s) == 0; };
      if (std::any_of(skip.begin(), skip.end(), skipped)) continue;
      const std::string was = stated(before, member), is = stated(after, member);
      if (was == is) continue;
      const bool wording = is_wording(member);
      member_changed(part, id, head, member, was, is, wording ? Effect::kNone : effect, wording ? "" : remark);
    }
  }

  void compare_document() {
    static const std::set<std::string> kElsewhere = {"roles", "rules", "prescription"};
    const auto rest = [](const JsonValue& document) {
      JsonValue out;
      out.kind = JsonValue::Kind::kObject;
      for (const JsonMember& m : document.members) {
        if (kElsewhere.count(camel_case(m.name)) == 0) out.members.push_back(m);
      }
      return members_of(out);
    };
    compare_members(Part::kProtocol, "", "protocol", rest(old_), rest(new_), Effect::kDepends, {"schema"});
  }

  void compare_prescription() {
    const JsonValue *was = member_of(old_, "prescription"), *is = member_of(new_, "prescription");
    if (was == nullptr || is == nullptr) return;  // no loaded protocol is without
    compare_members(Part::kPrescription, "", "prescription", members_of(*was), members_of(*is), Effect::kDepends, {},
                    before_.prescription.total == after_.prescription.total
                        ? ""
                        : ", and every dose in % of the prescription with it");
  }

  void compare_names(const std::string& role, const std::string& member, const std::string& found,
                     const std::vector<std::string>& before, const std::vector<std::string>& after) {
    const std::set<std::string> was(before.begin(), before.end()), is(after.begin(), after.end());
    for (const std::string& name : is) {
      if (was.count(name) > 0) continue;
      add({What::kAdded, Part::kRole, role, member, "", name, Effect::kDepends,
           role + ": " + found + " also found under " + json_quoted(name)});
    }
    for (const std::string& name : was) {
      if (is.count(name) > 0) continue;
      add({What::kRemoved, Part::kRole, role, member, name, "", Effect::kDepends,
           role + ": " + found + " no longer found under " + json_quoted(name)});
    }
  }

  void compare_roles() {
    const auto old_roles = by_id(old_, "roles"), new_roles = by_id(new_, "roles");
    for (const Role& role : after_.roles) {
      const Role* was = before_.find_role(role.id);
      if (was == nullptr) {
        add({What::kAdded, Part::kRole, role.id, "", "", role.id, Effect::kDepends,
             role.id + ": the role is added" + (role.derived ? ", computed as " + role.derived->text() : "")});
        continue;
      }
      compare_members(Part::kRole, role.id, role.id, members_of(*old_roles.at(role.id)),
                      members_of(*new_roles.at(role.id)), Effect::kDepends, {"id", "aliases", "derived.drawnAs"});
      compare_names(role.id, "aliases", "is", was->aliases, role.aliases);
      if (was->derived && role.derived) {
        compare_names(role.id, "derived.drawnAs", "the drawn version is", was->derived->drawn_as,
                      role.derived->drawn_as);
      }
    }
    for (const Role& role : before_.roles) {
      if (after_.find_role(role.id) != nullptr) continue;
      add({What::kRemoved, Part::kRole, role.id, "", role.id, "", Effect::kDepends, role.id + ": the role is removed"});
    }
  }

  void compare_rules() {
    const auto old_json = by_id(old_, "rules"), new_json = by_id(new_, "rules");
    std::map<std::string, const Rule*> old_rules, new_rules;
    for (const Rule& r : before_.rules) old_rules[r.id] = &r;
    for (const Rule& r : after_.rules) new_rules[r.id] = &r;

    // Rules that say the same under another name.
    std::multimap<std::string, std::string> gone;
    for (const auto& [id, rule] : old_rules) {
      if (new_rules.count(id) == 0) gone.emplace(without_id(*old_json.at(id)), id);
    }
    std::set<std::string> renamed;
    for (const Rule& rule : after_.rules) {
      const auto was = old_rules.find(rule.id);
      if (was != old_rules.end()) {
        compare_rule(*was->second, rule, *old_json.at(rule.id), *new_json.at(rule.id));
        continue;
      }
      const auto same = gone.find(without_id(*new_json.at(rule.id)));
      if (same != gone.end()) {
        add({What::kChanged, Part::kRule, rule.id, "id", same->second, rule.id, Effect::kNone,
             same->second + ": is now called " + rule.id});
        renamed.insert(same->second);
        gone.erase(same);
        continue;
      }
      const Effect effect = rule.mandatory ? Effect::kStricter : Effect::kNone;
      add({What::kAdded, Part::kRule, rule.id, "", "", requirement(rule), effect,
           rule.id + ": added, " + requirement(rule) + effect_tail(effect)});
    }
    for (const Rule& rule : before_.rules) {
      if (new_rules.count(rule.id) > 0 || renamed.count(rule.id) > 0) continue;
      const Effect effect = rule.mandatory ? Effect::kLooser : Effect::kNone;
      add({What::kRemoved, Part::kRule, rule.id, "", requirement(rule), "", effect,
           rule.id + ": removed, was " + requirement(rule) + effect_tail(effect)});
    }
    compare_order(old_rules, new_rules);
  }

  void compare_order(const std::map<std::string, const Rule*>& old_rules,
                     const std::map<std::string, const Rule*>& new_rules) {
    std::vector<std::string> was, is;
    for (const Rule& r : before_.rules) {
      if (new_rules.count(r.id) > 0) was.push_back(r.id);
    }
    for (const Rule& r : after_.rules) {
      if (old_rules.count(r.id) > 0) is.push_back(r.id);
    }
    if (was == is) return;
    add({What::kChanged, Part::kProtocol, "", "rules", "", "", Effect::kNone,
         "protocol: the rules, and with them the findings, stand in another order"});
  }

  void compare_rule(const Rule& was, const Rule& is, const JsonValue& old_rule, const JsonValue& new_rule) {
    // An advisory rule never decides the verdict, however it is changed.
    const bool decides = was.mandatory || is.mandatory;
    const Effect unknown = decides ? Effect::kDepends : Effect::kNone;
    const std::string remark = decides ? "" : " (advisory)";
    std::vector<std::string> skip = {"id", "mandatory"};
    if (was.mandatory != is.mandatory) {
      member_changed(Part::kRule, is.id, is.id, "mandatory", was.mandatory ? "yes" : "no (advisory)",
                     is.mandatory ? "yes" : "no (advisory)", is.mandatory ? Effect::kStricter : Effect::kLooser);
    }
    const std::string old_kind = kind_of(old_rule), new_kind = kind_of(new_rule);
    if (old_kind != new_kind) {
      add({What::kChanged, Part::kRule, is.id, new_kind, old_kind, new_kind, unknown,
           is.id + ": is another kind of rule, " + words_of(old_kind) + " becomes " + words_of(new_kind) + remark +
               effect_tail(unknown)});
      skip.insert(skip.end(), {old_kind, new_kind});
    }
    if (was.kind->member() == is.kind->member()) {
      if (auto changes = is.kind->changes({before_, after_, was, is, decides})) {
        for (ProtocolChange& change : *changes) add(std::move(change));
        skip.emplace_back(is.kind->member());
      }
    }
    compare_members(Part::kRule, is.id, is.id, members_of(old_rule), members_of(new_rule), unknown, skip, remark);
  }

  void add_notes() {
    if (before_.id != after_.id) {
      out_.notes.push_back("They are two protocols, not two versions of one: " + before_.id + " and " + after_.id +
                           ".");
    } else if (before_.version == after_.version && !out_.changes.empty()) {
      out_.notes.push_back("Both call themselves " + after_.id + " " + after_.version +
                           ", but they differ: raise the version of the one that was edited.");
    }
    if (out_.changes.empty()) {
      out_.notes.push_back(before_.json == after_.json ? "They are the same, byte for byte."
                                                       : "They state the same; only the JSON is written differently.");
    }
  }

  const Protocol &before_, &after_;
  const JsonValue &old_, &new_;
  ProtocolDiff& out_;
};

}  // namespace

Result<ProtocolDiff> diff_protocols(const Protocol& before, const Protocol& after) {
  const Result<JsonValue> old_json = parse_json(before.json, kProtocolSizeLimit, "the protocol before");
  if (!old_json) return old_json.error();
  const Result<JsonValue> new_json = parse_json(after.json, kProtocolSizeLimit, "the protocol after");
  if (!new_json) return new_json.error();
  ProtocolDiff out;
  out.before_id = before.id;
  out.before_version = before.version;
  out.after_id = after.id;
  out.after_version = after.version;
  Comparison(before, after, *old_json, *new_json, out).run();
  return out;
}

}  // namespace dosegate
