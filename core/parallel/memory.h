// How much memory somebody's work holds: what it allocated on any thread and has not freed.
//
// Only a program that counts its allocations (dosegate.so, plugin/runtime/counted_new.cpp) tells the account of them;
// in any other one every account stays at 0.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace dosegate {

// Any number of threads at a time. Right to 64 KiB a thread that is at work.
class MemoryAccount {
 public:
  std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // Of these, what was allocated in scopes of kept results.
  std::int64_t kept() const { return kept_.load(std::memory_order_relaxed); }
  // The most there was at a time since this was asked last.
  std::int64_t take_most() { return std::max(most_.exchange(bytes()), bytes()); }
  // More is not allocated; 0: no limit.
  void set_limit(std::int64_t bytes) { limit_ = bytes == 0 ? kNoLimit : bytes; }

  // False, and nothing added: it would go beyond the limit, and `must` not.
  bool add(std::int64_t bytes, bool is_kept, bool must) noexcept {
    const std::int64_t now = bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    if (!must && bytes > 0 && now > limit_.load(std::memory_order_relaxed)) {
      bytes_.fetch_sub(bytes, std::memory_order_relaxed);
      return false;
    }
    if (is_kept) kept_.fetch_add(bytes, std::memory_order_relaxed);
    std::int64_t most = most_.load(std::memory_order_relaxed);
    while (most < now && !most_.compare_exchange_weak(most, now, std::memory_order_relaxed)) continue;
    return true;
  }

 private:
  static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
  std::atomic<std::int64_t> bytes_{0}, kept_{0}, most_{0}, limit_{kNoLimit};
};

// Whose work a thread does.
struct MemoryUse {
  MemoryAccount* account = nullptr;  // nobody's
  bool is_kept = false;
  std::int64_t pending = 0;  // not yet in the account

  static constexpr std::int64_t kQuantum = 64 << 10;

  // False: beyond the limit.
  bool take(std::size_t size) noexcept {
    if (account == nullptr) return true;
    pending += static_cast<std::int64_t>(size);
    if (pending < kQuantum || account->add(pending, is_kept, false)) {
      if (pending >= kQuantum) pending = 0;
      return true;
    }
    pending -= static_cast<std::int64_t>(size);
    return false;
  }
  void give(std::size_t size) noexcept {
    if (account == nullptr) return;
    pending -= static_cast<std::int64_t>(size);
    if (pending < -kQuantum) settle();
  }
  // What was taken already stays, beyond the limit as well: the next that is taken is refused.
  void settle() noexcept {
    if (account != nullptr) account->add(pending, is_kept, true);
    pending = 0;
  }
};

// initial-exec: the library's thread-local memory is there before anything can go wrong.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local MemoryUse memory_use;

// On this thread, from here to the end of the scope, allocations are the account's.
class MemoryScope {
 public:
  explicit MemoryScope(MemoryAccount* account, bool is_kept = false) noexcept : before_(memory_use) {
    memory_use = {account, is_kept, 0};
  }
  // As another thread does at this moment.
  explicit MemoryScope(const MemoryUse& use) noexcept : MemoryScope(use.account, use.is_kept) {}
  ~MemoryScope() {
    memory_use.settle();
    memory_use = before_;
  }
  MemoryScope(const MemoryScope&) = delete;
  MemoryScope& operator=(const MemoryScope&) = delete;

 private:
  MemoryUse before_;
};

}  // namespace dosegate
