// Issuing a decision: decided inside the ledger's transaction, recorded, signed, and answered only once it is durable.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/gate/evidence.h"
#include "adapters/gate/key.h"
#include "adapters/gate/policy.h"
#include "adapters/gate/statement.h"

namespace dosegate::gate {

struct Issued {
  Decision decision;
  std::string document;  // the envelope; without a key the bare statement
  std::optional<LedgerPlace> place;
};

// Where the decision goes.
struct Destination {
  std::string ledger;  // name of a store; empty: none
  std::string
      witness;  // file to which the signed head is appended, and which the ledger has to agree with; empty: none
  Signer* signer = nullptr;  // nullptr: not signed
  std::string subject;       // the patient's pseudonym; empty: none
  std::string request = {};  // what asks for the decision, a name that is used once; empty: it has none
};

// The decision that the ledger has under that request, durable; nothing: none. Throws StoreFailed, also where there is
// no such ledger, and StoreCorrupt.
std::optional<std::string> recorded(const std::string& ledger, const std::string& request);

// The parts of issue(), for who records several decisions at once (registrar.h). The decision as rows of the ledger of
// that id; throws what the store throws.
Issued issue_in(const Ledger::Moment& moment, const std::string& ledger, const Policy& policy, Gathered& gathered,
                const Destination& to);
// Held for what no policy is asked about; a decision that could not be recorded is no decision.
Issued held_by_ledger(const std::string& why, const Policy& policy, const Gathered& gathered, const Destination& to);
Issued held_by_witness(Issued issued, const std::string& why, const Policy& policy, const Gathered& gathered,
                       const Destination& to);

// The time of the decision is the clock's while the ledger is held. What keeps the ledger or the witness from being
// written holds the plan, with the reason; the decision is then not recorded, or recorded and not answered. Where the
// ledger has a decision under the same request, that one is the answer, whatever would be decided now, and no row is
// added; its reasons are in its document alone.
Issued issue(const Policy& policy, Gathered& gathered, const Destination& to, const Clock& clock);

}  // namespace dosegate::gate
