// Clients and servers that end in the middle of something.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

using Clock = std::chrono::steady_clock;

grpc::Status check_case(v1::PlanCheckService::Stub& plans, const std::string& name) {
  Call call;
  v1::CheckCaseRequest request;
  request.set_name(name);
  v1::CheckCaseResponse response;
  return plans.CheckCase(&call, request, &response);
}

// Answered at once by the case, and after what it is doing.
grpc::Status set_options(v1::PlanCheckService::Stub& plans, const std::string& name, const Messages& messages) {
  Call call;
  v1::SetOptionsRequest request;
  request.set_name(name);
  *request.mutable_options() = messages.options;
  v1::SetOptionsResponse response;
  return plans.SetOptions(&call, request, &response);
}

grpc::Status get_dvh(v1::PlanCheckService::Stub& plans, const std::string& name, grpc::ClientContext& context) {
  v1::GetDvhRequest request;
  request.set_name(name);
  v1::GetDvhResponse response;
  return plans.GetDvh(&context, request, &response);
}

}  // namespace

TEST_CASE("a client that is killed in the middle of its upload gives its memory back") {
  const Server server;
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  for (int round = 0; round < 3; ++round) {
    const Running client = start({DOSEGATE_DOOMED_CLIENT, server.address(), name});
    CHECK(read_line(client.out) == "uploading");
    ::close(client.out);
    for (int i = 0; i < 100 && server.status().memory_bytes() == 0; ++i) ::usleep(50'000);
    CHECK(server.status().memory_bytes() == 1 << 20);  // of 4,000,000 bytes that were announced, what has come
    ::kill(client.pid, SIGKILL);
    (void)exit_code_of(client.pid);
    const auto killed = Clock::now();
    while (server.status().memory_bytes() != 0 && Clock::now() - killed < std::chrono::seconds(20)) ::usleep(10'000);
    CHECK(server.status().memory_bytes() == 0);
  }
  CHECK(check_case(*plans, name).ok());
}

TEST_CASE("a server that is killed in the middle of a check and started again serves, without the cases it had") {
  const Messages& messages = phantom();
  Server first;
  const auto plans = first.plans();
  const std::string name = make_case(*plans, messages);
  grpc::Status cut;
  std::atomic<bool> is_over{false};
  std::thread checking([&] {
    while (cut.ok()) {
      Call call;
      cut = get_dvh(*plans, name, call);
    }
    is_over = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK_FALSE(is_over);
  first.kill();
  checking.join();
  INFO(cut.error_message());
  CHECK(cut.error_code() == grpc::StatusCode::UNAVAILABLE);

  const Server second({}, first.address());
  // The old client's connection comes back by itself.
  grpc::Status status;
  for (int i = 0; i < 100; ++i) {
    status = check_case(*plans, name);
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(reason_of(status) == "NO_SUCH_CASE");
  CHECK(check_case(*plans, make_case(*plans, messages)).ok());
}

TEST_CASE("a case answers soon after the client has cancelled what it was computing") {
  const Messages& messages = phantom();
  const Server server;
  const auto plans = server.plans();
  const auto ms = [](Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); };
  // Of a new case each time: what was computed before is known.
  const auto begin = Clock::now();
  std::string name = make_case(*plans, messages);
  const Clock::time_point made = Clock::now();
  Call first;
  REQUIRE(get_dvh(*plans, name, first).ok());
  const Clock::duration whole = Clock::now() - made;
  double longest = 0, sum = 0;
  constexpr int kRounds = 9;
  int cancelled = 0;
  for (int round = 0; round < kRounds; ++round) {
    name = make_case(*plans, messages);
    Call call;
    grpc::Status status;
    std::thread asking([&] { status = get_dvh(*plans, name, call); });
    std::this_thread::sleep_for(whole * (round + 1) / (kRounds + 1));
    call.TryCancel();
    const auto at = Clock::now();
    CHECK(set_options(*plans, name, messages).ok());
    const double took = ms(Clock::now() - at);
    longest = std::max(longest, took);
    sum += took;
    asking.join();
    if (status.error_code() == grpc::StatusCode::CANCELLED) ++cancelled;
    Call again;
    CHECK(get_dvh(*plans, name, again).ok());
  }
  WARN("a case is made in " << ms(made - begin) << " ms, GetDvh takes " << ms(whole) << " ms; of " << kRounds
                            << " that were cancelled " << cancelled << " ended so, and the case answered after "
                            << sum / kRounds << " ms on average, " << longest << " ms at most");
  CHECK(longest < 2000);
}
