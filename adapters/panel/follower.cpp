#include "adapters/panel/follower.h"

#include <chrono>
#include <condition_variable>
#include <utility>

#include "adapters/remote/connect.h"
#include "adapters/support/error.h"
#include "dosegate/v1/service.grpc.pb.h"

namespace dosegate::panel {
namespace {

constexpr std::chrono::seconds kConnectWithin{3}, kSilence{8};
constexpr std::chrono::milliseconds kBetween{500};

// Ends a call that has heard nothing for too long: the server sends a heartbeat every two seconds.
class Watchdog {
 public:
  explicit Watchdog(grpc::ClientContext& context) : context_(context), thread_([this] { run(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  void heard() {
    const std::lock_guard lock(mutex_);
    heard_ = std::chrono::steady_clock::now();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!is_over_) {
      changed_.wait_until(lock, heard_ + kSilence);
      if (!is_over_ && std::chrono::steady_clock::now() >= heard_ + kSilence) return context_.TryCancel();
    }
  }

  grpc::ClientContext& context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::chrono::steady_clock::time_point heard_ = std::chrono::steady_clock::now();
  std::thread thread_;
};

}  // namespace

Follower::Follower(cli::ServerArguments server, v1::FollowSessionsRequest request, Heard heard)
    : server_(std::move(server)), request_(std::move(request)), heard_(std::move(heard)), thread_([this] { run(); }) {}

Follower::~Follower() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  changed_.notify_all();
  thread_.join();
}

void Follower::run() {
  for (;;) {
    std::string problem;
    try {
      problem = follow();
    } catch (const std::exception& e) {  // certificates that cannot be read now
      problem = e.what();
    }
    std::unique_lock lock(mutex_);
    if (!is_ending_) {
      lock.unlock();
      heard_.connection(problem);
      lock.lock();
    }
    if (changed_.wait_for(lock, kBetween, [&] { return is_ending_; })) return;
  }
}

std::string Follower::follow() {
  const auto channel = remote::channel_to(server_);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + kConnectWithin)) return "no connection";
  grpc::ClientContext context;
  {
    const std::lock_guard lock(mutex_);
    if (is_ending_) return "";
    context_ = &context;
  }
  grpc::Status status;
  {
    Watchdog watchdog(context);
    const auto stream = v1::PlanCheckService::NewStub(channel)->FollowSessions(&context, request_);
    v1::FollowSessionsResponse response;
    bool is_first = true;
    while (stream->Read(&response)) {
      if (std::exchange(is_first, false)) heard_.connection("");
      heard_.message(response);
      watchdog.heard();
    }
    status = stream->Finish();
  }
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
  return status.ok() ? "the server has ended the call" : status.error_message();
}

}  // namespace dosegate::panel
