// The in-line path over gRPC beside what it is made of: the check in process, and the same bytes over a bare socket.
#include <benchmark/benchmark.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "tests/bench/bench.h"
#include "tests/bench/wire_case.h"

namespace dosegate::bench {
namespace {

// Null, and said, where there is no such case here.
const WireCase* find(const std::string& name, benchmark::State& state) {
  try {
    if (name == "phantom") {
      static const WireCase phantom = wire_case(full_size());
      return &phantom;
    }
    const char* data = std::getenv("DOSEGATE_SHARED_DATA");
    static const WireCase liver = wire_case((std::filesystem::path(data == nullptr ? "" : data) / "liverA").string());
    return &liver;
  } catch (const std::exception& e) {
    state.SkipWithError(e.what());
    return nullptr;
  }
}

// As an optimiser sends its doses, one after another. The first and the tenth are told of apart, as medians of so many
// sessions: one whose grid is not `expected` makes what contours need on it with the first.
void grpc_in_line(benchmark::State& state, const char* name, bool with_hash, bool expected) {
  const WireCase* data = find(name, state);
  if (data == nullptr) return;
  constexpr int kSessions = 9, kBefore = 10;
  const ServerProcess server;
  std::vector<double> first, tenth;
  std::unique_ptr<WireSession> last;
  std::size_t n = 0;
  for (int s = 0; s < kSessions; ++s) {
    last = std::make_unique<WireSession>(server.connect(), *data, with_hash);
    if (expected) last->expect_dose();
    for (int k = 1; k <= kBefore; ++k) {
      const auto started = std::chrono::steady_clock::now();
      n = 1 - n;
      last->dose(n);
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
      if (k == 1) first.push_back(took.count());
      if (k == kBefore) tenth.push_back(took.count());
    }
  }
  const auto median = [](std::vector<double>& of) {
    std::nth_element(of.begin(), of.begin() + kSessions / 2, of.end());
    return of[kSessions / 2];
  };
  state.counters["first_ms"] = median(first);
  state.counters["tenth_ms"] = median(tenth);
  WireSession& session = *last;
  for (auto _ : state) {
    n = 1 - n;
    benchmark::DoNotOptimize(session.dose(n).verdict());
  }
}
BENCHMARK_CAPTURE(grpc_in_line, phantom, "phantom", false, true)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(grpc_in_line, phantom_unexpected, "phantom", false, false)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(grpc_in_line, phantom_sha256, "phantom", true, true)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(grpc_in_line, liverA, "liverA", false, true)->UseRealTime()->Unit(benchmark::kMillisecond);

void wire_in_process(benchmark::State& state, const char* name) {
  const WireCase* data = find(name, state);
  if (data == nullptr) return;
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = 2;
  Case c = library().make_case(&host);
  data->set(c);
  const Protocol protocol = library().builtin_protocol();
  benchmark::DoNotOptimize(c.check(protocol).verdict());
  std::size_t n = 0;
  for (auto _ : state) {
    n = 1 - n;
    c.set_dose(data->in_process(n));
    benchmark::DoNotOptimize(c.check(protocol).json().size());
  }
}
BENCHMARK_CAPTURE(wire_in_process, phantom, "phantom")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wire_in_process, liverA, "liverA")->UseRealTime()->Unit(benchmark::kMillisecond);

// The dose's bytes to another thread over a Unix socket, one byte back.
void wire_raw_socket(benchmark::State& state, const char* name) {
  const WireCase* data = find(name, state);
  if (data == nullptr) return;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return state.SkipWithError("no socket");
  const std::string& values = data->values[0];
  std::thread receiver([&, size = values.size()] {
    std::string buffer(size, '\0');
    std::size_t filled = 0;
    ssize_t got = 0;
    while ((got = ::read(ends[1], buffer.data() + filled, size - filled)) > 0) {
      filled += static_cast<std::size_t>(got);
      if (filled < size) continue;
      filled = 0;
      if (::write(ends[1], "k", 1) != 1) return;
    }
  });
  for (auto _ : state) {
    for (std::size_t sent = 0; sent < values.size();) {
      const ssize_t now = ::write(ends[0], values.data() + sent, values.size() - sent);
      if (now <= 0) break;
      sent += static_cast<std::size_t>(now);
    }
    char answer = 0;
    benchmark::DoNotOptimize(::read(ends[0], &answer, 1));
  }
  ::close(ends[0]);
  receiver.join();
  ::close(ends[1]);
}
BENCHMARK_CAPTURE(wire_raw_socket, phantom, "phantom")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wire_raw_socket, liverA, "liverA")->UseRealTime()->Unit(benchmark::kMillisecond);

