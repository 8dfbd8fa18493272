#include "tests/grpc/generic_call.h"

#include <grpcpp/generic/generic_stub.h>

#include <catch2/catch.hpp>
#include <vector>

#include "tests/grpc/server.h"

namespace dosegate::grpc_test {

Answer call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const grpc::ByteBuffer& request,
            std::optional<std::chrono::seconds> most) {
  Call context;
  if (most) context.set_deadline(std::chrono::system_clock::now() + *most);
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(channel);
  const auto reader = stub.PrepareUnaryCall(&context, method, request, &queue);
  reader->StartCall();
  grpc::ByteBuffer response;
  Answer answer;
  reader->Finish(&response, &answer.status, &queue);
  void* tag = nullptr;
  bool ok = false;
  REQUIRE(queue.Next(&tag, &ok));
  std::vector<grpc::Slice> slices;
  if (response.Valid() && response.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      answer.bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return answer;
}

Answer call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request) {
  const grpc::Slice slice(request);
  return call(channel, method, grpc::ByteBuffer(&slice, 1), {});
}

}  // namespace dosegate::grpc_test
