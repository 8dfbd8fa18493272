#include "adapters/gate/verify.h"

namespace dosegate::gate {

namespace {

Envelope envelope_in(std::string_view text) {
  try {
    return Envelope::read(text);
  } catch (const Refused& e) {
    throw NotGenuine(std::string("it is no signed envelope as it was issued: ") + e.what());
  }
}

}  // namespace

Verified verify_decision(std::string_view text, std::span<const PublicKey> keys, const Revocations& revocations) {
  const Envelope envelope = envelope_in(text);
  if (const std::string* reason = revocations.reason(envelope.key_id)) {
    throw NotGenuine("it is signed by the key " + envelope.key_id + ", which was revoked: " + *reason);
  }
  const PublicKey* key = signer_of(envelope, kInTotoType, keys);
  if (key == nullptr) {
    if (envelope.payload_type != kInTotoType)
      throw NotGenuine("it is no decision, but of the type " + envelope.payload_type);
    throw NotGenuine("it is not signed by a key that is given (it names " + envelope.key_id + ")");
  }
  try {
    return {read_statement(envelope.payload), key->id()};
  } catch (const Refused& e) {
    throw NotGenuine(std::string("it is signed, but is no decision: ") + e.what());
  }
}

}  // namespace dosegate::gate
