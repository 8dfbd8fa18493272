#include "adapters/gate/dsse.h"

#include "adapters/support/base64.h"

namespace dosegate::gate {

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  std::string text = "DSSEv1 " + std::to_string(payload_type.size()) + " ";
  text += payload_type;
  text += " " + std::to_string(payload.size()) + " ";
  text += payload;
  return text;
}

std::string Envelope::write() const {
  const std::string one = ObjectWriter().text("keyid", key_id).text("sig", support::to_base64(signature)).end();
  return ObjectWriter()
             .text("payloadType", payload_type)
             .text("payload", support::to_base64(payload))
             .list("signatures", {one})
             .end() +
         "\n";
}

Envelope Envelope::read(std::string_view text) {
  Envelope envelope;
  read_document(text, [&](ObjectReader& reader) {
    envelope.payload_type = reader.text("payloadType");
    const auto signed_bytes = support::from_base64(reader.text("payload"));
    if (!signed_bytes) reader.complain("payload", "is no canonical base64");
    envelope.payload = signed_bytes.value_or("");
    std::size_t count = 0;
    reader.each("signatures", 1, [&](ObjectReader& one) {
      ++count;
      envelope.key_id = one.text("keyid");
      const auto signed_as = support::from_base64(one.text("sig"));
      if (!signed_as) one.complain("sig", "is no canonical base64");
      envelope.signature = signed_as.value_or("");
    });
    if (count > 1) reader.complain("signatures", "has more than one signature");
  });
  if (envelope.write() != text) throw Refused("was written anew since it was signed: its bytes are not as they were");
  return envelope;
}

Envelope sign(std::string_view payload_type, std::string payload, Signer& signer) {
  Envelope envelope{std::string(payload_type), std::move(payload), signer.public_key().id(), {}};
  envelope.signature = signer.sign(pre_authentication_encoding(payload_type, envelope.payload));
  return envelope;
}

const PublicKey* signer_of(const Envelope& envelope, std::string_view payload_type, std::span<const PublicKey> keys) {
  if (envelope.payload_type != payload_type) return nullptr;
  const std::string message = pre_authentication_encoding(envelope.payload_type, envelope.payload);
  for (const PublicKey& key : keys) {
    if (key.id() == envelope.key_id && key.verifies(message, envelope.signature)) return &key;
  }
  return nullptr;
}

}  // namespace dosegate::gate
