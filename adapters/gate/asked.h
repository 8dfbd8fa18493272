// The evidence of who asks without the case itself: reports, and the digests of the files as they are now. A report is
// then believed by the ledger alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/gate/evidence.h"
#include "dosegate/dosegate.hpp"

namespace dosegate::gate {

// What the engine is, and the protocols that a policy names, as they are checked by it.
struct Known {
  struct KnownProtocol {
    std::string version, sha256;
    bool is_builtin = false;
  };
  EngineRef engine;
  std::map<std::string, KnownProtocol> protocols;  // by id
};
// Throws Refused and cli::Problem where a protocol is neither built in nor one of `files`.
Known known_by(const Library& library, const Policy& policy, const std::vector<std::string>& files);

struct Asked {
  std::vector<std::string> reports, waivers;  // documents
  std::vector<InputRef> inputs;
};
// All but the times. Refused, with what of the request is at fault. More reports than the policy names protocols, and
// more waivers than kMostAskedWaivers, are refused unread.
Gathered gather_asked(const Asked& asked, const Known& known, const Policy& policy);
inline constexpr std::size_t kMostAskedWaivers = 256;

}  // namespace dosegate::gate
