// A case that lives on the server.
#pragma once

#include <atomic>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "adapters/grpc/budget.h"
#include "adapters/grpc/dose_upload.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/service.pb.h"
#include "dosegate/v1/structures.pb.h"

namespace dosegate::rpc {

// A protocol to check against, and what tells it from others.
struct Chosen {
  Protocol protocol;
  std::string key;
};

using Strand = boost::asio::strand<boost::asio::thread_pool::executor_type>;

// Everything but strand() and bytes() is used on the strand only: one call after another.
class HostedCase {
 public:
  // `threads`: how many a check may keep busy.
  HostedCase(const Library& library, unsigned threads, boost::asio::thread_pool& pool, Budget& budget,
             std::uint64_t most_bytes);
  HostedCase(const HostedCase&) = delete;
  HostedCase& operator=(const HostedCase&) = delete;

  const Strand& strand() const { return strand_; }

  // What it has taken of the budget. [thread-safe]
  std::uint64_t bytes() const { return bytes_; }

  // Asked during a check; true ends it with PluginError DOSEGATE_CANCELLED. For the calls until the next one is set.
  void set_cancelled(std::function<bool()> cancelled) { cancelled_ = std::move(cancelled); }

  // Each throws PluginError; what does not fit into the budget is DOSEGATE_LIMIT_EXCEEDED.
  void set_plan(const v1::Plan& plan);
  void set_record(const v1::ClinicalRecord& record);
  void remove_record();
  void set_options(const v1::CaseOptions& options);
  void set_structure(const v1::Structure& structure);
  void remove_structure(std::int32_t roi_number);
  void set_slices(const v1::Slices& slices);
  // What `upload` holds; precondition: its finish() was OK.
  void set_dose(const DoseUpload& upload);
  // What changed planes must fit; no planes: there is no dose.
  const GridShape& grid() const { return grid_; }
  // A case that has not changed since it was checked against the same gives the same answer without being checked.
  const v1::CheckCaseResponse& check(const Chosen& chosen);
  // That answer; null when there is none.
  const v1::CheckCaseResponse* checked(const std::string& key) const;
  v1::GetDvhResponse dvh(const v1::DvhRequest& request);
  // Precondition: finish() of both was OK, and each is a whole grid.
  v1::ComputeGammaResponse gamma(const v1::GammaRequest& request, const DoseUpload& reference,
                                 const DoseUpload& evaluated);

 private:
  static std::int32_t should_cancel(void* self);
  // For what will take `bytes` in place of `bytes_before`; taken before the engine allocates it.
  Budget::Share make_room(std::uint64_t bytes_before, std::uint64_t bytes) const;
  // After every change: what it takes, and that the last check says nothing any more.
  void changed();

  struct Checked {
    std::string key;
    v1::CheckCaseResponse response;
  };

  Strand strand_;
  Budget& budget_;
  const std::uint64_t most_bytes_;
  std::function<bool()> cancelled_;
  std::map<std::int32_t, Budget::Share> structure_shares_;
  std::map<std::pair<std::string, int>, Budget::Share> slices_shares_;  // by frame of reference and axis
  Budget::Share dose_share_, plan_share_, record_share_, options_share_;
  std::atomic<std::uint64_t> bytes_{0};
  GridShape grid_;
  Case case_;
  std::optional<Checked> checked_;
};

}  // namespace dosegate::rpc
