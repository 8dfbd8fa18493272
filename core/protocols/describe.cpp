#include "core/protocols/describe.h"

#include "core/json/writer.h"

namespace dosegate {

std::string describe_json(const Protocol& protocol) {
  JsonWriter json;
  json.begin_object();
  json.key("rules");
  json.begin_array();
  for (const Rule& rule : protocol.rules) {
    const Requirement wanted = rule.kind->requirement(protocol);
    json.begin_object();
    json.field("ruleId", rule.id);
    json.field_if_set("structure", wanted.structure);
    json.field_if_set("requirement", wanted.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace dosegate
