// Answers do not depend on threads, the library's or the host's, and none is left behind.
#include <algorithm>
#include <functional>

#include "tests/abi/host_pools.h"
#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

std::string answers_with(const dosegate_host& host, const dosegate_protocol* protocol) {
  const CaseHandle c = make_case(&host);
  Content().fill(c.get());
  return answers_of(c.get(), protocol);
}
std::string box_answers_with(const dosegate_host& host, const dosegate_protocol* protocol) {
  return answers_of(make_full_case(&host).get(), protocol);
}

}  // namespace

TEST_CASE("report and DVH report are the same bytes with 0, 1, 2, 3, 8 and 256 threads") {
  const ProtocolHandle protocol = builtin();
  const std::uint32_t threads = GENERATE(1U, 2U, 3U, 8U, 256U);
  CHECK(answers_with(host_of(threads), protocol.get()) == answers_with(host_of(0), protocol.get()));
  CHECK(box_answers_with(host_of(threads), protocol.get()) == box_answers_with(host_of(0), protocol.get()));
}

TEST_CASE("a call has as many threads as it may and no more, and none when it has returned") {
  struct Seen {
    std::ptrdiff_t most = 0;
  } seen;
  const std::uint32_t threads = GENERATE(0U, 1U, 2U, 3U, 8U);
  dosegate_host host = host_of(threads);
  host.user = &seen;
  host.should_cancel = [](void* user) -> std::int32_t {
    auto* s = static_cast<Seen*>(user);
    s->most = std::max(s->most, threads_now());
    return 0;
  };
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_case(&host);
  Content().fill(c.get());
  const std::ptrdiff_t before = threads_now();
  (void)report_of(c.get(), protocol.get());
  CHECK(threads_return_to(before));
  dosegate_document* document = nullptr;
  REQUIRE(api().dvh(c.get(), text(kEveryMetric), &document, nullptr) == DOSEGATE_OK);
  api().document_release(document);
  CHECK(threads_return_to(before));
  if (threads < 2) {
    CHECK(seen.most == before);
  } else {
    CHECK(seen.most > before);
  }
}

TEST_CASE("a call that is cancelled leaves no thread behind") {
  dosegate_host host = host_of(8);
  int asked = 0;
  host.user = &asked;
  host.should_cancel = [](void* user) -> std::int32_t { return ++*static_cast<int*>(user) > 4 ? 1 : 0; };
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_case(&host);
  Content().fill(c.get());
  const std::ptrdiff_t before = threads_now();
  dosegate_report* report = nullptr;
  CHECK(api().check(c.get(), protocol.get(), &report, nullptr) == DOSEGATE_CANCELLED);
  CHECK(report == nullptr);
  CHECK(threads_return_to(before));
}

TEST_CASE("with a pool of the host's own the answers are the same bytes, in whatever order and on whatever threads") {
  const ProtocolHandle protocol = builtin();
  const auto run = GENERATE(run_on_threads, run_backwards);
  const std::uint32_t threads = GENERATE(2U, 8U);
  const std::ptrdiff_t before = threads_now();
  Pool pool;
  CHECK(answers_with(pool.host(run, threads), protocol.get()) == answers_with(host_of(0), protocol.get()));
  CHECK(pool.calls > 10);
  CHECK(pool.tasks > 2 * pool.calls);  // never called for a single task
  CHECK(pool.environment_kept);
  CHECK(box_answers_with(pool.host(run, threads), protocol.get()) == box_answers_with(host_of(0), protocol.get()));
  CHECK(pool.environment_kept);
  CHECK(threads_return_to(before));
}

TEST_CASE("with one thread the host's pool is not used, and with its pool no other thread is started") {
  const ProtocolHandle protocol = builtin();
  Pool pool;
  for (const std::uint32_t threads : {0U, 1U}) {
    (void)answers_with(pool.host(run_backwards, threads), protocol.get());
    CHECK(pool.calls == 0);
  }
  struct Counting {
    Pool pool;  // first: run_backwards takes it for the user
    std::ptrdiff_t most = 0;
  } counting;
  dosegate_host host = counting.pool.host(run_backwards, 8);
  host.user = &counting;
  host.should_cancel = [](void* user) -> std::int32_t {
    auto* s = static_cast<Counting*>(user);
    s->most = std::max(s->most, threads_now());
    return 0;
  };
  const std::ptrdiff_t before = threads_now();
  (void)answers_with(host, protocol.get());
  CHECK(counting.pool.calls > 0);
  CHECK(counting.most == before);
}

TEST_CASE("a pool that leaves a task out, runs one twice or runs one that is not there gives no answer") {
  struct Unreliable {
    int breach = 0;
    bool at_fault = true;
  } host_state;
  host_state.breach = GENERATE(0, 1, 2, 3, 4);
  dosegate_host host = host_of(2);
  host.user = &host_state;
  host.run_tasks = [](void* user, std::uint64_t count, Task task, void* context) {
    const auto* state = static_cast<const Unreliable*>(user);
    const int breach = state->at_fault ? state->breach : -1;
    if (breach == 0) return;
    for (std::uint64_t i = breach == 1 ? 1 : 0; i < count - (breach == 2 ? 1 : 0); ++i) task(context, i);
    if (breach == 3) task(context, 0);
    if (breach == 4) task(context, count);
  };
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_case(&host);
  Content().fill(c.get());
  dosegate_report* report = nullptr;
  dosegate_document* document = nullptr;
  Failure error;
  CHECK(api().check(c.get(), protocol.get(), &report, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(report == nullptr);
  CHECK(error.path() == "host.run_tasks");
  CHECK_FALSE(error.message().empty());
  CHECK(api().dvh(c.get(), text(kEveryMetric), &document, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(document == nullptr);
  CHECK(error.path() == "host.run_tasks");
  // Nothing of the incomplete work is kept.
  host_state.at_fault = false;
  CHECK(answers_of(c.get(), protocol.get()) == fresh_answers(Content(), protocol.get()));
}
