// Why a call is refused, as gRPC says it: a status code, google.rpc.ErrorInfo with a reason that programs can read, and
// google.rpc.BadRequest where a field is at fault.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "dosegate/detail/error.hpp"

namespace dosegate::rpc {

inline constexpr const char* kErrorDomain = "dosegate";

// `reason`: UPPER_SNAKE_CASE. `message`: what, and how to mend it. `field`: of the request, empty when none is at
// fault.
grpc::Status refusal(grpc::StatusCode code, const std::string& reason, const std::string& message,
                     const std::string& field = "");

// What the engine refused. `field`: the part of the request that it was given as.
grpc::Status refusal(const PluginError& error, const std::string& field = "");

}  // namespace dosegate::rpc
