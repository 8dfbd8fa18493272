// How a server starts, is used by clients that vanish, and ends.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

e2e::Outcome start(const std::string& address) {
  e2e::RunOptions options;
  options.seconds = 20;
  return e2e::run({"--listen", address}, options, grpc_program());
}

}  // namespace

TEST_CASE("a socket is made in a folder of the owner's alone, or not at all") {
  const e2e::TemporaryFolder folder;
  const std::string open = (folder / "open").string();
  REQUIRE(::mkdir(open.c_str(), 0700) == 0);
  REQUIRE(::chmod(open.c_str(), 0755) == 0);
  const e2e::Outcome others = start("unix:" + open + "/s");
  CHECK(others.exit_code == 3);
  CHECK(others.err.find("chmod 700") != std::string::npos);
  CHECK(others.error_lines() == 1);
  CHECK(start("unix:" + std::string(200, 'x')).exit_code == 3);
  CHECK(start("unix:").exit_code == 3);
  CHECK(start("127.0.0.1:0").exit_code == 3);
  const std::string own = (folder / "own").string();
  REQUIRE(::mkdir(own.c_str(), 0700) == 0);
  std::ofstream(own + "/file") << "not a socket";
  CHECK(start("unix:" + own + "/file").exit_code == 3);
  CHECK(std::filesystem::exists(own + "/file"));
}

TEST_CASE("a second server on a live socket is refused, one on a dead server's socket serves") {
  Server first;
  const e2e::Outcome second = start(first.address());
  CHECK(second.exit_code == 3);
  CHECK(second.err.find("another server answers") != std::string::npos);
  first.kill();
  // The socket is still there; the next server takes it over, and SIGTERM by the time-out ends it.
  e2e::RunOptions options;
  options.seconds = 3;
  const e2e::Outcome next = e2e::run({"--listen", first.address()}, options, grpc_program());
  CHECK(next.out == "dosegate-grpc dosegate.v1 " + first.address() + "\n");
}

TEST_CASE("SIGTERM ends the server with exit code 0 and takes its socket away, an open stream notwithstanding") {
  Server server({"--drain-seconds", "1"});
  const auto plans = server.plans();
  Call call;
  v1::UploadDoseResponse response;
  const auto stream = plans->UploadDose(&call, &response);
  CHECK(server.end() == 0);
  CHECK(!stream->Finish().ok());
  CHECK(!std::filesystem::exists(server.address().substr(5)));
}

TEST_CASE("a client that vanishes in the middle of a dose gives its memory back") {
  const Messages& messages = phantom();
  const std::uint64_t mib = messages.values.size() / (1 << 20) + 1;
  // Room for one upload, not for two.
  const Server server({"--max-memory-mib", std::to_string(mib + mib / 2 + 1)});
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  for (int i = 0; i < 8; ++i) {
    Call call;
    v1::UploadDoseResponse response;
    const auto stream = plans->UploadDose(&call, &response);
    v1::UploadDoseRequest request;
    request.mutable_open()->set_name(name);
    *request.mutable_open()->mutable_header() = messages.dose;
    REQUIRE(stream->Write(request));
    *request.mutable_chunk() = messages.chunks().front();
    const bool taken = stream->Write(request);
    call.TryCancel();
    const grpc::Status status = stream->Finish();
    INFO(i << ": " << status.error_message());
    // The one before may still be going.
    CHECK((status.error_code() == grpc::StatusCode::CANCELLED || !taken ||
           status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  // All of it has been given back: a whole upload gets as far as the engine.
  grpc::Status status;
  for (int i = 0; i < 100; ++i) {
    status = upload(*plans, name, messages.dose, messages.chunks());
    if (reason_of(status) != "MEMORY_BUDGET") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  CHECK(reason_of(status) != "MEMORY_BUDGET");
}

TEST_CASE("a check whose client has cancelled or whose deadline has passed ends, and the case answers the next one") {
  const Server server;
  const auto plans = server.plans();
  const Messages& messages = phantom();
  const std::string name = make_case(*plans, messages);
  v1::GetDvhRequest request;
  request.set_name(name);
  for (int i = 0; i < 5; ++i) {
    grpc::ClientContext hasty;
    hasty.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(2));
    v1::GetDvhResponse response;
    const grpc::Status status = plans->GetDvh(&hasty, request, &response);
    CHECK((status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED || status.ok()));
  }
  v1::GetDvhResponse response;
  Call call;
  REQUIRE(plans->GetDvh(&call, request, &response).ok());
  CHECK(response.report().rois_size() == static_cast<int>(messages.structures.size()));
}

TEST_CASE("help and version are told, an unknown option is refused") {
  e2e::RunOptions options;
  CHECK(e2e::run({"--help"}, options, grpc_program()).exit_code == 0);
  CHECK(e2e::run({"--version"}, options, grpc_program()).out.rfind("dosegate-grpc ", 0) == 0);
  CHECK(e2e::run({"--listen", "unix:/tmp/x/y", "--no-such"}, options, grpc_program()).exit_code == 3);
  CHECK(e2e::run({}, options, grpc_program()).exit_code == 3);
}
