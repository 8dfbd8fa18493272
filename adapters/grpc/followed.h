// What followers see of a planning session.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "dosegate/v1/follow.pb.h"

namespace dosegate::rpc {

// [thread-safe]
class Followed {
 public:
  using Parts = v1::FollowSessionsResponse;

  // Null: there is none yet.
  struct Seen {
    std::shared_ptr<const Parts::Checked> checked;
    std::shared_ptr<const Parts::Curves> curves;
    std::shared_ptr<const Parts::Contours> contours;
    std::shared_ptr<const Parts::KeptDose> dose;
  };
  Seen seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

  // What the planning system is told of now.
  void set_checked(Parts::Checked checked) {
    auto made = std::make_shared<const Parts::Checked>(std::move(checked));
    const std::lock_guard lock(mutex_);
    seen_.checked = std::move(made);
  }
  // What goes with the Checked of `revision`; curves and dose that are null stay as they are. False, and nothing is
  // set: it is not the last one any more.
  bool set_more(std::uint64_t revision, Seen more) {
    const std::lock_guard lock(mutex_);
    if (!seen_.checked || seen_.checked->revision() != revision) return false;
    if (more.curves) seen_.curves = std::move(more.curves);
    if (more.contours) seen_.contours = std::move(more.contours);
    if (more.dose) seen_.dose = std::move(more.dose);
    return true;
  }

  // Something has changed that is not checked yet. Whether that is new.
  bool set_stale(bool stale) { return is_stale_.exchange(stale) != stale; }
  bool is_stale() const { return is_stale_; }

  // Whether nobody prepares yet what goes with `revision`: the caller does, and says when it could not.
  bool begin_more(std::uint64_t revision) { return prepared_.exchange(revision) != revision; }
  void abandon_more() { prepared_ = 0; }

 private:
  std::atomic<bool> is_stale_{false};
  std::atomic<std::uint64_t> prepared_{0};  // a revision
  mutable std::mutex mutex_;
  Seen seen_;
};

}  // namespace dosegate::rpc
