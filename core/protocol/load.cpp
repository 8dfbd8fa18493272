#include <algorithm>
#include <cmath>
#include <set>

#include "core/json/reader.h"
#include "core/protocol/protocol.h"
#include "core/protocol/read.h"

namespace dosegate {
namespace {

constexpr std::size_t kMaxBytes = 4u << 20;
constexpr const char* kSchema = "dosegate.v1.Protocol";
constexpr Range kDoseGy{0.0, 1000.0};
constexpr Range kPercent{0.0, 100.0};
constexpr Range kLimit{0.0, 1e6};

const std::vector<EnumName> kRoleKinds = {{"TARGET", 1}, {"ORGAN_AT_RISK", 2}};
const std::vector<EnumName> kLateralities = {{"LEFT", 1}, {"RIGHT", 2}};
const std::vector<EnumName> kComparators = {{"LT", 1}, {"LE", 2}, {"GT", 3}, {"GE", 4}};
const std::vector<EnumName> kQuantities = {{"TOTAL_DOSE", 1}, {"FRACTIONS", 2}, {"DOSE_PER_FRACTION", 3}};

class Reader {
 public:
  explicit Reader(ProtocolReading& out) : out_(out), protocol_(out.protocol) {}

  void read(const JsonValue& value) {
    ObjectReader o(value, "$", out_.errors);
    const std::string schema = o.string("schema", Need::kRequired);
    if (!schema.empty() && schema != kSchema) {
      o.fail("schema", "The schema is " + shown(schema) + "; this version reads \"" + kSchema + "\".");
    }
    protocol_.id = o.string("id", Need::kRequired);
    protocol_.version = o.string("version", Need::kRequired);
    protocol_.title = o.string("title");
    protocol_.source = o.string("source");
    read_prescription(o);
    o.each_object("roles", [&](ObjectReader& role) { read_role(role); });
    if (protocol_.roles.empty()) o.fail("roles", "A protocol needs at least one role.");
    check_roles(o);
    o.each_object("rules", [&](ObjectReader& rule) { read_rule(rule); });
    if (protocol_.rules.empty()) o.fail("rules", "A protocol needs at least one rule.");
    o.finish();
  }

 private:
  void read_prescription(ObjectReader& parent) {
    auto o = parent.object("prescription", Need::kRequired);
    if (!o) return;
    Prescription& p = protocol_.prescription;
    p.total = Dose::gy(o->number("totalDoseGy", kDoseGy, Need::kRequired).value_or(0.0));
    p.fractions = o->integer("fractions", 1, Need::kRequired).value_or(0);
    p.per_fraction = Dose::gy(o->number("dosePerFractionGy", kDoseGy, Need::kRequired).value_or(0.0));
    p.target_role = o->string("targetRole", Need::kRequired);
    if (p.total.in_gy() <= 0.0) o->fail("totalDoseGy", "The prescribed dose must be over 0 Gy.");
    if (p.fractions > 0 && std::abs(p.fractions * p.per_fraction.in_gy() - p.total.in_gy()) > 0.01) {
      o->fail("dosePerFractionGy", "Fractions times dose a fraction is not the total dose.");
    }
    o->finish();
  }

  void read_role(ObjectReader& o) {
    Role role;
    role.id = o.string("id", Need::kRequired);
    role.kind = o.enumeration("kind", "KIND_UNSPECIFIED", kRoleKinds, Need::kRequired) == 1 ? RoleKind::kTarget
                                                                                            : RoleKind::kOrganAtRisk;
    const int side = o.enumeration("laterality", "LATERALITY_UNSPECIFIED", kLateralities);
    role.laterality = side == 1 ? Laterality::kLeft : side == 2 ? Laterality::kRight : Laterality::kNone;
    role.aliases = o.strings("aliases");
    if (auto d = o.object("derived")) {
      Derivation derived;
      derived.base = d->string("base", Need::kRequired);
      derived.minus = d->strings("minus");
      derived.drawn_as = d->strings("drawnAs");
      derived.volume_tolerance =
          PercentOfVolume::percent(d->number("volumeTolerancePercent", kPercent).value_or(2.0));
      derived.mean_tolerance = Dose::gy(d->number("meanToleranceGy", kDoseGy).value_or(0.5));
      if (derived.minus.empty()) d->fail("minus", "A derived role needs at least one role to leave out.");
      d->finish();
      role.derived = std::move(derived);
    }
    if (protocol_.find_role(role.id) != nullptr) o.fail("id", "The role " + shown(role.id) + " is declared twice.");
    protocol_.roles.push_back(std::move(role));
  }

