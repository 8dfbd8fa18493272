#include "adapters/grpc/turns.h"

#include <algorithm>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

#include "adapters/support/error.h"

namespace dosegate::rpc {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{10};          // at turns that are overdue, and at what a parked call is told
constexpr milliseconds kMayWait{300};      // to begin, where a client has begun much already
constexpr std::chrono::seconds kIdle{10};  // of a thread, before it ends

}  // namespace

struct Turns::Line::State : std::enable_shared_from_this<State> {
  Turns* turns = nullptr;
  std::string client;
  std::deque<Work> work;        // the first of which may have begun
  std::shared_ptr<State> self;  // while it has work
  Clock::duration used{0};
  Clock::time_point since;    // it waits, or its turn
  Clock::time_point charged;  // so far
  std::uint64_t order = 0;    // in which lines came
  bool has_begun = false, has_turn = false, is_overdue = false;
  std::condition_variable turn;  // has come
};

namespace {

thread_local void* current_line = nullptr;  // of this thread's work
thread_local Turns::Clock::time_point turn_began;

}  // namespace

Turns::Turns(unsigned at_a_time) : at_a_time_(std::max(1U, at_a_time)) {
  std::unique_lock lock(mutex_);
  if (!start_thread()) throw support::Error("no thread can be started. Allow more processes, or more memory.");
  try {
    watch_ = std::thread([this] { watch(); });
  } catch (const std::system_error&) {
    lock.unlock();
    join();
    throw support::Error("no second thread can be started. Allow more processes, or more memory.");
  }
}

Turns::Line::Line(Turns& turns, std::string client) : turns_(&turns), state_(std::make_shared<State>()) {
  state_->turns = &turns;
  state_->client = std::move(client);
}

bool Turns::Line::post_if_idle(Work work) const {
  const std::lock_guard lock(turns_->mutex_);
  if (state_->self) return false;
  state_->work.push_back(std::move(work));
  ++turns_->posted_;
  state_->self = state_;
  turns_->add(state_);
  return true;
}

void Turns::Line::post(Work work) const {
  const std::lock_guard lock(turns_->mutex_);
  state_->work.push_back(std::move(work));
  ++turns_->posted_;
  if (state_->self) return;  // it waits for its turn already, or has it
  state_->self = state_;
  turns_->add(state_);
}

void Turns::add(const std::shared_ptr<State>& line) {
  // Who comes is taken to have computed as much as the one who has computed least: what was not used is not saved.
  std::optional<Clock::duration> least;
  for (const auto& [name, other] : clients_) least = std::min(other.used, least.value_or(other.used));
  Client& client = clients_.try_emplace(line->client).first->second;
  if (client.lines++ == 0) client.used = std::max(client.used, least.value_or(client.used));
  least.reset();
  for (const auto* lines : {&ready_, &running_}) {
    for (const State* other : *lines) {
      if (other->client == line->client) least = std::min(other->used, least.value_or(other->used));
    }
  }
  line->used = std::max(line->used, least.value_or(line->used));
  line->order = ++order_;
  line->since = Clock::now();
  ready_.push_back(line.get());
  dispatch();
  changed_.notify_one();
}

bool Turns::may_begin(const State& line, Clock::time_point now) const {
  if (working_.size() - idle_ >= kMostThreads) return false;
  if (idle_ <= to_begin_.size() && now < no_thread_before_) return false;
  // What has begun holds memory: a client's further work begins when some of it has ended, or after a while.
  return clients_.at(line.client).begun < 2 * std::size_t{at_a_time_} || now - line.since >= kMayWait;
}

Turns::State* Turns::next(bool is_free) {
  const Clock::time_point now = Clock::now();
  State* best = nullptr;
  const auto key = [&](const State& line) { return std::tuple(clients_.at(line.client).used, line.used, line.order); };
  for (State* line : ready_) {
    if (!is_free && clients_.at(line->client).turns != 0) continue;
    if (!line->has_begun && !may_begin(*line, now)) continue;
    if (best == nullptr || key(*line) < key(*best)) best = line;
  }
  return best;
}

// Gives the turns that are free.
void Turns::dispatch() {
  while (State* const line = next(turns_ < at_a_time_)) {
    if (!line->has_begun && idle_ <= to_begin_.size() && !start_thread()) {
      no_thread_before_ = Clock::now() + kMayWait;  // those who have a thread go on
      continue;
    }
    std::erase(ready_, line);
    ++turns_;
    ++clients_.at(line->client).turns;
    line->has_turn = true;
    line->since = line->charged = Clock::now();
    running_.push_back(line);
    if (line->has_begun) {
      line->turn.notify_one();
    } else {
      line->has_begun = true;
      ++clients_.at(line->client).begun;
      to_begin_.push_back(line);
      assigned_.notify_one();
    }
  }
}

bool Turns::start_thread() {
  join_ended();
  try {
    Threads fresh(1);
    fresh.front() = std::thread([this, self = fresh.begin()] { work(self); });
    working_.splice(working_.end(), fresh);  // before the thread sees it: work() needs the lock first
  } catch (const std::exception&) {          // no thread, or no memory for one
    return false;
  }
  ++idle_;  // until it takes something: work() needs the lock for that
  return true;
}

void Turns::join_ended() {
  for (std::thread& thread : has_ended_) thread.join();
  has_ended_.clear();
}

void Turns::charge(State& line, Clock::time_point now) {
  const Clock::duration took = now - line.charged;
  line.used += took;
  clients_.at(line.client).used += took;
  line.charged = now;
}

