#include "adapters/gate/witness.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapters/gate/ledger.h"
#include "adapters/gate/statement.h"
#include "adapters/support/descriptor.h"

namespace dosegate::gate {
namespace {

// What is read of a file's end: a line that was cut off, and the whole one before it.
constexpr off_t kTail = 2 * (off_t{kMostDecisionBytes} + 2);

// Whether its last line was cut off: a new one begins then, which can be read.
bool is_cut_off(const std::string& path, const struct stat& info) {
  if (!S_ISREG(info.st_mode) || info.st_size == 0) return false;
  const support::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  char last = '\n';
  return file.is_open() && ::pread(file.get(), &last, 1, info.st_size - 1) == 1 && last != '\n';
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Refused(path + ": the witness cannot be read: " + why);
}

// The whole lines at the file's end; empty: none, or there is no such file.
std::string last_lines(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    refuse(path, std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) return {};
  const support::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.is_open()) refuse(path, std::strerror(errno));
  const off_t from = std::max(info.st_size - kTail, off_t{0});
  std::string text(static_cast<std::size_t>(info.st_size - from), '\0');
  std::size_t read = 0;
  while (read < text.size()) {
    const ssize_t n = ::pread(file.get(), text.data() + read, text.size() - read, from + static_cast<off_t>(read));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(path, std::strerror(errno));
    if (n == 0) break;  // it became shorter
    read += static_cast<std::size_t>(n);
  }
  text.resize(read);
  text.resize(text.rfind('\n') + 1);  // npos + 1: nothing
  if (from == 0) return text;
  text.erase(0, text.find('\n') + 1);
  if (text.empty()) refuse(path, "its last line is longer than any witness. Move this file away");
  return text;
}

}  // namespace

bool Witness::tells_of(std::string_view row_hash, std::string_view row_previous, std::string_view body_sha256) const {
  return (hash.empty() || hash == row_hash) && (previous.empty() || previous == row_previous) &&
         (envelope.empty() || sha256(envelope) == body_sha256);
}

Witness read_witness(std::string_view text, std::string source, std::span<const PublicKey> keys) {
  try {
    const Envelope envelope = Envelope::read(text);
    if (!keys.empty() && signer_of(envelope, envelope.payload_type, keys) == nullptr) {
      throw Refused("is not signed by a key that is given");
    }
    if (envelope.payload_type == kHeadType) {
      const HeadText head = read_head(envelope.payload);
      return {std::move(source), head.ledger, head.sequence, head.hash, {}, {}};
    }
    const Statement statement = read_statement(envelope.payload);
    if (envelope.payload_type != kInTotoType || !statement.place) throw Refused("names no place in a ledger");
    return {std::move(source),         statement.place->ledger, statement.place->sequence, {},
            statement.place->previous, std::string(text)};
  } catch (const Refused& e) {
    throw Refused(source + ": " + e.what());
  }
}

std::optional<Witness> newest_witness(const std::string& path) {
  if (path.empty()) return std::nullopt;
  std::string lines = last_lines(path);
  std::string first_problem;
  while (!lines.empty()) {
    const std::size_t begin = lines.size() < 2 ? 0 : lines.rfind('\n', lines.size() - 2) + 1;
    try {
      return read_witness(std::string_view(lines).substr(begin), path, {});
    } catch (const Refused& e) {
      if (first_problem.empty()) first_problem = e.what();
    }
    lines.resize(begin);
  }
  if (first_problem.empty()) return std::nullopt;
  throw Refused(first_problem +
                ". Its last line should be a signed head of the ledger, or a decision: name the file "
                "that is one, or move this one away");
}

std::string append_witness(const std::string& path, const std::string& line) {
  support::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600));
  if (!file.is_open()) return std::strerror(errno);
  struct stat before {};
  if (::fstat(file.get(), &before) != 0) return std::strerror(errno);
  const std::string text = (is_cut_off(path, before) ? "\n" : "") + line;
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) return std::strerror(written < 0 ? errno : ENOSPC);
  if (::fsync(file.get()) != 0 && errno != EINVAL) return std::strerror(errno);
  if (before.st_size == 0) {  // perhaps new: its name has to stay, too
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const support::Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent.is_open() || (::fsync(parent.get()) != 0 && errno != EINVAL)) return std::strerror(errno);
  }
  const int error = file.close();
  return error == 0 ? "" : std::strerror(error);
}

}  // namespace dosegate::gate
