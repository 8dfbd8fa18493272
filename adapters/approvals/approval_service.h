// dosegate.v1.ApprovalService.
#pragma once

#include "adapters/gate/asked.h"
#include "adapters/gate/registrar.h"
#include "adapters/grpc/access.h"
#include "adapters/grpc/client.h"
#include "dosegate/v1/approval.grpc.pb.h"

namespace dosegate::approvals {

// What is decided by, for as long as the server runs.
struct Rules {
  gate::Policy policy;
  gate::Known known;
};

class ApprovalServiceImpl final : public v1::ApprovalService::Service {
 public:
  // All of them outlive this. `most_calls`: at a time; of one client half of them.
  ApprovalServiceImpl(const Rules& rules, gate::Registrar& registrar, const rpc::Access& access, std::size_t most_calls)
      : rules_(rules), registrar_(registrar), access_(access), clients_({0, 0, most_calls}, kClientPercent) {}

  grpc::Status Approve(grpc::ServerContext* context, const v1::ApproveRequest* request,
                       v1::ApproveResponse* response) override;

 private:
  static constexpr unsigned kClientPercent = 50;

  const Rules& rules_;
  gate::Registrar& registrar_;
  const rpc::Access& access_;
  rpc::Clients clients_;
};

}  // namespace dosegate::approvals
