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
  Request request;
  gate::read_document(payload, [&](ObjectReader& reader) {
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
  });
  return request;
}

std::string Posted::write() const {
  return ObjectWriter().text("envelope", envelope.write()).texts("waivers", waivers).end() + "\n";
}

Posted Posted::read(std::string_view json) {
  std::string envelope;
  std::vector<std::string> waivers;
  gate::read_document(json, [&](ObjectReader& reader) {
    envelope = reader.text("envelope");
    waivers = reader.texts("waivers", 0);
  });
  return {gate::Envelope::read(envelope), std::move(waivers)};
}

std::string Reply::write() const { return ObjectWriter().boolean("done", is_done).text("text", text).end() + "\n"; }

Reply Reply::read(std::string_view json) {
  Reply reply;
  gate::read_document(json, [&](ObjectReader& reader) {
    reply.is_done = reader.boolean("done");
    reply.text = reader.text("text");
  });
  return reply;
}

}  // namespace dosegate::dicom_gate
