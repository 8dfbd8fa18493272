#include "adapters/dicom_gate/request.h"

#include "adapters/dicom_gate/facts.h"

namespace dosegate::dicom_gate {
namespace {

using gate::ObjectReader;
using gate::ObjectWriter;

}  // namespace

std::string Request::write() const {
  return ObjectWriter()
      .text("schema", "dosegate.gate-request/1")
      .text("action", action == Action::kRelease ? "RELEASE" : "REJECT")
      .text("plan", plan)
      .text("attempt", attempt)
      .text("person", person)
      .text("role", role)
      .text("reason", reason)
      .text("at", gate::to_text(at))
      .texts("waivers", waivers)
      .end();
}

Request Request::read(std::string_view payload) {
  gate::Problems problems;
  const detail::JsonValue document = gate::parse_json(payload);
  ObjectReader reader(document, "", problems);
  Request request;
  reader.word("schema", {"dosegate.gate-request/1"});
  request.action = reader.word("action", {"RELEASE", "REJECT"}) == "RELEASE" ? Action::kRelease : Action::kReject;
  request.plan = reader.text("plan");
  if (!is_uid(request.plan)) reader.complain("plan", "is no UID");
  request.attempt = reader.text("attempt");
  request.person = reader.text("person");
  request.role = reader.text("role");
  request.reason = reader.text("reason");
  request.at = gate::read_instant(reader, "at");
  request.waivers = reader.texts("waivers", 0);
  reader.finish();
  gate::require_none(problems);
  return request;
}

std::string Posted::write() const {
  return ObjectWriter().text("envelope", envelope.write()).texts("waivers", waivers).end() + "\n";
}

Posted Posted::read(std::string_view json) {
  gate::Problems problems;
  const detail::JsonValue document = gate::parse_json(json);
  ObjectReader reader(document, "", problems);
  const std::string envelope = reader.text("envelope");
  std::vector<std::string> waivers = reader.texts("waivers", 0);
  reader.finish();
  gate::require_none(problems);
  return {gate::Envelope::read(envelope), std::move(waivers)};
}

std::string Reply::write() const { return ObjectWriter().boolean("done", is_done).text("text", text).end() + "\n"; }

Reply Reply::read(std::string_view json) {
  gate::Problems problems;
  const detail::JsonValue document = gate::parse_json(json);
  ObjectReader reader(document, "", problems);
  Reply reply;
  reply.is_done = reader.boolean("done");
  reply.text = reader.text("text");
  reader.finish();
  gate::require_none(problems);
  return reply;
}

}  // namespace dosegate::dicom_gate
