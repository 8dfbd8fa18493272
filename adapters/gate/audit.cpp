#include <algorithm>
#include <map>

#include "adapters/gate/ledger.h"
#include "adapters/gate/statement.h"

namespace dosegate::gate {
namespace {

std::string row_text(std::int64_t sequence) { return "row " + std::to_string(sequence); }

// What of a row is looked at again once all rows were read.
struct Seen {
  std::string hash, previous;
  std::string body_sha256;
};

class Auditor {
 public:
  Auditor(LedgerStore& store, std::span<const PublicKey> keys, const Revocations& revocations)
      : store_(store), keys_(keys), revocations_(revocations) {}

  Audit run(std::span<const Witness> witnesses) {
    for (const Witness& witness : witnesses) wanted_[witness.sequence] = {};
    read_heads();
    store_.each_row([&](const Row& row) { look_at(row); });
    if (result_.rows == 0) problem("the ledger has no rows");
    for (const auto& [sequence, head] : heads_) {
      if (sequence > last_)
        problem("a signed head tells of " + row_text(sequence) + ", which is not there: rows were cut off");
    }
    if (!keys_.empty() && result_.signed_rows < result_.rows && result_.rows > 0) {
      problem("the rows after " + row_text(result_.signed_rows) + " are under no signed head");
    }
    for (const Witness& witness : witnesses) compare(witness);
    return std::move(result_);
  }

 private:
  void problem(std::string text) {
    if (result_.problems.size() < kMostProblems) result_.problems.push_back(std::move(text));
  }

  void read_heads() {
    store_.each_head([&](const Head& head) {
      try {
        const Envelope envelope = Envelope::read(head.envelope);
        HeadText text = read_head(envelope.payload);
        if (!keys_.empty() && signer_of(envelope, kHeadType, keys_) == nullptr) {
          problem("the head of " + row_text(head.sequence) + " is not signed by a key that is given (it names " +
                  envelope.key_id + ")");
        } else if (const std::string* reason = revocations_.reason(envelope.key_id)) {
          problem("the head of " + row_text(head.sequence) + " is signed by a key that was revoked: " + *reason);
        } else if (text.sequence != head.sequence) {
          problem("the head of " + row_text(head.sequence) + " is that of " + row_text(text.sequence));
        } else {
          heads_[head.sequence] = std::move(text);
        }
      } catch (const Refused& e) {
        problem("the head of " + row_text(head.sequence) + " cannot be read: " + e.what());
      }
    });
  }

  void look_at(const Row& row) {
    const std::int64_t expected = last_ + 1;
    if (row.sequence != expected) {
      problem(row.sequence > expected + 1
                  ? "rows " + std::to_string(expected) + " to " + std::to_string(row.sequence - 1) + " are missing"
                  : row_text(expected) + " is missing");
    } else if (row.sequence == 1) {
      look_at_first(row);
    } else if (row.previous != previous_) {
      problem(row_text(row.sequence) + " does not follow the row before it");
    }
    if (row.hash != hash_of(row)) problem(row_text(row.sequence) + " was altered");
    if (row.at < at_) problem(row_text(row.sequence) + " is older than the row before it");
    if (const auto head = heads_.find(row.sequence); head != heads_.end()) {
      if (head->second.hash != row.hash) problem(row_text(row.sequence) + " is not the one that was signed");
      if (head->second.ledger != result_.ledger)
        problem("the head of " + row_text(row.sequence) + " is another ledger's");
      if (head->second.at != row.at) problem("the head of " + row_text(row.sequence) + " is of another time");
      result_.signed_rows = row.sequence;
    }
    if (const auto wanted = wanted_.find(row.sequence); wanted != wanted_.end()) {
      wanted->second = {row.hash, row.previous, sha256(row.body)};
    }
    last_ = row.sequence;
    previous_ = row.hash;
    at_ = row.at;
    ++result_.rows;
  }

  void look_at_first(const Row& row) {
    if (row.kind != "LEDGER" || row.previous != std::string(64, '0')) problem("row 1 is no beginning of a ledger");
    try {
      const detail::JsonValue document = parse_json(row.body);
      Problems problems;
      ObjectReader reader(document, "", problems);
      reader.word("schema", {"dosegate.ledger/1"});
      result_.ledger = reader.text("id");
      require_none(problems);
    } catch (const Refused& e) {
      problem(std::string("row 1 does not name the ledger: ") + e.what());
    }
  }

  void compare(const Witness& witness) {
    const Seen& seen = wanted_[witness.sequence];
    const std::string begin = witness.source + ": tells of " + row_text(witness.sequence) + ", which ";
    if (witness.ledger != result_.ledger) {
      problem(witness.source + ": is of another ledger, " + witness.ledger);
    } else if (seen.hash.empty()) {
      problem(begin + "is not there: rows were cut off");
    } else if (!witness.tells_of(seen.hash, seen.previous, seen.body_sha256)) {
      problem(begin + "is another one here: the ledger was written anew");
    }
  }

  LedgerStore& store_;
  std::span<const PublicKey> keys_;
  const Revocations& revocations_;
  Audit result_;
  std::map<std::int64_t, HeadText> heads_;
  std::map<std::int64_t, Seen> wanted_;
  std::int64_t last_ = 0;
  std::string previous_, at_;
};

}  // namespace

Audit audit(LedgerStore& store, std::span<const PublicKey> keys, const Revocations& revocations,
            std::span<const Witness> witnesses) {
  store.begin_reading();
  struct End {
    LedgerStore& store;
    ~End() { store.rollback(); }
  } end{store};
  return Auditor(store, keys, revocations).run(witnesses);
}

}  // namespace dosegate::gate
