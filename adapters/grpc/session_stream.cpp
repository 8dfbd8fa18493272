#include "adapters/grpc/session_stream.h"

#include <google/rpc/status.pb.h>

#include <algorithm>
#include <utility>

#include "adapters/grpc/reactors.h"

namespace dosegate::rpc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kAhead = 3;              // messages read before the first of them is taken
constexpr std::size_t kMostUnwritten = 64;  // refusals that a client does not read; then nothing more is read of it

grpc::Status invalid(const std::string& reason, const std::string& message, const std::string& field) {
  return refusal(grpc::StatusCode::INVALID_ARGUMENT, reason, message, field);
}

v1::PlanningSessionResponse refused(std::uint64_t event, const grpc::Status& status) {
  v1::PlanningSessionResponse response;
  response.mutable_refused()->set_event(event);
  google::rpc::Status& out = *response.mutable_refused()->mutable_status();
  if (!out.ParseFromString(status.error_details())) out.set_code(static_cast<int>(status.error_code()));
  out.set_message(status.error_message());
  return response;
}

grpc::Status check_threshold(const v1::PlanningSessionRequest::MoveThreshold& t) {
  for (const double value : {t.dose_gy(), t.volume_percent(), t.volume_cc()}) {
    if (!(value >= 0)) return invalid("INVALID_ARGUMENT", "A threshold is no number, or negative.", "open.threshold");
  }
  return grpc::Status::OK;
}

}  // namespace

SessionStream* SessionStream::start(Engine& engine, grpc::CallbackServerContext* context, Admitted in) {
  std::shared_ptr<SessionStream> stream(new SessionStream(engine, context, std::move(in)));
  stream->self_ = stream;
  const std::lock_guard lock(stream->mutex_);
  stream->look_after();
  stream->read_on();
  return stream.get();
}

SessionStream::SessionStream(Engine& engine, grpc::CallbackServerContext* context, Admitted in)
    : engine_(engine),
      context_(context),
      admitted_(std::move(in)),
      client_(admitted_.call.client()),
      owner_(client_->name),
      heard_(Clock::now()),
      said_(heard_),
      timer_(engine.timers().io()),
      opening_(engine.turns(), owner_),
      place_(engine.silent_streams(), *this, client_.get()) {}

// Reading.

void SessionStream::read_on() {
  if (is_reading_ || is_finished_ || end_ || is_closed_) return;
  if (ahead_ >= (is_open_ ? kAhead : 1) || queue_.size() >= kMostUnwritten) return;
  is_reading_ = true;
  StartRead(&read_);
}

void SessionStream::OnReadDone(bool ok) {
  place_.leave();
  const std::lock_guard lock(mutex_);
  is_reading_ = false;
  if (!ok) {
    is_closed_ = true;
    if (!is_open_) {
      if (!end_) end_ = invalid("OUT_OF_ORDER", "The stream ended before its open message.", "open");
      return write_next();
    }
    session_->hosted->line().post([self = shared_from_this()] { self->close(); });
    return;
  }
  if (!admitted_.permit.holds()) {
    if (!end_) end_ = admitted_.permit.status();
    return write_next();
  }
  const auto request = std::make_shared<Read<Request>>();
  const grpc::Status status = engine_.read(read_, admitted_, *request);
  read_.Clear();
  if (!status.ok()) {
    if (!end_) end_ = status;
    return write_next();
  }
  heard_ = Clock::now();
  has_spoken_ = true;
  if (is_open_ && request->message.has_heartbeat()) {
    echo_ = request->message.heartbeat().count();
    write_next();
    return read_on();
  }
  if (is_open_ && is_event(request->message)) {
    ++arrived_;  // ends the check that is running
    set_stale(true);
  }
  ++ahead_;
  if (!is_open_)
    return opening_.post([self = shared_from_this(), request] { self->open(std::move(request->message)); });
  session_->hosted->line().post([self = shared_from_this(), request] {
    self->take(std::move(request->message));
    const std::lock_guard taken(self->mutex_);
    --self->ahead_;
    self->read_on();
  });
  read_on();
}

// Opening.

