// What followers of a session see of its case.
#include "adapters/grpc/hosted_case.h"

namespace dosegate::rpc {
namespace {

// In one message to a follower.
constexpr std::uint64_t kMostBytesFollowed = std::uint64_t{64} << 20;

}  // namespace

std::vector<v1::Plan> HostedCase::plans_in_brief() const {
  std::vector<v1::Plan> plans;
  for (const auto& [name, held] : plans_) plans.push_back(held.in_brief);
  return plans;
}

std::shared_ptr<const v1::FollowSessionsResponse::Contours> HostedCase::contours() {
  if (contours_) return contours_;
  auto made = std::make_shared<v1::FollowSessionsResponse::Contours>();
  std::uint64_t bytes = 0;
  for (const auto& [key, held] : structures_) bytes += held.as_sent.ByteSizeLong();
  if (bytes <= kMostBytesFollowed) {
    for (const auto& [key, held] : structures_) *made->add_structures() = held.as_sent;
  }
  contours_ = std::move(made);
  return contours_;
}

std::shared_ptr<const v1::FollowSessionsResponse::KeptDose> HostedCase::kept_dose(std::uint64_t revision) const {
  if (!around_.keeps_doses || doses_.size() != 1) return nullptr;
  auto dose = std::make_shared<v1::FollowSessionsResponse::KeptDose>();
  const HeldDose& held = doses_.begin()->second;
  dose->set_revision(revision);
  *dose->mutable_header() = held.header;
  if (held.values.size() <= kMostBytesFollowed) dose->set_values(held.values);
  return dose;
}

}  // namespace dosegate::rpc
