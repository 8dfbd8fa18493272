// What the process really takes, which the budget cannot know: what the engine keeps of a case and needs for a check.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>

#include "adapters/grpc/budget.h"
#include "adapters/grpc/running.h"
#include "adapters/grpc/timer_thread.h"

namespace dosegate::rpc {

// Looks several times a second. What is in use beyond what was taken of the budget is told to the budget, which then
// gives less. Where more is in use than the budget, cases give back what the engine keeps of them; where kSlack more,
// a calculation is ended, and the next. Freed memory that the allocator keeps goes back to the system where more is
// resident than the budget and kKept.
class MemoryWatch {
 public:
  static constexpr std::uint64_t kSlack = std::uint64_t{128} << 20;
  static constexpr std::uint64_t kKept = std::uint64_t{256} << 20;
  static constexpr std::chrono::milliseconds kLook{100};

  // `give_back`: asks some cases for what is kept of them; false: nothing is. The others outlive this. It begins to
  // look with start().
  MemoryWatch(TimerThread& timers, Budget& budget, Running& running, std::function<bool()> give_back);
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;
  void start();
  // Precondition of its end. [thread-safe]
  void stop();

  std::uint64_t resident_bytes() const { return resident_; }
  std::uint64_t ended() const { return ended_; }  // calculations

 private:
  void look();

  Budget& budget_;
  Running& running_;
  const std::function<bool()> give_back_;
  boost::asio::steady_timer timer_;
  std::uint64_t at_start_ = 0;  // in use
  std::chrono::steady_clock::time_point trimmed_{};
  std::atomic<std::uint64_t> resident_{0}, ended_{0};
  std::atomic<bool> is_stopped_{false};
};

// Of the whole process.
std::uint64_t resident_bytes();

}  // namespace dosegate::rpc
