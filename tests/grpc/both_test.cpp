// This program links gRPC and protobuf of its own, and has its own dosegate.v1 classes: as a host may.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <set>
#include <thread>
#include <variant>

#include "adapters/dicom/to_case.h"
#include "dosegate/dosegate.hpp"
#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

TEST_CASE("a host with its own gRPC checks in process and talks to the adapter at the same time, with one answer") {
  constexpr int kRounds = 8;
  const Server server;
  const auto plans = server.plans();
  const e2e::TemporaryFolder folder;
  const std::string path = (folder / "p").string();
  REQUIRE(e2e::run({"phantom", path, "--case", "hot-cord"}).exit_code == 0);
  const Messages messages = read_messages(path);
  std::string options;
  REQUIRE(google::protobuf::util::MessageToJsonString(messages.options, &options).ok());

  std::set<std::string> reports, problems;  // of the thread, until it is joined
  std::thread in_process([&] {
    try {
      for (int i = 0; i < kRounds; ++i) {
        const Library library = Library::load(DOSEGATE_MANIFEST);
        dicom::ReadResult read = dicom::read_case({path}, {});
        Case c = library.make_case();
        c.set_options(options);
        dicom::hand_over(std::get<dicom::RtCase>(read), c);
        reports.insert(std::string(c.check(library.builtin_protocol()).json()));
      }
    } catch (const std::exception& e) {
      problems.insert(e.what());
    }
  });
  std::set<std::string> remote;
  const std::string name = make_case(*plans, messages);
  for (int i = 0; i < kRounds; ++i) {
    if (!upload(*plans, name, messages.dose, messages.chunks()).ok()) break;
    v1::CheckCaseRequest request;
    request.set_name(name);
    v1::CheckCaseResponse response;
    Call call;
    if (!plans->CheckCase(&call, request, &response).ok()) break;
    remote.insert(response.report_json());
  }
  in_process.join();
  CHECK(problems.empty());
  REQUIRE(reports.size() == 1);
  REQUIRE(remote.size() == 1);
  CHECK((*reports.begin() == *remote.begin()));
}
