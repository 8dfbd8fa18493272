// The plans that a gate holds, as pages are told of them: `dosegate gate list`, asked again when its queue changes, and
// the reports that lie beside.
#pragma once

#include <atomic>
#include <boost/json/value.hpp>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adapters/panel/feed.h"
#include "adapters/panel/revision.h"

namespace dosegate::panel {

// Who decides from the page. No name: nobody does.
struct DecideAs {
  std::string person, role, key;
  bool is_on() const { return !person.empty(); }
};

// A plan of the list.
struct HeldPlan {
  std::string plan, attempt, kind, since;
  std::vector<std::string> reasons, waivers;
  bool operator==(const HeldPlan&) const = default;
};

// [thread-safe]
class HeldPlans {
 public:
  static constexpr std::size_t kMostShown = 100;  // the oldest; of further ones their number is told

  // Looks once, and throws a cli::Problem where `queue` is none that can be read; then on a thread of its own.
  // `is_alone`: there are no sessions to be shown.
  HeldPlans(Feed& feed, std::filesystem::path queue, present::Language language, Identifiers identifiers,
            DecideAs decide_as, bool is_alone);
  ~HeldPlans();
  HeldPlans(const HeldPlans&) = delete;
  HeldPlans& operator=(const HeldPlans&) = delete;

  // Its reports' findings as JSON; none: no such plan is shown.
  std::optional<std::string> details(std::string_view plan) const;
  // As the page shows it.
  std::optional<HeldPlan> find(std::string_view plan) const;
  // At once, as something was decided.
  void look_again();

  const std::filesystem::path& queue() const { return queue_; }
  const DecideAs& decide_as() const { return decide_as_; }

 private:
  struct Shown {
    HeldPlan plan;
    boost::json::value entry;  // of the list
    std::string details;
  };

  void run();
  std::string signature() const;
  std::vector<HeldPlan> ask(std::size_t& all) const;
  void look();
  void tell(const std::string& problem);
  Shown show(const HeldPlan& plan) const;

  Feed& feed_;
  const std::filesystem::path queue_;
  const present::Language language_;
  const Identifiers identifiers_;
  const DecideAs decide_as_;
  const bool is_alone_;
  std::atomic<bool> is_over_{false};

  std::mutex looking_;  // held by who looks
  std::string seen_;    // the signature that was looked at last; of who looks

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  std::map<std::string, Shown> shown_;  // by plan
  std::vector<std::string> order_;
  std::size_t further_ = 0;
  std::thread thread_;
};

}  // namespace dosegate::panel
