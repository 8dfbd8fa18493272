#include "adapters/gate/ledger.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace dosegate::gate {
namespace {

const std::string kNone(64, '0');  // what stands for the hash before the first row

void add(std::string& text, std::string_view part) {
  text += std::to_string(part.size()) + ":";
  text += part;
}

std::string write_head(const std::string& ledger, const Row& row) {
  return ObjectWriter()
      .text("schema", "dosegate.ledger-head/1")
      .text("ledger", ledger)
      .whole("sequence", row.sequence)
      .text("hash", row.hash)
      .text("at", row.at)
      .end();
}

// That a gate has written the last row.
void require_ours(LedgerStore& store, const std::string& ledger, const Row& last, const Signer* signer) {
  const std::optional<Head> newest = store.last_head();
  if (!newest) return;  // no row was signed so far
  if (signer == nullptr) throw StoreFailed("the ledger is signed, and no key is given. Name one: --key FILE");
  try {
    const Envelope envelope = Envelope::read(newest->envelope);
    const HeadText head = read_head(envelope.payload);
    const PublicKey& own = signer->public_key();
    const bool is_signed = envelope.payload_type == kHeadType &&
                           (envelope.key_id != own.id() || signer_of(envelope, kHeadType, {&own, 1}) != nullptr);
    if (is_signed && newest->sequence == last.sequence && head.sequence == last.sequence && head.hash == last.hash &&
        head.ledger == ledger && last.hash == hash_of(last)) {
      return;
    }
  } catch (const Refused&) {  // a head that cannot be read is none
  }
  throw StoreCorrupt("row " + std::to_string(last.sequence) +
                     " of the ledger is under no signed head: no gate has written it so. Keep the ledger for those who "
                     "look into it (dosegate ledger verify), and restore a copy");
}

Instant time_of(const Row& row) {
  const auto instant = parse_instant(row.at);
  if (!instant) throw StoreCorrupt("row " + std::to_string(row.sequence) + " of the ledger has no time");
  return *instant;
}

std::string id_in(const Row& first) {
  Problems problems;
  const detail::JsonValue document = parse_json(first.body);
  ObjectReader reader(document, "", problems);
  reader.word("schema", {"dosegate.ledger/1"});
  std::string id = reader.text("id");
  require_none(problems);
  return id;
}

// Ends a transaction that is not committed.
class Transaction {
 public:
  explicit Transaction(LedgerStore& store) : store_(store) { store_.begin(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!done_) store_.rollback();
  }
  void commit() {
    store_.commit();
    done_ = true;
  }

 private:
  LedgerStore& store_;
  bool done_ = false;
};

Row chained(const NewRow& made, const std::optional<Row>& last, Instant now) {
  Row row;
  row.sequence = last ? last->sequence + 1 : 1;
  row.at = to_text(last ? std::max(now, time_of(*last)) : now);
  row.kind = made.kind;
  row.body = made.body;
  row.previous = last ? last->hash : kNone;
  row.mentions = made.mentions;
  std::sort(row.mentions.begin(), row.mentions.end());
  row.mentions.erase(std::unique(row.mentions.begin(), row.mentions.end()), row.mentions.end());
  row.hash = hash_of(row);
  return row;
}

// That the ledger has the row that a witness tells of: else it is another, or an older copy that was put back.
void require_known(LedgerStore& store, const std::string& ledger, const std::optional<Witness>& witness) {
  if (!witness) return;
  const std::string begin = witness->source + ": the witness tells of row " + std::to_string(witness->sequence) +
                            " of ledger " + witness->ledger;
  const std::string mend =
      ". Restore the ledger that it tells of; where this one is meant, keep the witness for those who look into it, "
      "and "
      "name a new file as witness";
  if (witness->ledger != ledger) {
    throw StoreCorrupt(begin + ", and this is " + (ledger.empty() ? "an empty one" : "ledger " + ledger) + mend);
  }
  const std::optional<Row> row = store.row(witness->sequence);
  if (!row) throw StoreCorrupt(begin + ", which it lacks: its end was cut off, or an older copy was put back" + mend);
  if (!witness->tells_of(row->hash, row->previous, sha256(row->body))) {
    throw StoreCorrupt(begin + ", which has another row there: it went on from an older copy" + mend);
  }
}

// The first row, as it is found or made.
std::string id_of(LedgerStore& store) {
  std::string id;
  store.each_row(Mention{"LEDGER", "first"}, [&](const Row& row) { id = id_in(row); });
  if (id.empty()) throw StoreCorrupt("the ledger has lost its first row");
  return id;
}

}  // namespace

