// Whether a decision is genuine: signed by a key that is believed, and a decision at all.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/gate/dsse.h"
#include "adapters/gate/statement.h"

namespace dosegate::gate {

struct Verified {
  Statement statement;
  std::string key_id;
};

// Why a decision is not believed; `what()` is one sentence.
struct NotGenuine : Refused {
  using Refused::Refused;
};

// Throws NotGenuine, and nothing else, where it is not.
Verified verify_decision(std::string_view text, std::span<const PublicKey> keys, const Revocations& revocations);

}  // namespace dosegate::gate
