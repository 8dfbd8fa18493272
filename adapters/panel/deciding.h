// Deciding on a held plan from the page: `dosegate waive`, `dosegate gate release` and `dosegate gate reject`, run as
// the person that the panel was started for. The gate checks person, role, key and policy, as it does for the commands.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/panel/admission.h"
#include "adapters/panel/held_plans.h"

namespace dosegate::panel {

// What a page asks for.
struct Decision {
  bool is_release = false;
  std::string plan, attempt, reason;
  struct Waived {
    std::size_t report = 1;  // of report-N.json
    std::string rule;
  };
  std::vector<Waived> waive;  // of a release
  int days = 0;               // that these waivers hold
};

// {"action":"reject","plan":UID,"attempt":ID,"reason":TEXT}, or "release" with "waive":[{"report":1,"rule":ID}] and
// "days":30. Throws std::exception where it is anything else.
Decision parse_decision(std::string_view body);

// [thread-safe]
class Deciding {
 public:
  static constexpr std::size_t kMostReason = 1000;  // bytes
  static constexpr std::size_t kMostWaived = 20;

  // `held` outlives it.
  explicit Deciding(HeldPlans& held) : held_(held) {}
  ~Deciding() { stop(); }
  Deciding(const Deciding&) = delete;
  Deciding& operator=(const Deciding&) = delete;

  // What is answered at once, a refusal, or Answer::later, which does it. One decision at a time.
  Answer ask(std::string_view body);
  // Ends what runs.
  void stop() { is_over_ = true; }

 private:
  Answer decide(const Decision& decision);
  Answer run_gate(const Decision& decision, const std::vector<std::string>& waivers);

  HeldPlans& held_;
  std::atomic<bool> is_over_{false};
  std::atomic<bool> is_busy_{false};
};

// Throws a cli::Problem where `key` cannot sign.
void require_key(const DecideAs& as);

}  // namespace dosegate::panel
