#include "adapters/orthanc/queue.h"

#include <algorithm>
#include <exception>
#include <optional>

#include "adapters/orthanc/json.h"

namespace dosegate::orthanc {
namespace {

constexpr std::size_t kMostChanges = 100000;  // studies; with more, everything is looked at instead
constexpr std::size_t kAPage = 1000;          // of the list of studies

}  // namespace

void Queue::start() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (marker_.joinable()) return;
  sweep_ = true;
  marker_ = std::thread([this] { mark(); });
  worker_ = std::thread([this] { work(); });
}

void Queue::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  to_mark_.notify_all();
  to_work_.notify_all();
  if (marker_.joinable()) marker_.join();
  if (worker_.joinable()) worker_.join();
}

bool Queue::is_stopping() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

void Queue::changed(const std::string& study) { note(changed_, study); }

void Queue::stable(const std::string& study) { note(stable_, study); }

void Queue::note(std::set<std::string>& in, const std::string& study) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (in.size() < kMostChanges) {
      in.insert(study);
    } else {
      sweep_ = true;
    }
  }
  to_mark_.notify_one();
}

void Queue::something_was_removed() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    removed_ = true;
  }
  to_mark_.notify_one();
}

bool Queue::put_locked(const std::string& study) {
  if (is_waiting_.count(study) > 0) return true;
  if (waiting_.size() >= settings_.queue_size) return false;
  is_waiting_.insert(study);
  waiting_.push_back(study);
  to_work_.notify_one();
  return true;
}

bool Queue::ask(const std::string& study) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return put_locked(study);
}

bool Queue::put(const std::string& study) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (put_locked(study)) return true;
  left_over_ = true;
  return false;
}

Queue::Place Queue::place_of(const std::string& study) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (running_ == study) return Place::kRunning;
  return is_waiting_.count(study) > 0 ? Place::kWaiting : Place::kNone;
}

Queue::Counts Queue::counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Counts counts;
  counts.waiting = waiting_.size();
  counts.running = running_.empty() ? 0 : 1;
  counts.done = done_;
  counts.failed = failed_;
  counts.to_look_at = changed_.size() + stable_.size() + looks_.size();
  counts.has_left_over = left_over_;
  return counts;
}

// The next study to be looked at, what changed first; false: it is time to stop. An empty name: the lists of studies
// are to be made.
bool Queue::wait_for_mark(std::string& study, Why& why) {
  std::unique_lock<std::mutex> lock(mutex_);
  to_mark_.wait(lock, [this] {
    return stopping_ || sweep_ || removed_ || !changed_.empty() || !stable_.empty() || !looks_.empty();
  });
  if (stopping_) return false;
  for (const auto& [from, reason] : {std::pair{&changed_, Why::kChanged}, {&stable_, Why::kStable}}) {
    if (from->empty()) continue;
    study = *from->begin();
    from->erase(from->begin());
    why = reason;
    return true;
  }
  why = Why::kSweep;
  // One list is gone through to its end, whatever comes meanwhile; then comes the next.
  if (looks_.empty()) return true;
  study = looks_.front();
  looks_.pop_front();
  return true;
}

// All studies, or those that something is kept of.
void Queue::gather(bool all) {
  std::deque<std::string> found;
  for (std::size_t since = 0; all; since += kAPage) {
    const Answer answer = orthanc_.get("/studies?since=" + std::to_string(since) + "&limit=" + std::to_string(kAPage));
    const auto read = answer.is_ok() ? read_json(answer.body) : std::nullopt;
    if (!read || !read->is_array()) {
      orthanc_.complain("the list of studies was not answered; what changed while Orthanc was down is not marked");
      break;
    }
    for (const json::value& id : read->as_array()) {
      if (id.is_string()) found.emplace_back(id.as_string().data(), id.as_string().size());
    }
    if (read->as_array().empty() || is_stopping()) break;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!all) found.assign(known_.begin(), known_.end());
  looks_ = std::move(found);
}

void Queue::mark() {
  std::string study;
  Why why = Why::kSweep;
  while (wait_for_mark(study, why)) {
    const std::string id = std::exchange(study, {});
    try {
      if (!id.empty()) {
        look(id, why);
        continue;
      }
      bool all = false;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        all = std::exchange(sweep_, false);
        removed_ = false;
      }
      gather(all);
    } catch (const std::exception& error) {
      orthanc_.complain("study " + id + " could not be looked at: " + error.what());
    }
  }
}

void Queue::look(const std::string& id, Why why) {
  if (why == Why::kSweep && !keeper_.has_any(id)) {
    const std::lock_guard<std::mutex> lock(mutex_);
    known_.erase(id);
    return;
  }
  const std::optional<Study> study = look_at(orthanc_, settings_, rules_.digest, id);
  if (study && !study->is_treatment() && keeper_.has_any(id)) keeper_.forget(id);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!study || !study->is_treatment()) {
      known_.erase(id);
      return;
    }
    known_.insert(id);
  }
  const bool is_settled = keeper_.settle(*study);
  if (is_settled || why == Why::kChanged) return;
  const bool is_running = place_of(id) == Place::kRunning;
  // One that is running looks for changes itself; one that was stable again while it ran is checked after it.
  if (!(is_running && why == Why::kSweep)) put(id);
}

void Queue::work() {
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      to_work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      running_ = waiting_.front();
      waiting_.pop_front();
      is_waiting_.erase(running_);
    }
    bool again = false, failed = false;
    try {
      again = checker_.check(running_, [this] { return is_stopping(); }) == Checker::Next::kAgain;
    } catch (const std::exception& error) {
      failed = true;
      orthanc_.complain("study " + running_ + " has no verdict: " + error.what());
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    known_.insert(running_);
    if (again && !put_locked(running_)) left_over_ = true;
    running_.clear();
    ++(failed ? failed_ : done_);
    if (waiting_.empty() && left_over_) {
      left_over_ = false;
      sweep_ = true;
      to_mark_.notify_one();
    }
  }
}

}  // namespace dosegate::orthanc
