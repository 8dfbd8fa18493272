// gRPC's way to be told of every call: a factory, asked for an object for each.
#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>

namespace dosegate::rpc {

using Interceptors = std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>;

// For ServerBuilder: a `Watch(owner, info)` for every call, until the call is over. `owner` outlives the server.
template <typename Watch, typename Owner>
Interceptors interceptors_of(Owner& owner) {
  class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
   public:
    explicit Factory(Owner& owner) : owner_(owner) {}
    grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
      return new Watch(owner_, info);
    }

   private:
    Owner& owner_;
  };
  return std::make_unique<Factory>(owner);
}

}  // namespace dosegate::rpc
