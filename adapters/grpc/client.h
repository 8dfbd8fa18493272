// What one client has of the server, and what it may have.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace dosegate::rpc {

// Of the server or of one client.
struct Limits {
  std::uint64_t bytes = 0;  // of cases and uploads
  std::size_t cases = 0;    // those of sessions included
  std::size_t calls = 0;    // under way, streams and sessions included
};

struct Client {
  Client(std::string own_name, const Limits& may_have) : name(std::move(own_name)), most(may_have) {}

  const std::string name;  // caller_of(); empty: whoever may enter the socket's folder
  const Limits most;
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::size_t> calls{0};
};

// Those that have something. [thread-safe]
class Clients {
 public:
  // `share_percent`: of the limits, for one client. Over a Unix socket there is one client, which may have all.
  Clients(const Limits& most, unsigned share_percent) : most_(most), share_percent_(share_percent) {}

  const Limits& most() const { return most_; }

  std::shared_ptr<Client> of(const std::string& name) {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<Client>& known = clients_[name];
    if (std::shared_ptr<Client> client = known.lock()) return client;
    std::erase_if(clients_, [&](const auto& other) { return other.first != name && other.second.expired(); });
    const auto share = [&](auto all) {
      using Number = decltype(all);
      return name.empty() ? all : std::max<Number>(1, static_cast<Number>(all * share_percent_ / 100));
    };
    auto client = std::make_shared<Client>(name, Limits{share(most_.bytes), share(most_.cases), share(most_.calls)});
    clients_[name] = client;
    return client;
  }

  std::vector<std::shared_ptr<Client>> list() const {
    std::vector<std::shared_ptr<Client>> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, known] : clients_) {
      if (std::shared_ptr<Client> client = known.lock()) all.push_back(std::move(client));
    }
    return all;
  }

  std::size_t calls() const { return calls_; }

  // A call under way, counted until it goes.
  class Call {
   public:
    Call() = default;
    Call(Clients& all, std::shared_ptr<Client> client) : all_(&all), client_(std::move(client)) {}
    Call(Call&& other) noexcept : all_(std::exchange(other.all_, nullptr)), client_(std::move(other.client_)) {}
    Call& operator=(Call&& other) noexcept {
      std::swap(all_, other.all_);
      std::swap(client_, other.client_);
      return *this;
    }
    ~Call() {
      if (all_ == nullptr) return;
      --all_->calls_;
      --client_->calls;
    }
    const std::shared_ptr<Client>& client() const { return client_; }

   private:
    Clients* all_ = nullptr;
    std::shared_ptr<Client> client_;
  };
  // `is_full`: there are more than there may be with it.
  Call begin(std::shared_ptr<Client> client, bool& is_full) {
    const std::size_t own = ++client->calls, all = ++calls_;
    is_full = own > client->most.calls || all > most_.calls;
    return Call(*this, std::move(client));
  }

 private:
  const Limits most_;
  const unsigned share_percent_;
  std::atomic<std::size_t> calls_{0};
  mutable std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Client>> clients_;
};

}  // namespace dosegate::rpc
