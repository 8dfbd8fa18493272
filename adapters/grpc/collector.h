// Client streams: a dose, a whole plan.
#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "adapters/grpc/engine.h"
#include "adapters/grpc/reactors.h"
#include "adapters/grpc/silent.h"
#include "adapters/grpc/turns.h"

namespace dosegate::rpc {

// A client stream that is taken message by message on a line, each before the next is read. A client that says nothing
// for too long is refused, and so is one whose right is taken meanwhile. Deletes itself.
template <typename Request, typename Response>
class Collector : public grpc::ServerReadReactor<grpc::ByteBuffer>, private SilentStreams::Stream {
 public:
  // `out` takes the response.
  Collector(Engine& engine, Turns::Line line, Admitted admitted, grpc::ByteBuffer& out)
      : engine_(engine),
        line_(std::move(line)),
        out_(out),
        admitted_(std::move(admitted)),
        patience_(engine.upload_patience()),
        place_(engine.silent_streams(), *this, admitted_.call.client().get()),
        timer_(engine.timers().io()) {}

  void begin() {
    line_.post([this] { read(std::min(patience_, kFirstWord)); });
  }

 protected:
  // Not OK ends the call with it.
  virtual grpc::Status take(Request& request) = 0;
  // All messages have come; answers with answer(), now or, on whatever line, later.
  virtual void finish() = 0;
  // Where it is OK, with response().
  void answer(grpc::Status status) {
    if (status.ok()) status = write_message(response_, out_);
    admitted_.call = {};  // before the answer: who has it finds the share free
    Finish(status);
  }
  Response& response() { return response_; }
  bool is_cancelled() const { return cancelled_ || !admitted_.permit.holds(); }
  grpc::Status why_cancelled() const {
    const grpc::Status status = admitted_.permit.status();
    return status.ok() ? grpc::Status::CANCELLED : status;
  }
  const Turns::Line& line() const { return line_; }

 private:
  // Of the first message.
  static constexpr std::chrono::seconds kFirstWord{10};

  // All on the line but OnReadDone, OnCancel and give_way.
  void read(std::chrono::seconds patience) {
    is_reading_ = true;
    timer_.expires_after(patience);
    ++busy_;
    timer_.async_wait([this, patience](const boost::system::error_code& stopped) {
      line_.post([this, patience, is_stopped = bool(stopped)] {
        if (!is_stopped) {
          refuse(refusal(grpc::StatusCode::DEADLINE_EXCEEDED, "STREAM_IDLE",
                         "Nothing came for " + std::to_string(patience.count()) + " s. Send it all again."));
        }
        rest();
      });
    });
    StartRead(&bytes_);
  }
  void refuse(const grpc::Status& status) {
    if (!is_reading_ || is_refused_) return;
    is_refused_ = true;
    answer(status);
  }
  void give_way() final {
    line_.post([this] {
      refuse(refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CALLS",
                     "There are as many calls as there may be, and nothing has come on this one."));
    });
  }
  void OnReadDone(bool ok) final {
    is_reading_ = false;
    place_.leave();
    line_.post([this, ok] {
      timer_.cancel();
      if (is_refused_) return;
      if (is_cancelled()) return answer(why_cancelled());
      if (!ok) return finish();
      const grpc::Status status = guarded("", [this] {
        Read<Request> request;
        grpc::Status read = engine_.read(bytes_, admitted_, request);
        bytes_.Clear();
        return read.ok() ? take(request.message) : read;
      });
      if (!status.ok()) return answer(status);
      read(patience_);
    });
  }
  void OnCancel() final { cancelled_ = true; }
  void OnDone() final {
    place_.leave();  // what give_way() has posted comes before
    line_.post([this] {
      is_done_ = true;
      timer_.cancel();
      if (busy_ == 0) delete this;
    });
  }
  // The timer knows this object until its handler has run.
  void rest() {
    if (--busy_ == 0 && is_done_) delete this;
  }

  Engine& engine_;
  const Turns::Line line_;
  grpc::ByteBuffer& out_;
  Admitted admitted_;
  const std::chrono::seconds patience_;
  SilentStreams::Place place_;
  boost::asio::steady_timer timer_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> is_reading_{false};
  bool is_refused_ = false, is_done_ = false;
  unsigned busy_ = 0;       // handlers of the timer that have not run
  grpc::ByteBuffer bytes_;  // of a request
  Response response_;
};

}  // namespace dosegate::rpc