std::string new_id() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw Refused("the system gives no random numbers");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char b : bytes) {
    text += kDigits[b >> 4U];
    text += kDigits[b & 15U];
  }
  return text;
}

HeadText read_head(std::string_view payload) {
  HeadText head;
  read_document(payload, [&](ObjectReader& reader) {
    reader.word("schema", {"dosegate.ledger-head/1"});
    head.ledger = reader.text("ledger");
    head.sequence = reader.whole("sequence", 1, INT64_MAX);
    head.hash = reader.digest("hash");
    head.at = reader.text("at");
  });
  return head;
}

std::string hash_of(const Row& row) {
  std::string text;
  add(text, "dosegate.ledger.row/1");
  add(text, std::to_string(row.sequence));
  add(text, row.at);
  add(text, row.kind);
  add(text, row.body);
  add(text, std::to_string(row.mentions.size()));
  for (const Mention& mention : row.mentions) {
    add(text, mention.kind);
    add(text, mention.value);
  }
  add(text, row.previous);
  return sha256(text);
}

Ledger::Ledger(std::unique_ptr<LedgerStore> store, Signer* signer, const Clock& clock, std::string witness)
    : store_(std::move(store)), signer_(signer), witness_(std::move(witness)) {
  if (!store_->last()) {
    require_known(*store_, {}, newest_witness(witness_));
    Transaction transaction(*store_);
    if (!store_->last()) {  // another process may have been faster
      const std::string body = ObjectWriter().text("schema", "dosegate.ledger/1").text("id", new_id()).end();
      const Row row = chained({"LEDGER", body, {{"LEDGER", "first"}}}, std::nullopt, clock());
      store_->insert(row);
      if (signer_ != nullptr) {
        store_->insert(Head{row.sequence, sign(kHeadType, write_head(id_in(row), row), *signer_).write()});
      }
      transaction.commit();
    }
  }
  id_ = id_of(*store_);
}

std::string Ledger::append(const Clock& clock, const std::function<void(const Moment&)>& make) {
  Transaction transaction(*store_);
  std::optional<Row> last = store_->last();
  if (!last) throw StoreCorrupt("the ledger has lost its rows");
  require_ours(*store_, id_, *last, signer_);
  require_known(*store_, id_, newest_witness(witness_));  // whose row was there before it was written
  Moment moment;
  moment.now = clock();
  moment.last = time_of(*last);
  const std::int64_t first = last->sequence + 1;
  moment.next = first;
  moment.previous = last->hash;
  moment.find = [&](const Mention& mention) {
    std::optional<Row> found;
    store_->each_row(mention, [&](const Row& row) { found = row; });
    return found;
  };
  moment.add = [&](const NewRow& made) {
    last = chained(made, last, moment.now);
    store_->insert(*last);
    moment.last = time_of(*last);
    moment.next = last->sequence + 1;
    moment.previous = last->hash;
    return last->hash;
  };
  make(moment);
  std::string head;
  if (signer_ != nullptr && last->sequence >= first) {
    head = sign(kHeadType, write_head(id_, *last), *signer_).write();
    store_->insert(Head{last->sequence, head});
  }
  transaction.commit();
  return head;
}

Ledger open_ledger(const std::string& name, const std::string& witness, Signer* signer, const Clock& clock) {
  const std::optional<Witness> known = newest_witness(witness);
  try {
    return Ledger(open_store(name, known ? OpenAs::kWriter : OpenAs::kWriterMaking), signer, clock, witness);
  } catch (const StoreMissing& e) {
    throw StoreMissing(std::string(e.what()) + ", and " + known->source + " tells of row " +
                       std::to_string(known->sequence) +
                       " of one that was there. Restore it; where a new one is meant, name a new file as witness");
  }
}

}  // namespace dosegate::gate
