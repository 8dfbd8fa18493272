// How much memory the cases of a server may take together. Asked before anything is allocated.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace dosegate::rpc {

class Budget {
 public:
  // Of bytes taken; gives them back when it goes. Moves, does not copy.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (budget_ != nullptr) budget_->taken_ -= bytes_;
    }
    std::uint64_t bytes() const { return bytes_; }

   private:
    friend class Budget;
    Budget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  explicit Budget(std::uint64_t limit) : limit_(limit) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  std::uint64_t limit() const { return limit_; }
  std::uint64_t taken() const { return taken_; }

  // False, and `share` as it was, when there is not so much left. [thread-safe]
  bool take(std::uint64_t bytes, Share& share) {
    std::uint64_t before = taken_;
    do {
      if (bytes > limit_ || before > limit_ - bytes) return false;
    } while (!taken_.compare_exchange_weak(before, before + bytes));
    Share now;
    now.budget_ = this;
    now.bytes_ = bytes;
    share = std::move(now);
    return true;
  }

 private:
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace dosegate::rpc
