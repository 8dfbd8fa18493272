// Requests as they come over the wire, read by us and not by gRPC: after the right has been asked for, and never into
// more memory than there may be.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>

#include "adapters/grpc/budget.h"

namespace dosegate::rpc {

// What reading takes. `budget` and `client` outlive the call.
struct Reading {
  std::uint64_t most_bytes;  // that one message may take in memory
  Budget& budget;            // of which what is more than on the wire is taken
  std::shared_ptr<Client> client;
};

// Fills in `into`, which is new. An empty part takes 2 bytes on the wire and up to some 200 in memory, so that what the
// message takes is estimated, from above, before it is read; `share` has what was taken for it, and lives as long as it
// does. Not OK: INVALID_ARGUMENT (UNREADABLE) or RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE, OUT_OF_MEMORY).
grpc::Status read_message(const grpc::ByteBuffer& bytes, const Reading& reading, google::protobuf::Message& into,
                          Budget::Share& share);

// A request, and the memory that it has of the budget.
template <typename Request>
struct Read {
  Request message;
  Budget::Share share;
};

// gRPC's own compression is refused: it unpacks a message whole, however large it becomes, before anybody looks at it.
void refuse_compression(grpc::ServerBuilder& builder);

// Not OK: it is too long.
grpc::Status write_message(const google::protobuf::Message& message, grpc::ByteBuffer& bytes);

}  // namespace dosegate::rpc