  // The role must be declared, and drawn where `drawn` asks for it: a derived role may not rest on another.
  void check_role(ObjectReader& o, std::string_view member, const std::string& id, bool drawn = false) {
    if (id.empty()) return;
    const Role* role = protocol_.find_role(id);
    if (role == nullptr) {
      std::vector<std::string> ids;
      for (const auto& r : protocol_.roles) ids.push_back(r.id);
      const std::string near = nearest(id, ids);
      o.fail(member, "No role is called " + shown(id) + "." + (near.empty() ? "" : " Did you mean " + shown(near) + "?"));
    } else if (drawn && role->derived) {
      o.fail(member, "A derived role is computed from drawn ones; " + shown(id) + " is derived itself.");
    }
  }

  void check_roles(ObjectReader& o) {
    check_role(o, "prescription", protocol_.prescription.target_role);
    for (const auto& role : protocol_.roles) {
      if (!role.derived) continue;
      check_role(o, "roles", role.derived->base, true);
      for (const auto& minus : role.derived->minus) check_role(o, "roles", minus, true);
    }
  }

  std::string structure(ObjectReader& o) {
    std::string id = o.string("structure", Need::kRequired);
    check_role(o, "structure", id);
    return id;
  }

  void read_rule(ObjectReader& o) {
    Rule rule;
    rule.id = o.string("id", Need::kRequired);
    rule.clause = o.string("clause", Need::kRequired);
    rule.text = o.string("text");
    rule.reading = o.string("reading");
    rule.source = o.string("source");
    rule.mandatory = o.boolean("mandatory");
    for (const auto& other : protocol_.rules) {
      if (other.id == rule.id) o.fail("id", "The rule " + shown(rule.id) + " stands here twice.");
    }
    int kinds = 0;
    if (auto k = o.object("doseMetric")) ++kinds, rule.kind = read_dose_metric(*k), k->finish();
    if (auto k = o.object("prescription")) {
      ++kinds;
      const int q = k->enumeration("quantity", "QUANTITY_UNSPECIFIED", kQuantities, Need::kRequired);
      using Quantity = PrescriptionRule::Quantity;
      rule.kind = PrescriptionRule{q == 2 ? Quantity::kFractions : q == 3 ? Quantity::kDosePerFraction : Quantity::kTotalDose};
      k->finish();
    }
    if (auto k = o.object("structure")) ++kinds, rule.kind = StructureRule{structure(*k)}, k->finish();
    if (auto k = o.object("derivedCheck")) {
      ++kinds;
      DerivedCheckRule check{structure(*k)};
      const Role* role = protocol_.find_role(check.structure);
      if (role != nullptr && !role->derived) k->fail("structure", shown(check.structure) + " is not a derived role.");
      rule.kind = std::move(check);
      k->finish();
    }
    if (kinds != 1) {
      o.fail("", "A rule has exactly one of doseMetric, prescription, structure, derivedCheck; this one has " +
                     std::to_string(kinds) + ".");
    }
    protocol_.rules.push_back(std::move(rule));
  }

  DoseMetricRule read_dose_metric(ObjectReader& o) {
    DoseMetricRule rule;
    rule.structure = structure(o);
    const std::string text = o.string("metric", Need::kRequired);
    if (!text.empty()) {
      if (const Result<Metric> metric = parse_metric(text)) {
        rule.metric = *metric;
      } else {
        o.fail("metric", metric.error().message);
      }
    }
    rule.strictly_above = o.boolean("strictlyAbove");
    if (rule.strictly_above && rule.metric.kind != MetricKind::kV) {
      o.fail("strictlyAbove", "Only a V metric can count dose strictly above a level.");
    }
    const int comparator = o.enumeration("comparator", "COMPARATOR_UNSPECIFIED", kComparators);
    const std::optional<double> limit = o.number("limit", kLimit);
    const double near = o.number("warningWithin", kLimit).value_or(0.0);
    if ((comparator != 0) != limit.has_value()) {
      o.fail(limit ? "comparator" : "limit", "comparator and limit go together: give both, or neither to report only.");
    }
    if (comparator != 0 && limit) {
      rule.limit = Limit{static_cast<Comparator>(comparator - 1), *limit, near};
      if (rule.metric.unit == MetricUnit::kPercentOfVolume && *limit > 100.0) {
        o.fail("limit", "A limit in % of a structure's volume cannot be over 100.");
      }
    } else if (near > 0.0) {
      o.fail("warningWithin", "There is no limit to be near to.");
    }
    return rule;
  }

  ProtocolReading& out_;
  Protocol& protocol_;
};

}  // namespace

std::string_view symbol(Comparator c) {
  switch (c) {
    case Comparator::kLess: return "<";
    case Comparator::kLessOrEqual: return "<=";
    case Comparator::kGreater: return ">";
    case Comparator::kGreaterOrEqual: return ">=";
  }
  return "?";
}

const Role* Protocol::find_role(std::string_view role_id) const {
  const auto found = std::find_if(roles.begin(), roles.end(), [&](const Role& r) { return r.id == role_id; });
  return found == roles.end() ? nullptr : &*found;
}

ProtocolReading read_protocol(std::string_view json) {
  ProtocolReading out;
  const Result<JsonValue> value = parse_json(json, kMaxBytes, "the protocol");
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
