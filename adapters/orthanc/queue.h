// Which study is looked at next, on two threads of the plugin's own: one that marks what changed, at once; one that
// checks, a study at a time. Orthanc's threads only leave word here.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "adapters/orthanc/check.h"
#include "adapters/orthanc/kept.h"
#include "adapters/orthanc/orthanc.h"
#include "adapters/orthanc/settings.h"

namespace dosegate::orthanc {

class Queue {
 public:
  Queue(const Orthanc& orthanc, const Settings& settings, const Rules& rules, const Keeper& keeper,
        const Checker& checker)
      : orthanc_(orthanc), settings_(settings), rules_(rules), keeper_(keeper), checker_(checker) {}
  ~Queue() { stop(); }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Once Orthanc answers. What is kept is looked at from the first study to the last: what was left open, or is of
  // another protocol or engine, is marked and checked.
  void start();
  // Ends a check that runs; returns when both threads have ended. Before, nothing of Orthanc's may be gone.
  void stop();

  // From Orthanc's callbacks: they take a lock for a moment and ask Orthanc nothing.
  void changed(const std::string& study);
  void stable(const std::string& study);
  void something_was_removed();  // Orthanc does not say from which study

  // Somebody asks for a check, whatever is kept. False: the queue is full.
  bool ask(const std::string& study);

  enum class Place { kNone, kWaiting, kRunning };
  Place place_of(const std::string& study) const;
  struct Counts {
    std::size_t waiting = 0, running = 0, done = 0, failed = 0, to_look_at = 0;
    bool has_left_over = false;  // the queue was full; they are found again when it is empty
  };
  Counts counts() const;

 private:
  enum class Why { kChanged, kStable, kSweep };
  void mark();
  void work();
  bool wait_for_mark(std::string& study, Why& why);
  void look(const std::string& study, Why why);
  bool put(const std::string& study);
  void note(std::set<std::string>& in, const std::string& study);  // `in`: changed_ or stable_
  bool put_locked(const std::string& study);
  void gather(bool all);
  bool is_stopping() const;

  const Orthanc& orthanc_;
  const Settings& settings_;
  const Rules& rules_;
  const Keeper& keeper_;
  const Checker& checker_;

  mutable std::mutex mutex_;
  std::condition_variable to_mark_, to_work_;
  bool stopping_ = false, sweep_ = false, removed_ = false, left_over_ = false;
  std::set<std::string> changed_, stable_, known_;  // known_: with something kept
  std::deque<std::string> looks_, waiting_;
  std::set<std::string> is_waiting_;
  std::string running_;
  std::size_t done_ = 0, failed_ = 0;
  std::thread marker_, worker_;
};

}  // namespace dosegate::orthanc
