// Signed envelopes: DSSE (Dead Simple Signing Envelope, protocol 1.0.2 of secure-systems-lab/dsse), with one Ed25519
// signature.
//
// Of the JSON forms that DSSE lets a verifier take, this one takes the one that write() makes, byte for byte: whatever
// was changed in a file, be it a space, is seen.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/gate/key.h"

namespace dosegate::gate {

inline constexpr std::string_view kInTotoType = "application/vnd.in-toto+json";
inline constexpr std::string_view kWaiverType = "application/vnd.dosegate.waiver+json";
inline constexpr std::string_view kHeadType = "application/vnd.dosegate.ledger-head+json";

// What is signed: "DSSEv1 29 http://example.com/HelloWorld 11 hello world".
std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);

struct Envelope {
  std::string payload_type, payload, key_id, signature;

  // {"payloadType": ..., "payload": base64, "signatures": [{"keyid": ..., "sig": base64}]} and a line feed.
  std::string write() const;
  // Refused where `text` is no envelope, or not as write() would have it.
  static Envelope read(std::string_view text);
};

Envelope sign(std::string_view payload_type, std::string payload, Signer& signer);

// The one of `keys` that the envelope names and that signed it; nullptr: none did, or it is of another type.
const PublicKey* signer_of(const Envelope& envelope, std::string_view payload_type, std::span<const PublicKey> keys);

}  // namespace dosegate::gate
