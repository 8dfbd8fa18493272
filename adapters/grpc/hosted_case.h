// A case that lives on the server.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/grpc/budget.h"
#include "adapters/grpc/checked.h"
#include "adapters/grpc/client.h"
#include "adapters/grpc/dose_upload.h"
#include "adapters/grpc/running.h"
#include "adapters/grpc/turns.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/follow.pb.h"
#include "dosegate/v1/service.pb.h"
#include "dosegate/v1/structures.pb.h"

namespace dosegate::rpc {

// A protocol to check against, and what tells it from others.
struct Chosen {
  Protocol protocol;
  std::string key;
};

// What cases share.
struct CaseSurroundings {
  const Library& library;
  unsigned threads;  // how many a check may keep busy
  Turns& turns;
  Budget& budget;
  Running& running;
  std::uint64_t most_bytes;  // of one case
  bool keeps_doses;          // as they came
};

// Everything but line(), client(), bytes() and at_hand() is used on the line only: one call after another.
class HostedCase {
 public:
  HostedCase(const CaseSurroundings& surroundings, std::shared_ptr<Client> client);
  HostedCase(const HostedCase&) = delete;
  HostedCase& operator=(const HostedCase&) = delete;

  const Turns::Line& line() const { return line_; }
  const std::shared_ptr<Client>& client() const { return client_; }

  // What it has taken of the budget. [thread-safe]
  std::uint64_t bytes() const { return bytes_; }

  // Asked during a check; true ends it with PluginError DOSEGATE_CANCELLED. For the calls until the next one is set.
  void set_cancelled(std::function<bool()> cancelled) { cancelled_ = std::move(cancelled); }

  // Each throws PluginError; what does not fit into the budget is DOSEGATE_LIMIT_EXCEEDED.
  void set_plan(const v1::Plan& plan);
  void remove_plan(const std::string& name);
  void set_record(const v1::ClinicalRecord& record);
  void remove_record();
  void set_options(const v1::CaseOptions& options);
  void set_structure(v1::Structure structure);
  void remove_structure(const std::string& set, std::int32_t roi_number);
  void remove_structure_set(const std::string& set);
  void set_slices(const v1::Slices& slices);
  // What `upload` holds; precondition: its finish() was OK.
  void set_dose(const DoseUpload& upload);
  void remove_dose(const std::string& name);
  // Makes ready what a check will need on the grid of `upload`, of which only the header came; precondition: its open()
  // was OK. Not to the end where it is cancelled.
  void expect_dose(const Chosen& chosen, const DoseUpload& upload);
  // What changed planes of the dose of that name must fit; no planes: there is no such dose.
  GridShape grid(const std::string& name) const;
  // A case that has not changed since it was checked against the same gives the same answer without being checked.
  const v1::CheckCaseResponse& check(const Chosen& chosen);
  // That answer as it goes over the wire, from then on at hand as well; null when there is none.
  std::shared_ptr<const Written> checked(const std::string& key);
  // The same for those who do not wait for the line: null, too, while something is changed. [thread-safe]
  std::shared_ptr<const Written> at_hand(const std::string& key) const { return at_hand_.get(key); }
  v1::GetDvhResponse dvh(const v1::DvhRequest& request);
  // Precondition: finish() of both was OK, and each is a whole grid.
  v1::ComputeGammaResponse gamma(const v1::GammaRequest& request, const DoseUpload& reference,
                                 const DoseUpload& evaluated);

  // Of all plans what is not about beams.
  std::vector<v1::Plan> plans_in_brief() const;
  // All structures, for as long as none changes the same object; empty where they are more than 64 MiB.
  std::shared_ptr<const v1::FollowSessionsResponse::Contours> contours();
  // The dose, where there is one and doses are kept; null: not.
  std::shared_ptr<const v1::FollowSessionsResponse::KeptDose> kept_dose(std::uint64_t revision) const;

  // What the engine keeps of its calculations goes; answers stay the same, and take longer.
  void give_back();
  // When it calculated last, if it has given nothing back since. [thread-safe]
  std::optional<std::chrono::steady_clock::time_point> keeps_since() const;

 private:
  static std::int32_t should_cancel(void* self);
  static void run_tasks(void* self, std::uint64_t count, void (*task)(void*, std::uint64_t), void* context);
  void set_in_engine(const v1::Structure& structure);
  void keep_planes(const std::string& name, const dosegate_dose_planes& planes);
  // For what will take `bytes` in place of `bytes_before`; taken before the engine allocates it.
  Budget::Share make_room(std::uint64_t bytes_before, std::uint64_t bytes) const;
  // What f() answers; f may take time, and memory: where there is none, DOSEGATE_LIMIT_EXCEEDED.
  template <typename F>
  auto compute(const F& f);
  // Around every change: the last check says nothing any more, whether the change succeeds or not; then, what it takes.
  class Change {
   public:
    explicit Change(HostedCase& changed) : changed_(changed) {
      changed.at_hand_.set(nullptr);
      changed.checked_.reset();
    }
    ~Change() { changed_.count(); }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    HostedCase& changed_;
  };
  void count() noexcept;

  const CaseSurroundings around_;
  const std::shared_ptr<Client> client_;
  const Turns::Line line_;
  const std::vector<Turns::Line> helpers_;  // that a calculation is done on besides
  std::function<bool()> cancelled_;
  const Running::Work* computing_ = nullptr;
  struct HeldStructure {
    v1::Structure as_sent;  // set again, it makes the engine forget what it made of it
    Budget::Share share;
  };
  std::map<std::pair<std::string, std::int32_t>, HeldStructure> structures_;  // by structure set and ROI number
  std::map<std::pair<std::string, int>, Budget::Share> slices_shares_;        // by frame of reference and axis
  struct HeldDose {
    GridShape grid;
    Budget::Share share;
    v1::DoseHeader header;  // these two where doses are kept
    std::string values;
  };
  std::map<std::string, HeldDose> doses_;  // by name in the case, as are plans
  struct HeldPlan {
    v1::Plan in_brief;
    Budget::Share share;
  };
  std::map<std::string, HeldPlan> plans_;
  Budget::Share record_share_, options_share_;
  Budget::Share expected_share_;  // of a dose that is expected, until it is there
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::chrono::steady_clock::rep> calculated_{0};  // 0: not since it gave back
  Case case_;
  std::optional<Checked> checked_;
  AtHand at_hand_;
  std::shared_ptr<const v1::FollowSessionsResponse::Contours> contours_;  // null: none made since the last change
};

}  // namespace dosegate::rpc
