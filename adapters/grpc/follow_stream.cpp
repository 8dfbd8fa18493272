#include "adapters/grpc/follow_stream.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "adapters/grpc/follow_more.h"
#include "adapters/grpc/log.h"
#include "adapters/grpc/reactors.h"

namespace dosegate::rpc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTick{1}, kHeartbeat{2}, kMostOfAWrite{10};
constexpr std::uint32_t kMostSeconds = 3600;

grpc::Status refused_request(Engine& engine, const std::string& owner, const v1::FollowSessionsRequest& request) {
  if (request.heartbeat_seconds() > kMostSeconds) {
    return refusal(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT", "is more than 3600 s.", "heartbeat_seconds");
  }
  if (request.session().empty()) return grpc::Status::OK;
  for (const auto& listed : engine.sessions().list_of(owner)) {
    if (listed.name == request.session()) return grpc::Status::OK;
  }
  return refusal(grpc::StatusCode::NOT_FOUND, "NO_SUCH_SESSION",
                 "There is no session '" + request.session().substr(0, 100) +
                     "' on this server: it was ended, was idle for too long, or is on another server.",
                 "session");
}

}  // namespace

FollowStream* FollowStream::start(Engine& engine, grpc::CallbackServerContext* context, Admitted in,
                                  const v1::FollowSessionsRequest& request) {
  std::shared_ptr<FollowStream> stream(new FollowStream(engine, context, std::move(in), request));
  stream->self_ = stream;
  grpc::Status status = refused_request(engine, stream->owner_, request);
  if (status.ok() && !engine.followers().add(stream)) {
    status = refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_FOLLOWERS",
                     "This client follows its sessions " + std::to_string(Followers::kMostOfOwner) +
                         " times, as often as it may. Close panels that are not needed.");
  }
  if (!status.ok()) {
    stream->end(status);
    return stream.get();
  }
  {
    const std::lock_guard lock(stream->mutex_);
    stream->look_after();
  }
  stream->wake();
  return stream.get();
}

FollowStream::FollowStream(Engine& engine, grpc::CallbackServerContext* context, Admitted in,
                           const v1::FollowSessionsRequest& request)
    : engine_(engine),
      context_(context),
      admitted_(std::move(in)),
      owner_(admitted_.name()),
      request_(request),
      heartbeat_(request.heartbeat_seconds() == 0 ? kHeartbeat : std::chrono::seconds(request.heartbeat_seconds())),
      said_(Clock::now()),
      timer_(engine.timers().io()) {}

void FollowStream::wake() {
  if (is_woken_.exchange(true)) return;
  boost::asio::post(engine_.timers().io(), [self = shared_from_this()] {
    self->is_woken_ = false;
    const std::lock_guard lock(self->mutex_);
    self->write_next();
  });
}

// Perhaps from within a call of ours that holds the lock.
void FollowStream::OnCancel() {
  is_gone_ = true;
  wake();
}

void FollowStream::end(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (!end_) end_ = status;
  write_next();
}

// What to write.

bool FollowStream::choose() {
  std::vector<Listed> sessions = engine_.sessions().list_of(owner_);
  if (!request_.session().empty()) {
    std::erase_if(sessions, [&](const Listed& listed) { return listed.name != request_.session(); });
  }
  response_.Clear();
  if (choose_begin_or_end(sessions) || choose_part(sessions)) return true;
  if (!is_heartbeat_due_) return false;
  response_.mutable_heartbeat()->set_count(++heartbeats_);
  return true;
}

bool FollowStream::choose_begin_or_end(const std::vector<Listed>& sessions) {
  for (auto at = sent_.begin(); at != sent_.end(); ++at) {
    const auto is_it = [&](const Listed& listed) { return listed.name == at->first; };
    if (std::any_of(sessions.begin(), sessions.end(), is_it)) continue;
    response_.set_session(at->first);
    response_.mutable_over();
    sent_.erase(at);
    if (!request_.session().empty() && !end_) end_ = grpc::Status::OK;
    return true;
  }
  for (const Listed& listed : sessions) {
    if (sent_.count(listed.name) != 0) continue;
    sent_.emplace(listed.name, Sent{});
    response_.set_session(listed.name);
    response_.mutable_begun()->set_protocol_json(std::string(listed.thing->chosen.protocol.json()));
    return true;
  }
  return false;
}

