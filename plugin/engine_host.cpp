#include "plugin/engine_host.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dosegate::plugin {
namespace {

// The tasks of one call of run_tasks. A host that leaves one out, or runs one twice, would leave holes or races in
// doses; neither is trusted to be absent.
class Handed {
 public:
  Handed(std::size_t count, const std::function<void(std::size_t)>& task) : task_(task), taken_(count) {}

  static void run(void* self, std::uint64_t index) {
    const FloatEnvironment of_thread;
    auto* const handed = static_cast<Handed*>(self);
    const MemoryScope scope(handed->memory_use_);
    handed->run_one(index);
  }
  // After run_tasks has returned.
  void require_each_once() const {
    const std::size_t count = taken_.size(), done = done_;
    if (done == count && !surplus_) return;
    throw TasksNotRun(done == count ? "ran a task twice, or one that there is not."
                                    : "returned when " + std::to_string(done) + " of " + std::to_string(count) +
                                          " tasks had run.");
  }

 private:
  void run_one(std::uint64_t index) {
    if (index >= taken_.size() || taken_[static_cast<std::size_t>(index)].exchange(true)) {
      surplus_ = true;
      return;
    }
    task_(static_cast<std::size_t>(index));
    ++done_;
  }

  const std::function<void(std::size_t)>& task_;
  const MemoryUse memory_use_ = memory_use;  // the calling thread's
  std::vector<std::atomic<bool>> taken_;
  std::atomic<std::size_t> done_{0};
  std::atomic<bool> surplus_{false};
};

}  // namespace

Host engine_host(const dosegate_host& host, FloatEnvironment& environment) {
  Host out;
  if (host.should_cancel != nullptr) {
    out.should_cancel = [&] { return environment.as_host([&] { return host.should_cancel(host.user) != 0; }); };
  }
  if (host.progress != nullptr) {
    out.progress = [&](double fraction) { environment.as_host([&] { host.progress(host.user, fraction); }); };
  }
  out.threads = std::max(1U, host.threads);
  if (host.run_tasks != nullptr) {
    out.run = [&](std::size_t count, const std::function<void(std::size_t)>& task) {
      Handed handed(count, task);
      environment.as_host([&] { host.run_tasks(host.user, count, Handed::run, &handed); });
      handed.require_each_once();
    };
  }
  return out;
}

}  // namespace dosegate::plugin