void grpc_empty_call(benchmark::State& state) {
  const ServerProcess server;
  const auto stub = v1::AdministrationService::NewStub(server.connect());
  for (auto _ : state) {
    grpc::ClientContext context;
    v1::GetServerStatusResponse response;
    if (!stub->GetServerStatus(&context, {}, &response).ok()) return state.SkipWithError("the call failed");
  }
}
BENCHMARK(grpc_empty_call)->UseRealTime()->Unit(benchmark::kMillisecond);

// CheckCase of a case that has not changed.
void grpc_check_unchanged(benchmark::State& state) {
  const WireCase* data = find("phantom", state);
  if (data == nullptr) return;
  const ServerProcess server;
  const auto channel = server.connect();
  const auto stub = v1::PlanCheckService::NewStub(channel);
  v1::CheckCaseRequest request;
  {
    grpc::ClientContext create, plan, structures;
    v1::CreateCaseResponse created;
    if (!stub->CreateCase(&create, {}, &created).ok()) return state.SkipWithError("CreateCase failed");
    request.set_name(created.name());
    v1::SetPlanRequest set_plan;
    set_plan.set_name(created.name());
    *set_plan.mutable_plan() = data->plan;
    v1::SetPlanResponse plan_set;
    v1::SetStructuresRequest set_structures;
    set_structures.set_name(created.name());
    for (const auto& s : data->structures) *set_structures.add_structures() = s;
    v1::SetStructuresResponse structures_set;
    if (!stub->SetPlan(&plan, set_plan, &plan_set).ok() ||
        !stub->SetStructures(&structures, set_structures, &structures_set).ok()) {
      return state.SkipWithError("the case cannot be set");
    }
  }
  const auto check = [&] {
    grpc::ClientContext context;
    v1::CheckCaseResponse response;
    return stub->CheckCase(&context, request, &response).ok();
  };
  bool is_answered = check();  // the first one is calculated
  for (auto _ : state) is_answered = is_answered && check();
  if (!is_answered) state.SkipWithError("the call failed");
}
BENCHMARK(grpc_check_unchanged)->UseRealTime()->Unit(benchmark::kMillisecond);

double resident_mib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib / 1024;
  }
  return 0;
}

// Four planning systems at once, 50 doses each; the verdict of each dose is known, so a stale one would show.
void grpc_four_sessions(benchmark::State& state) {
  const WireCase* data = find("phantom", state);
  if (data == nullptr) return;
  constexpr std::size_t kSessions = 4, kDoses = 50;
  const ServerProcess server;
  std::vector<std::unique_ptr<WireSession>> sessions;
  for (std::size_t n = 0; n < kSessions; ++n) {
    sessions.push_back(std::make_unique<WireSession>(server.connect(), *data, false));
  }
  std::atomic<int> lost{0}, answered{0};
  const auto round = [&](std::size_t doses) {
    std::vector<std::thread> clients;
    for (auto& session : sessions) {
      clients.emplace_back([&lost, &answered, &session, doses] {
        try {
          for (std::size_t n = 0; n < doses; ++n) {
            const auto update = session->dose(n % 2);
            ++(update.event() == session->event() ? answered : lost);
          }
        } catch (const std::exception&) {
          ++lost;
        }
      });
    }
    for (std::thread& client : clients) client.join();
  };
  round(kDoses);
  const double first = resident_mib(server.pid());
  for (auto _ : state) round(kDoses);
  state.counters["lost"] = static_cast<double>(lost.load());
  state.counters["answered"] = static_cast<double>(answered.load());
  state.counters["MiB_after_first_round"] = first;
  state.counters["MiB_after_last_round"] = resident_mib(server.pid());
}
BENCHMARK(grpc_four_sessions)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dosegate::bench
