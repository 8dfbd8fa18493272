// dosegate.v1.ApprovalService.
#pragma once

#include "adapters/gate/asked.h"
#include "adapters/gate/registrar.h"
#include "adapters/grpc/access.h"
#include "adapters/grpc/client.h"
#include "adapters/grpc/wire.h"
#include "dosegate/v1/approval.grpc.pb.h"

namespace dosegate::approvals {

// What is decided by, for as long as the server runs.
struct Rules {
  gate::Policy policy;
  gate::Known known;
};

// Messages come and go as bytes: a request is read when its client has the right (grpc/wire.h).
class ApprovalServiceImpl final : public grpc::Service {
 public:
  // All of them outlive this. `most_calls`: at a time; of one client half of them.
  ApprovalServiceImpl(const Rules& rules, gate::Registrar& registrar, const rpc::Access& access,
                      std::size_t most_calls);

 private:
  static constexpr unsigned kClientPercent = 50;
  static constexpr std::uint64_t kMostReadBytes = std::uint64_t{256} << 20;  // of all requests, beyond what they are

  grpc::Status approve(const grpc::ServerContext& context, const grpc::ByteBuffer& request, grpc::ByteBuffer& response);

  const Rules& rules_;
  gate::Registrar& registrar_;
  const rpc::Access& access_;
  rpc::Clients clients_;
  rpc::Budget budget_{kMostReadBytes};
};

}  // namespace dosegate::approvals
