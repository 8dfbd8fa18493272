// The client streams of PlanCheckService: a dose, two doses to compare, and a whole plan.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "adapters/grpc/engine.h"
#include "dosegate/v1/service.pb.h"

namespace dosegate::rpc {

grpc::Status no_such_case(const std::string& name);

// All delete themselves when the call has ended.
grpc::ServerReadReactor<v1::UploadDoseRequest>* start_upload(Engine& engine, Admitted in);
grpc::ServerReadReactor<v1::ComputeGammaRequest>* start_gamma(Engine& engine, Admitted in,
                                                              v1::ComputeGammaResponse& response);
grpc::ServerReadReactor<v1::CheckPlanRequest>* start_check(Engine& engine, Admitted in,
                                                           v1::CheckPlanResponse& response);

}  // namespace dosegate::rpc
