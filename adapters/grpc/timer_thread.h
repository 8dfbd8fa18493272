// Timers: their handlers are short, and run on a thread of their own.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

namespace dosegate::rpc {

class TimerThread {
 public:
  // Throws std::system_error where no thread can be started.
  TimerThread() : thread_([this] { io_.run(); }) {}
  ~TimerThread() { join(); }
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;

  boost::asio::io_context& io() { return io_; }
  // Waits for timers that nobody cancels, too.
  void join() {
    guard_.reset();
    if (thread_.joinable()) thread_.join();
  }

 private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
  std::thread thread_;
};

}  // namespace dosegate::rpc
