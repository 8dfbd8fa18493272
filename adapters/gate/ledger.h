// The ledger: rows that are chained by hash, so that none can be altered, removed, put in or moved without a trace.
//
// The hash of a row is the SHA-256 of "dosegate.ledger.row/1", its sequence number, time, kind, body, mentions and the
// hash of the row before, each with its length in front. The first row names the ledger by 128 random bits. After each
// transaction the end of the chain is signed, where there is a key: {"schema": "dosegate.ledger-head/1", "ledger",
// "sequence", "hash", "at"} in a DSSE envelope. That the end was cut off shows nothing inside the ledger itself: it
// takes a witness, a head or a decision that is kept elsewhere.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/gate/dsse.h"
#include "adapters/gate/instant.h"
#include "adapters/gate/ledger_store.h"
#include "adapters/gate/witness.h"

namespace dosegate::gate {

struct NewRow {
  std::string kind, body;
  std::vector<Mention> mentions;
};

std::string hash_of(const Row& row);  // of all but `hash`

// What a head's payload says.
struct HeadText {
  std::string ledger, hash, at;
  std::int64_t sequence = 0;
};
HeadText read_head(std::string_view payload);  // Refused, with where

// 128 random bits in hex: a name that nothing else has. Throws Refused where the system gives no random numbers.
std::string new_id();

// Asked once the ledger is held: what another process wrote meanwhile is then not from the future.
using Clock = std::function<Instant()>;

class Ledger {
 public:
  // Makes its first row where there is none. `signer` may be nullptr and must outlive the ledger. `witness`: a file
  // that the ledger has to agree with (newest_witness()); empty: none.
  Ledger(std::unique_ptr<LedgerStore> store, Signer* signer, const Clock& clock, std::string witness = {});

  const std::string& id() const { return id_; }

  // The state under which `make` decides what is added; nobody else adds anything meanwhile. What is added moves it on.
  struct Moment {
    Instant now;                                             // what the clock says
    Instant last;                                            // of the last row
    std::int64_t next = 0;                                   // the sequence number of the next row to be added
    std::string previous;                                    // the hash of the row before it
    std::function<std::optional<Row>(const Mention&)> find;  // the last row with that mention
    std::function<std::string(const NewRow&)> add;           // the row's hash
  };
  // Adds what `make` adds, all of it or nothing, and answers once it is durable: the signed head, empty without a key.
  // The rows' time is the clock's, or that of the last row where the clock is behind. Throws what `make` throws, with
  // nothing added, and StoreFailed: whether the rows are there is then not known. A ledger that is signed is so to its
  // end: StoreCorrupt where the last row is under no head, because the next one would vouch for what somebody else put
  // there; StoreFailed without a key. (Another gate's key is not known here; audit() is given those that count.)
  // StoreCorrupt, too, where the witness file tells of a row that the ledger lacks.
  std::string append(const Clock& clock, const std::function<void(const Moment&)>& make);

 private:
  std::unique_ptr<LedgerStore> store_;
  Signer* signer_;
  std::string witness_, id_;
};

// The ledger of that name, as open_store() and Ledger() take them. Made where there is none, unless the witness file
// tells of one: StoreMissing then.
Ledger open_ledger(const std::string& name, const std::string& witness, Signer* signer, const Clock& clock);

struct Audit {
  std::string ledger;
  std::int64_t rows = 0, signed_rows = 0;  // up to the last head
  std::vector<std::string> problems;       // empty: all is as it was written; at most kMostProblems
};
inline constexpr std::size_t kMostProblems = 100;

// Reads the whole ledger. With `keys`, every head has to be signed by one of them and the last row to be under a head.
// Throws StoreFailed and StoreCorrupt.
Audit audit(LedgerStore& store, std::span<const PublicKey> keys, const Revocations& revocations,
            std::span<const Witness> witnesses);

}  // namespace dosegate::gate
