// Calls of any method with bytes, as a client without the services' stubs would make them.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace dosegate::grpc_test {

struct Answer {
  grpc::Status status;
  std::string bytes;
};

// One message, then the end; at most one message back. `method`: /package.Service/Method. `most`: how long it may take;
// a stream that the server keeps open takes all of it.
Answer call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
            const grpc::ByteBuffer& request = grpc::ByteBuffer(nullptr, 0),
            std::optional<std::chrono::seconds> most = {});
Answer call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request);

}  // namespace dosegate::grpc_test
