// Work split over threads, for results that do not depend on how many there are.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dosegate {

class Tasks;

// Threads that wait for work between the parallel parts of one call. Starting one takes longer than a part may.
class Workers {
 public:
  // `threads` - 1 threads, or as many as there are to be had; none for a host with a pool of its own.
  explicit Workers(const struct Host& host);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  friend bool parallel_for(const struct Host&, std::size_t, const std::function<void(std::size_t)>&);
  void help(Tasks& tasks);      // wakes the threads for it
  void withdraw(Tasks& tasks);  // and waits for those that took it up
  void wait_for_work();

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  Tasks* tasks_ = nullptr;
  std::size_t busy_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

// What a host lends to a calculation. Callbacks may be empty.
struct Host {
  std::function<bool()> should_cancel;
  std::function<void(double)> progress;  // 0..1
  // How many threads a call may keep busy, the calling one included.
  unsigned threads = 1;
  // The host's own pool: runs task(0) .. task(count - 1), on any threads, and returns when all are done. Empty: a
  // call starts and joins its own threads.
  std::function<void(std::size_t count, const std::function<void(std::size_t)>& task)> run;
  Workers* workers = nullptr;  // of the present call; none: a parallel part makes its own
};

// Calls task(i) for every i in [0, count), each once, in no particular order, on at most host.threads threads,
// and returns when all are done. Tasks write to places of their own. should_cancel is asked on the calling
// thread, between its tasks: false when it said yes, and then some tasks may not have run. An exception of a
// task (the one with the lowest i) is thrown again here. Starts no thread for less than two tasks.
bool parallel_for(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace dosegate
