#include "adapters/gate/waiver.h"

#include <cmath>

#include "adapters/cli/number.h"

namespace dosegate::gate {
namespace {

std::string write_measured(const Measured& m) {
  return ObjectWriter()
      .text("status", m.status)
      .number_if("value", m.value)
      .number_if("lower", m.lower)
      .number_if("upper", m.upper)
      .text_if("unit", m.unit)
      .text_if("comparator", m.comparator)
      .number_if("limit", m.limit)
      .text("message", m.message)
      .end();
}

Measured read_measured(ObjectReader& reader) {
  Measured m;
  m.status = reader.word("status", {"DEVIATION", "INDETERMINATE"});
  m.value = reader.number_if("value");
  m.lower = reader.number_if("lower");
  m.upper = reader.number_if("upper");
  m.unit = reader.text_if("unit").value_or("");
  m.comparator = reader.has("comparator") ? reader.word("comparator", {"LT", "LE", "GT", "GE"}) : "";
  if (m.comparator.empty()) reader.text_if("comparator");
  m.limit = reader.number_if("limit");
  m.message = reader.text("message");
  return m;
}

std::string with_unit(double value, const Measured& m) { return cli::with_unit(cli::shortest(value), m.unit); }

}  // namespace

Measured measured_of(const v1::Finding& f) {
  Measured m;
  m.status = v1::Finding::Status_Name(f.status());
  if (f.has_value()) m.value = f.value();
  if (f.has_lower()) m.lower = f.lower();
  if (f.has_upper()) m.upper = f.upper();
  if (f.has_limit()) m.limit = f.limit();
  m.unit = f.unit();
  if (f.has_comparator() && f.comparator() != v1::COMPARATOR_UNSPECIFIED) {
    m.comparator = v1::Comparator_Name(f.comparator());
  }
  m.message = f.message();
  return m;
}

std::optional<std::string> why_worse(const Measured& then, const Measured& now) {
  if (then.status != now.status) return "it was " + then.status + " and is " + now.status;
  if (then.unit != now.unit || then.comparator != now.comparator || then.limit != now.limit) {
    return "the limit is not the one that was accepted";
  }
  const bool from_above = now.comparator == "LT" || now.comparator == "LE";
  const bool from_below = now.comparator == "GT" || now.comparator == "GE";
  if (!now.value || !then.value || !now.limit || (!from_above && !from_below)) {
    if (then.value == now.value && then.lower == now.lower && then.upper == now.upper && then.message == now.message) {
      return std::nullopt;
    }
    return "what was found is not what was accepted (\"" + then.message + "\")";
  }
  const double accepted = from_above ? then.upper.value_or(*then.value) : then.lower.value_or(*then.value);
  const double found = from_above ? now.upper.value_or(*now.value) : now.lower.value_or(*now.value);
  const bool is_worse = from_above ? !(found <= accepted) : !(found >= accepted);
  if (!is_worse) return std::nullopt;
  return with_unit(accepted, then) + " was accepted at worst, " + with_unit(found, now) + " is worse";
}

std::string Waiver::write() const {
  ObjectWriter writer;
  writer.text("schema", "dosegate.waiver/1").text("kind", kind == Kind::kWaiver ? "WAIVER" : "ATTESTATION");
  writer.text("person", person).text("role", role).text("reason", reason);
  writer.json("plan", ObjectWriter().text("sopInstanceUid", plan_uid).text("sha256", plan_sha256).end());
  writer.text("issued", to_text(issued)).text("expires", to_text(expires));
  if (kind == Kind::kAttestation) return writer.text("item", item).end();
  writer.text("protocol", protocol).text("protocolVersion", protocol_version).text("rule", rule);
  return writer.json("measured", write_measured(measured)).end();
}

Waiver Waiver::read(std::string_view payload) {
  Waiver w;
  read_document(payload, [&](ObjectReader& reader) {
    reader.word("schema", {"dosegate.waiver/1"});
    w.kind = reader.word("kind", {"WAIVER", "ATTESTATION"}) == "ATTESTATION" ? Kind::kAttestation : Kind::kWaiver;
    w.person = reader.text("person");
    w.role = reader.text("role");
    w.reason = reader.text("reason");
    reader.object("plan", [&](ObjectReader& plan) {
      w.plan_uid = plan.text("sopInstanceUid");
      w.plan_sha256 = plan.digest("sha256");
    });
    w.issued = read_instant(reader, "issued");
    w.expires = read_instant(reader, "expires");
    if (w.kind == Kind::kAttestation) {
      w.item = reader.text("item");
    } else {
      w.protocol = reader.text("protocol");
      w.protocol_version = reader.text("protocolVersion");
      w.rule = reader.text("rule");
      reader.object("measured", [&](ObjectReader& r) { w.measured = read_measured(r); });
    }
  });
  return w;
}

SignedWaiver read_signed_waiver(std::string_view text, std::string source) {
  try {
    Envelope envelope = Envelope::read(text);
    if (envelope.payload_type != kWaiverType) {
      throw Refused("is signed, but is no waiver: its type is " + envelope.payload_type);
    }
    Waiver waiver = Waiver::read(envelope.payload);
    return {std::move(waiver), std::move(envelope), sha256(text), std::move(source)};
  } catch (const Refused& e) {
    throw Refused(source + ": " + e.what());
  }
}

}  // namespace dosegate::gate
