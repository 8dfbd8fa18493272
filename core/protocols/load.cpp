#include "core/protocols/load.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/plan/options.h"
#include "core/protocol/protocol.h"
#include "core/protocols/read.h"
#include "core/protocols/read_fractionation.h"
#include "core/rules/kinds.h"

namespace dosegate {
namespace {

// Far above any real protocol; they keep the linter's comparison of all pairs short.
constexpr std::size_t kRoleLimit = 300;
constexpr std::size_t kRuleLimit = 2000;
constexpr std::size_t kNameLimit = 200;  // aliases of one role

constexpr std::string_view kSchema = "dosegate.v1.Protocol";
constexpr Range kDoseGy{0.0, 1000.0};
constexpr Range kPercent{0.0, 100.0};
constexpr double kDoseSumToleranceGy = 0.01;  // for a dose a fraction that is rounded: 15 x 2.667 Gy for 40 Gy

constexpr EnumName kRoleKinds[] = {{"TARGET", 1}, {"ORGAN_AT_RISK", 2}};
constexpr EnumName kLateralities[] = {{"LEFT", 1}, {"RIGHT", 2}};
bool is_version(std::string_view text) {
  int parts = 1;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0) return false;
      ++parts;
      digits = 0;
    } else if (c < '0' || c > '9' || ++digits > 9) {
      return false;
    }
  }
  return parts == 3 && digits > 0;
}

class Reader {
 public:
  explicit Reader(ProtocolReading& out) : out_(out), protocol_(out.protocol) {}

  void read(const JsonValue& value) {
    ObjectReader o(value, "$", out_.errors);
    const std::string schema = o.string("schema", Need::kRequired);
    if (!schema.empty() && schema != kSchema) {
      o.fail("schema", "is " + shown(schema) + "; this version reads " + shown(kSchema));
    }
    protocol_.id = o.string("id", Need::kRequired);
    protocol_.version = o.string("version", Need::kRequired);
    if (!protocol_.version.empty() && !is_version(protocol_.version)) {
      o.fail("version", "must be MAJOR.MINOR.PATCH, e.g. \"1.0.0\", found " + shown(protocol_.version));
    }
    protocol_.title = o.string("title", Need::kRequired);
    protocol_.source = o.string("source");
    protocol_.between_slices = read_between_slices(o).value_or(BetweenSlices::kSlab);
    if (within(o, "roles", kRoleLimit)) o.each_object("roles", [&](ObjectReader& role) { read_role(role); });
    check_derivations();
    read_prescription(o);
    read_course(o);
    if (within(o, "rules", kRuleLimit)) o.each_object("rules", [&](ObjectReader& rule) { read_rule(rule); });
    o.finish();
  }

 private:
  void add(std::string path, std::string message) {
    out_.errors.push_back({ErrorCode::kInvalidData, std::move(path), std::move(message)});
  }

  bool within(ObjectReader& o, std::string_view member, std::size_t limit) {
    const std::size_t count = o.count(member);
    if (count == 0) o.fail(member, "a protocol needs at least one of them");
    if (count > limit) o.fail(member, "has " + std::to_string(count) + " entries; at most " + std::to_string(limit));
    return count <= limit;
  }

  void read_prescription(ObjectReader& parent) {
    auto o = parent.object("prescription", Need::kRequired);
    if (!o) return;
    const auto total = o->number("totalDoseGy", kDoseGy, Need::kRequired);
    const auto fractions = o->integer("fractions", 1, Need::kRequired);
    const auto per_fraction = o->number("dosePerFractionGy", kDoseGy, Need::kRequired);
    Prescription& p = protocol_.prescription;
    p.target_role = o->string("targetRole", Need::kRequired);
    if (total == 0.0) o->fail("totalDoseGy", "must be more than 0 Gy");
    if (per_fraction == 0.0) o->fail("dosePerFractionGy", "must be more than 0 Gy");
    p.total = Dose::gy(total.value_or(0.0));
    p.fractions = fractions.value_or(0);
    p.per_fraction = Dose::gy(per_fraction.value_or(0.0));
    if (total && fractions && per_fraction) {
      const double sum = *fractions * *per_fraction;
      if (std::abs(sum - *total) > kDoseSumToleranceGy) {
        o->fail("totalDoseGy", "is " + number_text(*total) + " Gy, but " + std::to_string(*fractions) +
                                   " fractions of " + number_text(*per_fraction) + " Gy make " + number_text(sum) +
                                   " Gy");
      }
    }
    const Role* target = check_role(*o, "targetRole", p.target_role);
    if (target != nullptr && target->kind != RoleKind::kTarget) {
      o->fail("targetRole", shown(p.target_role) + " is an organ at risk; a dose is prescribed to a target");
    }
    o->finish();
  }

