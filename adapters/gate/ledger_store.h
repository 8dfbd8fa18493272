// Where a ledger's rows lie. A store keeps and orders rows; it knows nothing of hashes and signatures, so that a second
// kind of database is this interface once more and the chain (ledger.h) stays one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/gate/document.h"

namespace dosegate::gate {

// Under what a row is found again: PLAN, SUBJECT, RULE, PERSON, PROTOCOL, REPORT, WAIVER, REQUEST.
struct Mention {
  std::string kind, value;
  auto operator<=>(const Mention&) const = default;
};

struct Row {
  std::int64_t sequence = 0;
  std::string at;                 // an instant
  std::string kind;               // LEDGER, CHECK, WAIVER, DECISION; of the DICOM node HOLD, RELEASE, REJECTION
  std::string body;               // JSON
  std::string previous, hash;     // SHA-256
  std::vector<Mention> mentions;  // sorted, each once
};

// A signed envelope that says: this row was there.
struct Head {
  std::int64_t sequence = 0;
  std::string envelope;
};

// A ledger that cannot be read or written now: locked, full, read-only, lost.
struct StoreFailed : Refused {
  using Refused::Refused;
};
// There is none of that name.
struct StoreMissing : StoreFailed {
  using StoreFailed::StoreFailed;
};
// A ledger whose file is no such thing, or no longer.
struct StoreCorrupt : Refused {
  using Refused::Refused;
};

class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  // From begin() to commit() nobody else adds rows; StoreFailed from it where the ledger is no longer what its name was
  // opened as. commit() returns when the rows are durable, and all that were found
  // since begin(); a StoreFailed from it may leave those that were added there or not. rollback() never throws.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;

  virtual std::optional<Row> last() = 0;
  virtual std::optional<Row> row(std::int64_t sequence) = 0;
  virtual std::optional<Head> last_head() = 0;
  virtual void insert(const Row& row) = 0;
  virtual void insert(const Head& head) = 0;

  // In the order of sequence. All that the calls see is of one moment, where they are made between begin_reading() and
  // rollback().
  virtual void begin_reading() = 0;
  virtual void each_row(const std::function<void(const Row&)>& f) = 0;
  virtual void each_head(const std::function<void(const Head&)>& f) = 0;
  virtual void each_row(const Mention& mention, const std::function<void(const Row&)>& f) = 0;
};

enum class OpenAs { kReader, kWriter, kWriterMaking };

// How long to wait for another process that holds the ledger.
inline constexpr std::chrono::milliseconds kPatience{10'000};

// `name`: a file of SQLite, or postgresql://... (libpq's connection string). StoreFailed or StoreCorrupt where it
// cannot be opened; with kWriterMaking it is made where there is none. What is secret of a connection string is in no
// text that is thrown.
std::unique_ptr<LedgerStore> open_store(const std::string& name, OpenAs as,
                                        std::chrono::milliseconds patience = kPatience);

}  // namespace dosegate::gate
