// In place of pkcs11_signer.cpp where the header of PKCS #11 is missing.
#include "adapters/gate/key.h"

namespace dosegate::gate {

std::unique_ptr<Signer> open_token_signer(const std::string&) {
  throw Refused(
      "pkcs11: this dosegate-gate was built without PKCS #11. Name a PEM file, or build it where libp11-kit-dev is "
      "installed");
}

}  // namespace dosegate::gate