void SessionStream::open(Request request) {
  grpc::Status status = invalid("OUT_OF_ORDER", "open must come first.", "open");
  if (request.has_open()) {
    status = guarded("open.options", [&] {
      constexpr std::uint32_t kMostSeconds = 3600;
      if (request.open().heartbeat_seconds() > kMostSeconds) {
        return invalid("INVALID_ARGUMENT", "is more than 3600 s.", "open.heartbeat_seconds");
      }
      return request.open().resume().empty() ? begin(request.open()) : resume(request.open());
    });
  }
  if (!status.ok()) return end(status);
  if (const std::shared_ptr<SessionStream> before = session_->attach(shared_from_this());
      before && before.get() != this) {
    before->end(refusal(grpc::StatusCode::ABORTED, "SESSION_TAKEN_OVER",
                        "The session goes on over another connection that resumed it."));
  }
  const std::uint32_t seconds = request.open().heartbeat_seconds();
  {
    const std::lock_guard lock(mutex_);
    if (seconds != 0) heartbeat_ = std::chrono::seconds(seconds);
    told_.emplace(session_->opened_as.threshold(), session_->opened_as.include_passed());
  }
  events_.emplace(*session_->hosted, session_->chosen, engine_.uploads(), session_->last_event);
  session_->hosted->line().post([self = shared_from_this()] { self->welcome(); });
}

grpc::Status SessionStream::begin(const Request::Open& open) {
  if (grpc::Status status = check_threshold(open.threshold()); !status.ok()) return status;
  auto hosted = engine_.make_case(client_);
  if (open.has_options()) hosted->set_options(open.options());
  std::shared_ptr<Session> session;
  const grpc::Status chosen = guarded("open.protocol", [&] {
    session = std::make_shared<Session>(hosted, engine_.choose(open.protocol()), open);
    return grpc::Status::OK;
  });
  if (!chosen.ok()) return chosen;
  session->case_name = engine_.keep(hosted);
  if (!session->case_name.empty()) session->name = engine_.sessions().add(session, owner_, client_->most.cases);
  if (session->name.empty()) {
    if (!session->case_name.empty()) engine_.cases().remove(session->case_name, owner_);
    return engine_.too_many_cases(*client_);
  }
  session_ = std::move(session);
  return grpc::Status::OK;
}

grpc::Status SessionStream::resume(const Request::Open& open) {
  session_ = engine_.sessions().find(open.resume(), owner_);
  if (session_) return grpc::Status::OK;
  return refusal(grpc::StatusCode::NOT_FOUND, "NO_SUCH_SESSION",
                 "There is no session '" + open.resume().substr(0, 100) +
                     "' on this server: it was ended, was idle for too long, or is on another server. Begin a new one.",
                 "open.resume");
}

void SessionStream::welcome() {
  Response opened;
  opened.mutable_opened()->set_name(session_->name);
  opened.mutable_opened()->set_case_name(session_->case_name);
  opened.mutable_opened()->set_event(session_->last_event);
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(opened));
    is_open_ = true;
    ahead_ = 0;
    write_next();
    read_on();
  }
  check();  // of a session that was resumed: all that there is
}

// Events.

void SessionStream::take(Request request) {
  if (!is_attached() || !admitted_.permit.holds()) return;
  std::vector<SessionEvents::Settled> settled;
  const bool is_numbered = is_event(request);
  session_->hosted->set_cancelled([this, is_numbered] { return !is_last(is_numbered); });
  const grpc::Status status = events_->take(request, settled);
  session_->hosted->set_cancelled(nullptr);
  for (const SessionEvents::Settled& one : settled) settle(one);
  if (!status.ok()) end(status);
}

void SessionStream::settle(const SessionEvents::Settled& settled) {
  ++settled_;
  if (!settled.status.ok()) {
    if (answered_ == settled.before) answered_ = settled.last;  // the refusal is the answer
    const std::lock_guard lock(mutex_);
    queue_.push_back(refused(settled.event, settled.status));
    write_next();
  }
  session_->hosted->line().post([self = shared_from_this()] { self->check(); });
}

void SessionStream::check() {
  const std::uint64_t event = session_->last_event;
  if (!is_current() || !is_attached()) return;
  if (answered_ == event) return set_stale(false);
  session_->hosted->set_cancelled([this] { return !is_current(); });
  std::optional<Checked> checked;
  const grpc::Status status = guarded("", [&] {
    checked.emplace(
        Checked{event, session_->hosted->check(session_->chosen).report(), session_->hosted->plans_in_brief()});
    return grpc::Status::OK;
  });
  session_->hosted->set_cancelled(nullptr);
  if (!is_current()) return;
  answered_ = event;
  const std::lock_guard lock(mutex_);
  if (status.ok()) {
    checked_ = std::move(checked);
  } else {
    queue_.push_back(refused(event, status));
    set_stale(false);  // the case is as it was
  }
  write_next();
}

