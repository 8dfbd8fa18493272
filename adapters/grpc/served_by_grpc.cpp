#include "adapters/grpc/served_by_grpc.h"

#include <optional>
#include <string_view>
#include <utility>

#include "adapters/grpc/access.h"

namespace dosegate::rpc {
namespace {

class CallOfGrpc final : public grpc::experimental::Interceptor {
 public:
  CallOfGrpc(ServedByGrpc& all, grpc::experimental::ServerRpcInfo* info)
      : all_(all), info_(info), is_own_(std::string_view(info->method()).starts_with("/dosegate.")) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (!is_own_ && !call_ && methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      call_.emplace(all_, caller_of(*info_->server_context()));
      if (!call_->is_let_in()) info_->server_context()->TryCancel();
    }
    methods->Proceed();
  }

 private:
  ServedByGrpc& all_;
  grpc::experimental::ServerRpcInfo* const info_;
  const bool is_own_;
  std::optional<ServedByGrpc::Call> call_;
};

}  // namespace

ServedByGrpc::Call::Call(ServedByGrpc& all, std::string client) : all_(all), client_(std::move(client)) {
  const std::lock_guard lock(all_.mutex_);
  const auto own = all_.by_client_.find(client_);
  const std::size_t has = own == all_.by_client_.end() ? 0 : own->second;
  if (all_.calls_ >= kMost || (!client_.empty() && has >= kMostOfClient)) return;
  ++all_.by_client_[client_];
  ++all_.calls_;
  is_let_in_ = true;
}

ServedByGrpc::Call::~Call() {
  if (!is_let_in_) return;
  const std::lock_guard lock(all_.mutex_);
  --all_.calls_;
  if (const auto own = all_.by_client_.find(client_); --own->second == 0) all_.by_client_.erase(own);
}

Interceptors ServedByGrpc::interceptors() { return interceptors_of<CallOfGrpc>(*this); }

}  // namespace dosegate::rpc
