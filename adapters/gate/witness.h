// Witnesses: what is known from elsewhere to have been in a ledger. That its end was cut off, or that all of it was
// replaced by another or by an older copy, shows nothing inside the ledger itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/gate/dsse.h"

namespace dosegate::gate {

struct Witness {
  std::string source;  // for the user
  std::string ledger;
  std::int64_t sequence = 0;
  std::string hash;      // of that row; empty: not known
  std::string previous;  // of the row before; empty: not known
  std::string envelope;  // which that row's body is; empty: not known

  // Whether it is of that row, its sequence number apart.
  bool tells_of(std::string_view row_hash, std::string_view row_previous, std::string_view body_sha256) const;
};
// A head, or a decision, as it was issued. Refused where it is neither. With `keys` it has to be signed by one of them.
Witness read_witness(std::string_view text, std::string source, std::span<const PublicKey> keys);

// A witness file has a head or a decision a line, the newest at its end. One program adds whole lines to it; several
// may.

// Its newest line that can be read: one that was cut off, by a full disk or the loss of power, is passed over. Nothing
// where no line is whole, or there is no file, or it is a pipe or device, which tells nothing. Refused where no line of
// it can be read as a witness. Whose signature it has is not looked at: a gate's key changes.
std::optional<Witness> newest_witness(const std::string& path);
// Empty, or why the line cannot be added to the file. Durable when it returns.
std::string append_witness(const std::string& path, const std::string& line);

}  // namespace dosegate::gate
