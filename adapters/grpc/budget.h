// How much memory the cases and uploads of a server may take together, and those of one client. Asked before anything
// is allocated.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "adapters/grpc/client.h"

namespace dosegate::rpc {

class Budget {
 public:
  // Bytes taken for a client; gives them back when it goes. Moves, does not copy.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)),
          client_(std::move(other.client_)),
          bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(client_, other.client_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (budget_ == nullptr) return;
      budget_->taken_ -= bytes_;
      client_->bytes -= bytes_;
    }
    std::uint64_t bytes() const { return bytes_; }

   private:
    friend class Budget;
    Budget* budget_ = nullptr;
    std::shared_ptr<Client> client_;
    std::uint64_t bytes_ = 0;
  };

  enum class Answer {
    kTaken,
    kServerFull,
    kClientFull,
  };

  explicit Budget(std::uint64_t limit) : limit_(limit) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  std::uint64_t limit() const { return limit_; }
  std::uint64_t taken() const { return taken_; }
  // What is in use beyond what was taken: measured, not asked for.
  std::uint64_t unseen() const { return unseen_; }
  void set_unseen(std::uint64_t bytes) { unseen_ = bytes; }

  // Whether a client has so little that what is in use unseen is not its own: then it has not to suffer for it.
  static bool is_modest(const Client& client) { return client.bytes <= client.most.bytes / 8; }

  // `share` as it was where it is not taken. [thread-safe]
  Answer take(const std::shared_ptr<Client>& client, std::uint64_t bytes, Share& share) {
    Share now;
    const Answer answer = add(client, bytes, now);
    if (answer == Answer::kTaken) share = std::move(now);
    return answer;
  }
  // So much more to what `share` has.
  Answer add(const std::shared_ptr<Client>& client, std::uint64_t bytes, Share& share) {
    if (!take(client->bytes, client->most.bytes, bytes)) return Answer::kClientFull;
    const std::uint64_t unseen = is_modest(*client) ? 0 : unseen_.load();
    if (unseen > limit_ || !take(taken_, limit_ - unseen, bytes)) {
      client->bytes -= bytes;
      return Answer::kServerFull;
    }
    share.budget_ = this;
    share.client_ = client;
    share.bytes_ += bytes;
    return Answer::kTaken;
  }

 private:
  static bool take(std::atomic<std::uint64_t>& taken, std::uint64_t limit, std::uint64_t bytes) {
    std::uint64_t before = taken;
    do {
      if (bytes > limit || before > limit - bytes) return false;
    } while (!taken.compare_exchange_weak(before, before + bytes));
    return true;
  }

  const std::uint64_t limit_;
  std::atomic<std::uint64_t> taken_{0}, unseen_{0};
};

}  // namespace dosegate::rpc