void Turns::give_up_turn(State& line) {
  --turns_;
  --clients_.at(line.client).turns;
}

void Turns::end_turn(State& line, Clock::time_point now) {
  charge(line, now);
  if (!line.is_overdue) give_up_turn(line);
  line.has_turn = line.is_overdue = false;
  std::erase(running_, &line);
}

void Turns::work(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto has_some = [&] { return !to_begin_.empty() || is_ending_; };
    const bool is_woken = assigned_.wait_for(lock, kIdle, has_some);
    if (to_begin_.empty() && (is_ending_ || (!is_woken && working_.size() > at_a_time_))) break;
    if (to_begin_.empty()) continue;
    State* const line = to_begin_.front();
    to_begin_.pop_front();
    --idle_;
    Work work = std::move(line->work.front());
    line->work.pop_front();
    current_line = line;
    turn_began = line->since;
    lock.unlock();
    work();
    work = nullptr;  // what it held goes before it counts as done
    lock.lock();
    current_line = nullptr;
    ++idle_;
    --posted_;
    end_turn(*line, Clock::now());
    line->has_begun = false;
    Client& client = clients_.at(line->client);
    --client.begun;
    std::shared_ptr<State> last;
    if (line->work.empty()) {
      if (--client.lines == 0) clients_.erase(line->client);
      last = std::move(line->self);
    } else {
      line->order = ++order_;
      ready_.push_back(line);
    }
    dispatch();
    changed_.notify_one();
    if (last) {
      lock.unlock();
      last.reset();
      lock.lock();
    }
  }
  --idle_;
  has_ended_.splice(has_ended_.end(), working_, self);
  ended_.notify_all();
}

void Turns::question(const std::function<bool()>& give_up) {
  auto* const line = static_cast<State*>(current_line);
  if (line == nullptr) return;
  const Clock::time_point now = Clock::now();
  if (now - turn_began < kShare) return;
  Turns& turns = *line->turns;
  std::unique_lock lock(turns.mutex_);
  const State* const other = turns.next(true);
  turns.charge(*line, now);
  turn_began = line->since = now;
  if (!line->is_overdue) {
    if (other == nullptr) return;
    const auto used = [&](const State& of) { return std::pair(turns.clients_.at(of.client).used, of.used); };
    if (used(*line) <= used(*other)) return;
  }
  turns.end_turn(*line, now);
  line->order = ++turns.order_;
  turns.ready_.push_back(line);
  turns.dispatch();
  turns.changed_.notify_one();
  while (!line->turn.wait_for(lock, kLook, [&] { return line->has_turn; })) {
    lock.unlock();
    const bool gives_up = give_up();
    lock.lock();
    if (!gives_up || line->has_turn) continue;
    // It ends now, which takes no turn.
    std::erase(turns.ready_, line);
    line->has_turn = line->is_overdue = true;
    line->since = line->charged = Clock::now();
    turns.running_.push_back(line);
  }
  turn_began = Clock::now();
}

void Turns::run_tasks(const std::vector<Line>& helpers, std::uint64_t count, void (*task)(void*, std::uint64_t),
                      void* context) {
  struct Tasks {
    std::mutex mutex;
    std::condition_variable done;
    std::uint64_t next = 0, count = 0;
    unsigned busy = 0;

    bool is_taken() {
      const std::lock_guard lock(mutex);
      return next >= count;
    }
    void work(void (*task)(void*, std::uint64_t), void* context) {
      for (;;) {
        std::unique_lock lock(mutex);
        if (next >= count) return;
        const std::uint64_t own = next++;
        ++busy;
        lock.unlock();
        task(context, own);
        lock.lock();
        if (--busy == 0) done.notify_all();
        lock.unlock();
        question([this] { return is_taken(); });
      }
    }
  };
  const auto tasks = std::make_shared<Tasks>();
  tasks->count = count;
  try {
    for (std::size_t i = 0; i < helpers.size() && i + 1 < count; ++i) {
      // One that begins late finds nothing left to do, and does not look at the context.
      helpers[i].post_if_idle([tasks, task, context] { tasks->work(task, context); });
    }
  } catch (const std::bad_alloc&) {  // then with those there are
  }
  tasks->work(task, context);
  std::unique_lock lock(tasks->mutex);
  tasks->done.wait(lock, [&] { return tasks->busy == 0; });
}

// Turns that are overdue go to those who wait.
void Turns::watch() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    if (ready_.empty()) {
      changed_.wait(lock);
      continue;
    }
    changed_.wait_for(lock, kLook);
    const Clock::time_point now = Clock::now();
    for (State* line : running_) {
      charge(*line, now);
      if (line->is_overdue || now - line->since < kOverdue) continue;
      line->is_overdue = true;
      give_up_turn(*line);
    }
    dispatch();
  }
}

void Turns::join() {
  std::unique_lock lock(mutex_);
  while (posted_ != 0) ended_.wait_for(lock, kLook);
  is_ending_ = true;
  assigned_.notify_all();
  changed_.notify_all();
  ended_.wait(lock, [&] { return working_.empty(); });
  join_ended();
  lock.unlock();
  if (watch_.joinable()) watch_.join();
}

std::size_t Turns::waiting() const {
  const std::lock_guard lock(mutex_);
  return ready_.size();
}

std::size_t Turns::threads() const {
  const std::lock_guard lock(mutex_);
  return working_.size();
}

}  // namespace dosegate::rpc
