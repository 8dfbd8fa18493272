// How our programs reach a dosegate-grpc.
#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "adapters/cli/args.h"

namespace dosegate::remote {

// A channel that connects when it is used. Throws a Problem where a PEM file cannot be read.
std::shared_ptr<grpc::Channel> channel_to(const cli::ServerArguments& server);

// The same, connected. Throws a Problem where there is no connection within 10 s.
std::shared_ptr<grpc::Channel> connect(const cli::ServerArguments& server);

}  // namespace dosegate::remote