  // The phases make up the prescription.
  void read_course(ObjectReader& parent) {
    auto o = parent.object("fractionation");
    if (!o) return;
    const Fractionation f = read_fractionation(*o);
    const Prescription& p = protocol_.prescription;
    if (f.fractions() != p.fractions) {
      o->fail("phases", "make " + std::to_string(f.fractions()) + " fractions; the prescription has " +
                            std::to_string(p.fractions));
    } else if (std::abs(f.total().in_gy() - p.total.in_gy()) > kDoseSumToleranceGy) {
      o->fail("phases", "make " + number_text(f.total().in_gy()) + " Gy; the prescription is " +
                            number_text(p.total.in_gy()) + " Gy");
    }
    protocol_.fractionation = f;
  }

  std::vector<std::string> names(ObjectReader& o, std::string_view member) {
    std::vector<std::string> out = o.strings(member);
    if (out.size() > kNameLimit) {
      o.fail(member, "holds more than " + std::to_string(kNameLimit) + " names");
      out.resize(kNameLimit);
    }
    return out;
  }

  void read_role(ObjectReader& o) {
    Role role;
    role.id = o.string("id", Need::kRequired);
    if (!role.id.empty() && protocol_.find_role(role.id) != nullptr) {
      o.fail("id", "the role " + shown(role.id) + " is declared twice; delete one, or give it another id");
    }
    role.kind = o.enumeration("kind", "KIND_UNSPECIFIED", kRoleKinds, Need::kRequired) == 1 ? RoleKind::kTarget
                                                                                            : RoleKind::kOrganAtRisk;
    const int side = o.enumeration("laterality", "LATERALITY_UNSPECIFIED", kLateralities);
    role.laterality = side == 1 ? Laterality::kLeft : side == 2 ? Laterality::kRight : Laterality::kNone;
    role.aliases = names(o, "aliases");
    if (auto d = o.object("derived")) {
      role.derived = read_derivation(*d);
      if (!role.aliases.empty()) {
        o.fail("aliases",
               "a derived role is computed, not matched; names of a drawn version belong into "
               "derived.drawnAs");
      }
      derived_paths_.emplace_back(protocol_.roles.size(), d->path());
    }
    protocol_.roles.push_back(std::move(role));
  }

  Derivation read_derivation(ObjectReader& o) {
    Derivation derived;
    derived.base = o.string("base", Need::kRequired);
    derived.plus = names(o, "plus");
    derived.within = names(o, "within");
    derived.minus = names(o, "minus");
    derived.drawn_as = names(o, "drawnAs");
    if (derived.parts().size() < 2) {
      o.fail("minus", "a derived role needs at least one role to take away (minus), to add (plus) or to stay within");
    }
    // Without a drawn version there is nothing to tolerate.
    const Need need = derived.drawn_as.empty() ? Need::kOptional : Need::kRequired;
    derived.volume_tolerance =
        PercentOfVolume::percent(o.number("volumeTolerancePercent", kPercent, need).value_or(0.0));
    derived.mean_tolerance = Dose::gy(o.number("meanToleranceGy", kDoseGy, need).value_or(0.0));
    o.finish();
    return derived;
  }

  std::string no_such_role(const std::string& id) const {
    std::vector<std::string> ids;
    for (const Role& role : protocol_.roles) ids.push_back(role.id);
    const std::string near = nearest(id, ids);
    return "no role is called " + shown(id) +
           (near.empty() ? "; the roles are " + listed(ids) : "; did you mean " + shown(near) + "?");
  }