// Findings of every session come before curves of any, and those before pictures.
bool FollowStream::choose_part(const std::vector<Listed>& sessions) {
  for (const auto part :
       {Response::kChecked, Response::kState, Response::kCurves, Response::kContours, Response::kDose}) {
    for (const Listed& listed : sessions) {
      if (set_part(listed, part, sent_[listed.name])) {
        response_.set_session(listed.name);
        return true;
      }
    }
  }
  return false;
}

bool FollowStream::set_part(const Listed& listed, Response::PartCase part, Sent& sent) {
  const Followed& followed = listed.thing->followed;
  const Followed::Seen seen = followed.seen();
  const bool has_checked = seen.checked && sent.checked == seen.checked->revision();
  switch (part) {
    case Response::kChecked:
      if (!seen.checked || has_checked) return false;
      *response_.mutable_checked() = *seen.checked;
      sent.checked = seen.checked->revision();
      return true;
    case Response::kState: {
      Response::State state;
      state.set_connected(listed.thing->stream() != nullptr);
      state.set_stale(followed.is_stale());
      if (sent.state && sent.state->connected() == state.connected() && sent.state->stale() == state.stale())
        return false;
      *response_.mutable_state() = state;
      sent.state = state;
      return true;
    }
    case Response::kCurves:
      if (request_.curves() || request_.pictures()) prepare_more(engine_, listed.thing);
      if (!request_.curves() || !seen.curves || sent.curves == seen.curves->revision()) return false;
      *response_.mutable_curves() = *seen.curves;
      sent.curves = seen.curves->revision();
      return true;
    case Response::kContours:
      if (!request_.pictures() || !seen.contours || sent.contours == seen.contours) return false;
      *response_.mutable_contours() = *seen.contours;
      sent.contours = seen.contours;
      return true;
    case Response::kDose:
      if (!request_.pictures() || !seen.dose || sent.dose == seen.dose->revision()) return false;
      *response_.mutable_dose() = *seen.dose;
      sent.dose = seen.dose->revision();
      return true;
    default:
      return false;
  }
}

// Writing.

void FollowStream::write_next() {
  if (is_writing_ || is_finished_) return;
  if (!end_ && is_gone_) end_ = grpc::Status::CANCELLED;
  if (!end_ && !admitted_.permit.holds()) end_ = admitted_.permit.status();
  bool has_more = !end_ && choose();
  if (has_more) {
    if (const grpc::Status status = write_message(response_, written_); !status.ok()) end_ = status, has_more = false;
  }
  if (!has_more) {
    if (!end_) return;
    is_finished_ = true;
    timer_.cancel();
    return Finish(*end_);
  }
  is_writing_ = true;
  is_heartbeat_due_ = false;
  said_ = Clock::now();
  StartWrite(&written_);
}

void FollowStream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  is_writing_ = false;
  if (!ok && !end_) end_ = grpc::Status::CANCELLED;
  write_next();
}

void FollowStream::look_after() {
  timer_.expires_after(kTick);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
    if (stopped) return;
    const std::lock_guard lock(self->mutex_);
    if (self->is_finished_) return;
    const auto silent = Clock::now() - self->said_;
    if (self->is_writing_ && silent > kMostOfAWrite) {
      log(Level::kWarning, "follow", {{"change", "a follower that does not read is let go"}, {"client", self->owner_}});
      if (!self->end_) self->end_ = grpc::Status::CANCELLED;
      self->context_->TryCancel();
      return;
    }
    self->is_heartbeat_due_ = silent >= self->heartbeat_;
    self->write_next();
    if (!self->is_finished_) self->look_after();
  });
}

void FollowStream::OnDone() {
  engine_.followers().remove(this);
  std::shared_ptr<FollowStream> last = std::move(self_);
  const std::lock_guard lock(mutex_);
  is_finished_ = true;
  timer_.cancel();
  admitted_.call = {};
}

}  // namespace dosegate::rpc
