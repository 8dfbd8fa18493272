// Whose turn it is to compute: a fair queue by client and, within a client, by line (a case, an upload).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dosegate::rpc {

// So much work runs at a time as there are turns, and one of each client in any case: nobody waits for another client's
// work to end. The next turn is that of the client that has computed least, and of the line of its that has. Work that
// asks question() gives its turn up when its share is over and another waits, and goes on when it is its turn again;
// work that does not ask in time keeps its thread, but its turn goes to another, on a further thread. So nobody waits
// for longer than kOverdue for a turn that is theirs. [thread-safe]
class Turns {
 public:
  using Clock = std::chrono::steady_clock;
  using Work = std::function<void()>;

  static constexpr std::chrono::milliseconds kShare{20};    // of a turn, while others wait
  static constexpr std::chrono::milliseconds kOverdue{50};  // without a question
  static constexpr std::size_t kMostThreads = 256;          // of work that has begun, waiting for its turn or not

  // Throws support::Error where not a single thread can be started.
  explicit Turns(unsigned at_a_time);
  ~Turns() { join(); }
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // Work that is done one after another, in the order in which it came. Copies are the same line.
  class Line {
   public:
    Line(Turns& turns, std::string client);
    void post(Work work) const;
    // The same, where it has nothing to do; false: it has.
    bool post_if_idle(Work work) const;

   private:
    friend class Turns;
    struct State;
    Turns* turns_;
    std::shared_ptr<State> state_;
  };

  // Called by work, every few milliseconds: returns when it may go on, at the latest soon after `give_up` says so.
  // Nothing on other threads.
  static void question(const std::function<bool()>& give_up);

  // Called by work: task(context, i) once for each i below count, on this thread and, as their turns come, on `helpers`
  // that have nothing to do; returns when all have returned.
  static void run_tasks(const std::vector<Line>& helpers, std::uint64_t count, void (*task)(void*, std::uint64_t),
                        void* context);

  // Waits until all that was posted is done. Nothing may be posted afterwards.
  void join();

  std::size_t waiting() const;  // lines
  std::size_t threads() const;

 private:
  using State = Line::State;
  struct Client {
    Clock::duration used{0};  // computed
    std::size_t lines = 0;    // that have work
    std::size_t begun = 0;    // of which so many have begun
    std::size_t turns = 0;    // taken
  };

  // All with mutex_ held.
  void add(const std::shared_ptr<State>& line);
  void dispatch();
  // Who has the next turn; `is_free`: there is one, else only clients that have none are asked. Null: nobody.
  State* next(bool is_free);
  bool may_begin(const State& line, Clock::time_point now) const;
  bool start_thread();
  void charge(State& line, Clock::time_point now);
  void end_turn(State& line, Clock::time_point now);
  void give_up_turn(State& line);

  using Threads = std::list<std::thread>;
  void work(Threads::iterator self);
  void watch();
  // Those that have left work(), which do not need the mutex any more.
  void join_ended();

  const unsigned at_a_time_;
  mutable std::mutex mutex_;
  std::condition_variable assigned_, changed_, ended_;
  std::map<std::string, Client> clients_;  // that have work
  std::vector<State*> ready_;              // lines whose work waits, begun or not
  std::vector<State*> running_;            // that have a turn, or had one and do not ask
  std::deque<State*> to_begin_;            // that a thread is to take
  std::size_t turns_ = 0;                  // taken
  std::size_t idle_ = 0, posted_ = 0;
  Clock::time_point no_thread_before_{};  // none could be had
  std::uint64_t order_ = 0;
  bool is_ending_ = false;
  // None is left to itself: one that ends while the process does leaves behind what libraries keep for a thread.
  Threads working_, has_ended_;
  std::thread watch_;
};

}  // namespace dosegate::rpc
