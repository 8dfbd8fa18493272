#include "core/json/writer.h"
#include "core/protocols/diff.h"

namespace dosegate {
namespace {

using Change = ProtocolChange;

std::string_view enumerator(Change::What what) {
  switch (what) {
    case Change::What::kAdded:
      return "ADDED";
    case Change::What::kRemoved:
      return "REMOVED";
    case Change::What::kChanged:
      return "CHANGED";
  }
  return "WHAT_UNSPECIFIED";
}

std::string_view enumerator(Change::Part part) {
  switch (part) {
    case Change::Part::kProtocol:
      return "PROTOCOL";
    case Change::Part::kPrescription:
      return "PRESCRIPTION";
    case Change::Part::kRole:
      return "ROLE";
    case Change::Part::kRule:
      return "RULE";
  }
  return "PART_UNSPECIFIED";
}

std::string_view enumerator(Change::Effect effect) {
  switch (effect) {
    case Change::Effect::kStricter:
      return "STRICTER";
    case Change::Effect::kLooser:
      return "LOOSER";
    case Change::Effect::kDepends:
      return "DEPENDS";
    case Change::Effect::kNone:
      return "NONE";
  }
  return "EFFECT_UNSPECIFIED";
}

}  // namespace

std::string to_json(const ProtocolDiff& diff) {
  JsonWriter json;
  json.begin_object();
  json.field("beforeId", diff.before_id);
  json.field("beforeVersion", diff.before_version);
  json.field("afterId", diff.after_id);
  json.field("afterVersion", diff.after_version);
  json.key("changes");
  json.begin_array();
  for (const ProtocolChange& c : diff.changes) {
    json.begin_object();
    json.field("what", enumerator(c.what));
    json.field("part", enumerator(c.part));
    json.field_if_set("id", c.id);
    json.field_if_set("member", c.member);
    json.field_if_set("before", c.before);
    json.field_if_set("after", c.after);
    json.field("effect", enumerator(c.effect));
    json.field("text", c.text);
    json.end_object();
  }
  json.end_array();
  json.key("notes");
  json.begin_array();
  for (const std::string& note : diff.notes) json.string(note);
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace dosegate
