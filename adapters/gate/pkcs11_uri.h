// Names of keys in a token: the PKCS #11 URIs of RFC 7512.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dosegate::gate {

struct Pkcs11Uri {
  std::optional<std::string> token, manufacturer, model, serial;  // of the token
  std::optional<std::string> object, id;                          // of the key: its label, its CKA_ID as bytes
  std::string module;                                             // path of the token's library; empty: not stated
  std::string pin_file;                                           // empty: not stated

  std::string name() const;  // "token gate, key signing": for the user
};

// Refused, without a PIN in its text, where `uri` is none, names no key, or has what is not known here. A PIN in it is
// refused, too: everybody on the machine can read a command line.
Pkcs11Uri parse_pkcs11_uri(std::string_view uri);

}  // namespace dosegate::gate
