#include "adapters/grpc/followers.h"

#include <algorithm>

#include "adapters/grpc/follow_stream.h"

namespace dosegate::rpc {

bool Followers::add(const std::shared_ptr<FollowStream>& stream) {
  const std::lock_guard lock(mutex_);
  const auto own = std::count_if(streams_.begin(), streams_.end(),
                                 [&](const auto& other) { return other->owner() == stream->owner(); });
  if (static_cast<std::size_t>(own) >= kMostOfOwner) return false;
  streams_.push_back(stream);
  return true;
}

void Followers::remove(const FollowStream* stream) {
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [&](const auto& other) { return other.get() == stream; });
}

void Followers::wake(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  for (const auto& stream : streams_) {
    if (stream->owner() == owner) stream->wake();
  }
}

Followers::Wants Followers::wants_of(const std::string& owner) const {
  Wants wants;
  const std::lock_guard lock(mutex_);
  for (const auto& stream : streams_) {
    if (stream->owner() != owner) continue;
    wants.curves |= stream->wants_curves();
    wants.pictures |= stream->wants_pictures();
  }
  return wants;
}

void Followers::end(const grpc::Status& status) {
  std::vector<std::shared_ptr<FollowStream>> streams;
  {
    const std::lock_guard lock(mutex_);
    streams = streams_;
  }
  for (const auto& stream : streams) stream->end(status);
}

}  // namespace dosegate::rpc