  // Base and minus must be declared, drawn themselves, and all different. After all roles are read: a
  // derived role may stand before its base.
  void check_derivations() {
    for (const auto& derived_path : derived_paths_) {
      const std::size_t index = derived_path.first;
      const std::string& path = derived_path.second;
      const Derivation& derived = *protocol_.roles[index].derived;
      std::set<std::string> seen;
      const auto check = [&](const std::string& id, const std::string& at) {
        if (id.empty()) return;
        const Role* role = protocol_.find_role(id);
        if (role == nullptr) {
          add(at, no_such_role(id));
        } else if (role->derived) {
          add(at, "a derived role is computed from drawn ones; " + shown(id) + " is derived itself");
        } else if (!seen.insert(id).second) {
          add(at, shown(id) + " is named twice");
        }
      };
      check(derived.base, path + ".base");
      const auto check_all = [&](const std::vector<std::string>& group, const char* name) {
        for (std::size_t i = 0; i < group.size(); ++i) {
          check(group[i], path + "." + name + "[" + std::to_string(i) + "]");
        }
      };
      check_all(derived.plus, "plus");
      check_all(derived.within, "within");
      check_all(derived.minus, "minus");
    }
  }

  // nullptr: not declared, and said so.
  const Role* check_role(ObjectReader& o, std::string_view member, const std::string& id) {
    if (id.empty()) return nullptr;
    const Role* role = protocol_.find_role(id);
    if (role == nullptr) o.fail(member, no_such_role(id));
    return role;
  }

  CheckRole role_check() {
    return
        [this](ObjectReader& o, std::string_view member, const std::string& id) { return check_role(o, member, id); };
  }

  void read_rule(ObjectReader& o) {
    Rule rule;
    rule.id = o.string("id", Need::kRequired);
    if (!rule.id.empty() && !rule_ids_.insert(rule.id).second) {
      o.fail("id", "the rule " + shown(rule.id) + " is declared twice; give one of the two another id");
    }
    if (rule.id.rfind(kEngineRulePrefix, 0) == 0) {
      o.fail("id", "begins with " + shown(kEngineRulePrefix) + ", which findings of the engine itself begin with");
    }
    rule.clause = o.string("clause", Need::kRequired);
    rule.text = o.string("text", Need::kRequired);
    rule.reading = o.string("reading");
    rule.source = o.string("source");
    rule.mandatory = o.boolean("mandatory");
    const std::size_t errors_before = out_.errors.size();
    std::size_t kinds = 0;
    for (const KindEntry& kind : rule_kinds()) {
      if (auto k = o.object(kind.member)) {
        ++kinds;
        rule.kind = kind.read(*k, role_check());
      }
    }
    if (kinds != 1) {
      o.fail("", "a rule has exactly one of " + rule_kind_names() + "; this one has " + std::to_string(kinds));
    }
    if (rule.kind != nullptr && rule.kind->needs().fractionation && !protocol_.fractionation) {
      o.fail("", "a rule on the course in time needs the protocol's fractionation, which is missing");
    }
    // What is left out decides nothing only where its author says so.
    if (!o.has("mandatory")) {
      o.fail("mandatory", "is missing; write true for a rule that decides the verdict, false for one that is advisory");
    }
    if (rule.mandatory && kinds == 1 && out_.errors.size() == errors_before) {
      const std::string why_never = rule.kind->why_never_mandatory();
      if (!why_never.empty()) o.fail("mandatory", "is true, but " + why_never);
    }
    protocol_.rules.push_back(std::move(rule));
  }

  ProtocolReading& out_;
  Protocol& protocol_;
  std::vector<std::pair<std::size_t, std::string>> derived_paths_;  // index of the role, path of its "derived"
  std::set<std::string> rule_ids_;
};

}  // namespace

ProtocolReading read_protocol(std::string_view json) {
  ProtocolReading out;
  const Result<JsonValue> value = parse_json(json, kProtocolSizeLimit, "the protocol");
  if (!value) {
    out.errors.push_back(value.error());
    return out;
  }
  out.protocol.json = std::string(json);
  Reader(out).read(*value);
  return out;
}

Result<Protocol> load_protocol(std::string_view json) {
  ProtocolReading reading = read_protocol(json);
  if (!reading.errors.empty()) return reading.errors.front();
  return std::move(reading.protocol);
}

}  // namespace dosegate
