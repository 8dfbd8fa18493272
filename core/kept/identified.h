// A value and which one it is. Identities are given once in a process: where two are the same, so are the values, and
// one that was kept for long is nobody else's meanwhile.
#pragma once

#include <atomic>
#include <cstdint>

namespace dosegate {

class Identity {
 public:
  // Unlike every other, but for its copies. Any thread.
  Identity() : number_(next()) {}
  friend bool operator==(const Identity&, const Identity&) = default;

 private:
  static std::uint64_t next() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }
  std::uint64_t number_;
};

// The value can be changed in no other way than by change(), after which it is another one: what was computed from the
// one before, and is kept with its identity, is not found again.
template <typename T>
class Identified {
 public:
  const T& value() const { return value_; }
  const Identity& identity() const { return identity_; }
  // To be used up before the next question for the identity; not to be held on to.
  T& change() {
    identity_ = Identity();
    return value_;
  }

 private:
  T value_;
  Identity identity_;
};

}  // namespace dosegate
