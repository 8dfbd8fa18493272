// dosegate.v1.ApprovalService.
#pragma once

#include "adapters/gate/asked.h"
#include "adapters/gate/registrar.h"
#include "adapters/grpc/access.h"
#include "dosegate/v1/approval.grpc.pb.h"

namespace dosegate::approvals {

// What is decided by, for as long as the server runs.
struct Rules {
  gate::Policy policy;
  gate::Known known;
};

class ApprovalServiceImpl final : public v1::ApprovalService::Service {
 public:
  // All of them outlive this.
  ApprovalServiceImpl(const Rules& rules, gate::Registrar& registrar, const rpc::Access& access)
      : rules_(rules), registrar_(registrar), access_(access) {}

  grpc::Status Approve(grpc::ServerContext* context, const v1::ApproveRequest* request,
                       v1::ApproveResponse* response) override;

 private:
  const Rules& rules_;
  gate::Registrar& registrar_;
  const rpc::Access& access_;
};

}  // namespace dosegate::approvals
