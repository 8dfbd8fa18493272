// What a client was told of a case's findings, and what to tell it next.
#pragma once

#include <map>
#include <string>

#include "dosegate/v1/report.pb.h"
#include "dosegate/v1/session.pb.h"

namespace dosegate::rpc {

// One thread at a time.
class Told {
 public:
  // Defaults of PlanningSessionRequest.MoveThreshold.
  static constexpr double kDoseGy = 0.05;
  static constexpr double kVolumePercent = 0.1;
  static constexpr double kVolumeCc = 0.1;

  // Precondition: no threshold is negative or NaN.
  Told(v1::PlanningSessionRequest::MoveThreshold threshold, bool include_passed);

  // Adds to `update` what differs from what was told before, which is from then on what `report` says. The first time
  // everything, as complete.
  void tell(const v1::Report& report, v1::PlanningSessionResponse::Update& update);

 private:
  bool has_moved(const v1::Finding& from, const v1::Finding& to) const;

  v1::PlanningSessionRequest::MoveThreshold threshold_;
  const bool include_passed_;
  bool has_told_ = false;
  std::map<std::string, v1::Finding> told_;  // as last told, so that a slow drift is heard
};

}  // namespace dosegate::rpc