// The client has said everything, or is gone.
void SessionStream::close() {
  // Not settled: a client that resumes sends the event again.
  if (events_->is_within_dose())
    return end(invalid("INVALID_DOSE", "The stream ended before all chunks of the dose.", "chunk"));
  check();
  end(grpc::Status::OK);
}

void SessionStream::set_stale(bool stale) {
  if (session_->followed.set_stale(stale)) engine_.followers().wake(owner_);
}

void SessionStream::show(Checked checked, std::uint64_t revision) {
  v1::FollowSessionsResponse::Checked shown;
  shown.set_event(checked.event);
  shown.set_revision(revision);
  *shown.mutable_report() = std::move(checked.report);
  for (v1::Plan& plan : checked.plans) *shown.add_plans() = std::move(plan);
  session_->followed.set_checked(std::move(shown));
  session_->followed.set_stale(false);
  engine_.followers().wake(owner_);
}

// Writing.

void SessionStream::write_next() {
  if (is_writing_ || is_finished_) return;
  if (checked_ && !is_current()) {
    checked_.reset();  // never late
  }
  if (!queue_.empty()) {
    response_ = std::move(queue_.front());
    queue_.pop_front();
  } else if (echo_) {
    response_.mutable_heartbeat()->set_count(*echo_);
    echo_.reset();
  } else if (checked_) {
    auto& update = *response_.mutable_update();
    update.Clear();
    update.set_event(checked_->event);
    update.set_revision(++session_->revision);
    told_->tell(checked_->report, update);
    show(std::move(*checked_), update.revision());
    checked_.reset();
  } else if (end_) {
    is_finished_ = true;
    timer_.cancel();
    return Finish(*end_);
  } else if (is_heartbeat_due_) {
    response_.mutable_heartbeat()->set_count(++heartbeats_);
    is_heartbeat_due_ = false;
  } else {
    return;
  }
  is_writing_ = true;
  said_ = Clock::now();
  if (const grpc::Status status = write_message(response_, written_); !status.ok()) {
    is_writing_ = false;
    is_finished_ = true;
    timer_.cancel();
    return Finish(status);
  }
  StartWrite(&written_);
}

void SessionStream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  is_writing_ = false;
  if (!ok) {
    queue_.clear();
    echo_.reset();
    checked_.reset();
  }
  write_next();
  read_on();
}

void SessionStream::end(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (!end_) end_ = status;
  write_next();
}

bool SessionStream::end_without_right() {
  if (admitted_.permit.holds()) return false;
  end(admitted_.permit.status());
  return true;
}

void SessionStream::give_way() {
  opening_.post([self = shared_from_this()] {
    self->end(refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CALLS",
                      "There are as many calls as there may be, and nothing has come on this one."));
  });
}

std::chrono::seconds SessionStream::patience() const {
  constexpr std::chrono::seconds kFirstWord{10};
  return has_spoken_ ? engine_.session_patience() : std::min(engine_.session_patience(), kFirstWord);
}

void SessionStream::look_after() {
  timer_.expires_at(std::min(said_ + heartbeat_, heard_ + patience()));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
    if (stopped) return;
    const std::lock_guard lock(self->mutex_);
    if (self->is_finished_ || self->end_) return;
    const auto now = Clock::now();
    if (now - self->heard_ >= self->patience()) {
      self->end_ = refusal(grpc::StatusCode::DEADLINE_EXCEEDED, "STREAM_IDLE",
                           "Nothing was heard of the client for too long. Open the session again; while a planning "
                           "system is idle it sends heartbeats.");
    } else if (now - self->said_ >= self->heartbeat_) {
      self->is_heartbeat_due_ = self->is_open_;
      self->said_ = now;
    }
    self->write_next();
    if (!self->is_finished_ && !self->end_) self->look_after();
  });
}

void SessionStream::OnDone() {
  is_gone_.exchange(true);  // an exchange: OnCancel, on whatever thread, has come before
  place_.leave();
  std::shared_ptr<SessionStream> last = std::move(self_);
  const std::lock_guard lock(mutex_);
  is_finished_ = true;
  timer_.cancel();
  if (!session_) return;
  // Ended in good order it is over; broken off, or ended by the server, it waits to be resumed.
  if (end_ && end_->ok() && !context_->IsCancelled()) {
    engine_.sessions().remove(session_->name, owner_);
    engine_.cases().remove(session_->case_name, owner_);
  } else {
    engine_.sessions().find(session_->name, owner_);  // counts as used now
  }
  engine_.followers().wake(owner_);
  admitted_.call = {};
}

}  // namespace dosegate::rpc
