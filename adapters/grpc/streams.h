// The client streams of PlanCheckService: a dose, two doses to compare, and a whole plan.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "adapters/grpc/engine.h"
#include "dosegate/v1/service.pb.h"

namespace dosegate::rpc {

grpc::Status no_such_case(const std::string& name);

// All delete themselves when the call has ended. `out` takes the response.
using BytesReader = grpc::ServerReadReactor<grpc::ByteBuffer>;
BytesReader* start_upload(Engine& engine, Admitted in, grpc::ByteBuffer& out);
BytesReader* start_gamma(Engine& engine, Admitted in, grpc::ByteBuffer& out);
BytesReader* start_check(Engine& engine, Admitted in, grpc::ByteBuffer& out);

}  // namespace dosegate::rpc
