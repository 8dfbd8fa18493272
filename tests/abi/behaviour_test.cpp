// What a host may rely on: verdicts that fail closed, cancellation, callbacks, the floating-point environment and
// the locale, threads, and that the manifest tells the truth.
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include <atomic>
#include <cfenv>
#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <thread>

#include "tests/abi/library.h"

using namespace dosegate::abi_test;
namespace fs = std::filesystem;

TEST_CASE("the box patient passes, fails by its cord, and is incomplete without a structure or a dose", "[OR-6]") {
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_full_case();
  const auto verdict = [&] {
    dosegate_report* raw = nullptr;
    REQUIRE(api().check(c.get(), protocol.get(), &raw, nullptr) == DOSEGATE_OK);
    const ReportHandle report(raw, api().report_release);
    return api().report_verdict(report.get());
  };
  CHECK(verdict() == DOSEGATE_VERDICT_PASS);
  REQUIRE(abi_set_cord(&api(), c.get(), 20.0, nullptr) == DOSEGATE_OK);
  CHECK(verdict() == DOSEGATE_VERDICT_FAIL);
  REQUIRE(api().case_remove_structure(c.get(), nullptr, ABI_CORD_ROI, nullptr) == DOSEGATE_OK);
  CHECK(verdict() == DOSEGATE_VERDICT_INCOMPLETE);
  REQUIRE(abi_set_cord(&api(), c.get(), 90.0, nullptr) == DOSEGATE_OK);
  CHECK(verdict() == DOSEGATE_VERDICT_PASS);

  SmallDose defective;
  defective.d.values = nullptr;
  defective.d.defect = "The dose of beam 2 is missing.";
  REQUIRE(api().case_set_dose(c.get(), &defective.d, nullptr) == DOSEGATE_OK);
  CHECK(verdict() == DOSEGATE_VERDICT_INCOMPLETE);
  CHECK(report_of(c.get(), protocol.get()).find("The dose of beam 2 is missing.") != std::string::npos);
}

TEST_CASE("a structure that the host marks as defective is not evaluated, even when the mark has no words") {
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_full_case();
  double points[ABI_MAX_SLICES][12];
  dosegate_contour contours[ABI_MAX_SLICES];
  dosegate_structure s;
  const char* words = GENERATE(as<const char*>(), "Two slices are missing in the export.", "");
  abi_describe_box(&kAbiBoxes[4], points, contours, &s);
  s.defect = words;
  REQUIRE(api().case_set_structure(c.get(), &s, nullptr) == DOSEGATE_OK);
  const std::string report = report_of(c.get(), protocol.get());
  CHECK(report.find("\"verdict\": \"INCOMPLETE\"") != std::string::npos);
  CHECK(report.find(*words != '\0' ? words : "without saying why") != std::string::npos);
}

TEST_CASE("an empty case is incomplete, and no zeroed verdict means pass") {
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_case();
  dosegate_report* raw = nullptr;
  REQUIRE(api().check(c.get(), protocol.get(), &raw, nullptr) == DOSEGATE_OK);
  const ReportHandle report(raw, api().report_release);
  CHECK(api().report_verdict(report.get()) == DOSEGATE_VERDICT_INCOMPLETE);
  const dosegate_verdict zeroed{};
  CHECK(zeroed != DOSEGATE_VERDICT_PASS);
}

TEST_CASE("a protocol without rules never passes") {
  Failure error;
  dosegate_protocol* raw = nullptr;
  const dosegate_status status = api().protocol_load(
      text(R"({"schema": "dosegate.v1.Protocol", "id": "EMPTY", "version": "1.0.0", "title": "t", "source": "s",
               "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
               "roles": [{"id": "PTV", "kind": "TARGET"}], "rules": []})"),
      &raw, error.out());
  const ProtocolHandle protocol(raw, api().protocol_release);
  if (status == DOSEGATE_OK) {
    const CaseHandle c = make_full_case();
    CHECK(report_of(c.get(), protocol.get()).find("\"verdict\": \"INCOMPLETE\"") != std::string::npos);
  } else {
    CHECK(status == DOSEGATE_INVALID_DATA);
    CHECK(raw == nullptr);
  }
}

TEST_CASE("should_cancel ends check and dvh at once, and at any later question, without a report") {
  struct Counter {
    int allowed;
    int asked = 0;
  } counter{GENERATE(0, 1, 3)};
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.user = &counter;
  host.should_cancel = [](void* user) -> std::int32_t {
    auto* n = static_cast<Counter*>(user);
    return n->asked++ >= n->allowed ? 1 : 0;
  };
  const CaseHandle c = make_full_case(&host);
  const ProtocolHandle protocol = builtin();
  dosegate_report* report = nullptr;
  Failure error;
  CHECK(api().check(c.get(), protocol.get(), &report, error.out()) == DOSEGATE_CANCELLED);
  CHECK(report == nullptr);
  CHECK(counter.asked == counter.allowed + 1);
  counter.asked = 0;
  dosegate_document* document = nullptr;
  CHECK(api().dvh(c.get(), text("{}"), &document, error.out()) == DOSEGATE_CANCELLED);
  CHECK(document == nullptr);
  counter.allowed = std::numeric_limits<int>::max();
  CHECK(api().check(c.get(), protocol.get(), &report, error.out()) == DOSEGATE_OK);
  api().report_release(report);
}

TEST_CASE("callbacks come on the calling thread, progress rises to no more than 1, failures are logged") {
  struct Seen {
    std::thread::id caller = std::this_thread::get_id();
    double last = 0.0;
    int calls = 0;
    bool in_order = true, on_thread = true;
    std::string log;
  } seen;
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.user = &seen;
  host.progress = [](void* user, double fraction) {
    auto* s = static_cast<Seen*>(user);
    ++s->calls;
    s->in_order = s->in_order && fraction >= s->last && fraction <= 1.0;
    s->on_thread = s->on_thread && std::this_thread::get_id() == s->caller;
    s->last = fraction;
  };
  host.log = [](void* user, std::int32_t severity, const char* message) {
    auto* s = static_cast<Seen*>(user);
    if (severity == 3) s->log += message;
  };
  const CaseHandle c = make_full_case(&host);
  std::memset(&host, 0xff, sizeof host);  // it was copied
  const ProtocolHandle protocol = builtin();
  (void)report_of(c.get(), protocol.get());
  CHECK(seen.calls > 0);
  CHECK(seen.in_order);
  CHECK(seen.on_thread);
  CHECK(seen.log.empty());
  CHECK(api().case_set_plan(c.get(), text("{\"label\": 3}"), nullptr) == DOSEGATE_INVALID_DATA);
  CHECK(seen.log.find("label") != std::string::npos);
}

TEST_CASE("a callback cannot use the case that is being checked, and may release it: it goes afterwards") {
  struct Inside {
    dosegate_case* c = nullptr;
    dosegate_status answer = DOSEGATE_OK;
    bool release = false;
  } inside;
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.user = &inside;
  host.should_cancel = [](void* user) -> std::int32_t {
    auto* i = static_cast<Inside*>(user);
    i->answer = api().case_remove_structure(i->c, nullptr, 1, nullptr);
    if (i->release) api().case_release(i->c);
    return 0;
  };
  CaseHandle c = make_full_case(&host);
  inside.c = c.get();
  const ProtocolHandle protocol = builtin();
  CHECK(report_of(c.get(), protocol.get()).find("\"verdict\": \"PASS\"") != std::string::npos);
  CHECK(inside.answer == DOSEGATE_INVALID_ARGUMENT);
  inside.release = true;
  CHECK(report_of(c.release(), protocol.get()).find("\"verdict\": \"PASS\"") != std::string::npos);
}

#if defined(__x86_64__)
TEST_CASE("rounding mode, status flags, denormal handling and traps of the host do not change a byte and come back") {
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_full_case();
  const std::string expected = report_of(c.get(), protocol.get());
  std::vector<float> values(static_cast<std::size_t>(ABI_COLUMNS) * ABI_ROWS * ABI_PLANES);
  std::vector<double> offsets(ABI_PLANES);
  dosegate_dose dose;
  abi_describe_dose(values.data(), offsets.data(), &dose);
  const std::string plan = kAbiPlan;
  const int mode = GENERATE(FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO);

  std::fenv_t saved;
  REQUIRE(std::fegetenv(&saved) == 0);
  std::feclearexcept(FE_ALL_EXCEPT);
  std::fesetround(mode);
  _mm_setcsr((_mm_getcsr() | 0x8040U) & ~0x200U);  // flush to zero, denormals are zero, trap on division by zero
  std::feraiseexcept(FE_UNDERFLOW);
  const unsigned before = _mm_getcsr();
  dosegate_report* report = nullptr;
  const dosegate_status statuses[] = {api().case_set_plan(c.get(), text(plan), nullptr),
                                      api().case_set_dose(c.get(), &dose, nullptr),
                                      api().check(c.get(), protocol.get(), &report, nullptr)};
  const unsigned after = _mm_getcsr();
  const int rounding = std::fegetround();
  std::fesetenv(&saved);

  for (const dosegate_status status : statuses) CHECK(status == DOSEGATE_OK);
  const ReportHandle owned(report, api().report_release);
  CHECK(string(api().report_json(report)) == expected);
  CHECK(rounding == mode);
  CHECK(after == before);
}
#endif

TEST_CASE("a callback runs in the host's floating-point environment, and what it sets there stays the host's") {
  struct Seen {
    int rounding = -1;
  } seen;
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.user = &seen;
  host.should_cancel = [](void* user) -> std::int32_t {
    auto* s = static_cast<Seen*>(user);
    if (s->rounding < 0) s->rounding = std::fegetround();
    std::fesetround(FE_DOWNWARD);
    return 0;
  };
  const ProtocolHandle protocol = builtin();
  const CaseHandle plain = make_full_case();
  const std::string expected = report_of(plain.get(), protocol.get());
  const CaseHandle c = make_full_case(&host);
  dosegate_report* report = nullptr;
  std::fesetround(FE_UPWARD);
  const dosegate_status status = api().check(c.get(), protocol.get(), &report, nullptr);
  const int rounding = std::fegetround();
  std::fesetround(FE_TONEAREST);
  REQUIRE(status == DOSEGATE_OK);
  CHECK(seen.rounding == FE_UPWARD);
  CHECK(rounding == FE_DOWNWARD);
  CHECK(string(api().report_json(report)) == expected);
  api().report_release(report);
}

TEST_CASE("a locale with a decimal comma changes nothing, and is not changed") {
  const fs::path folder = fs::temp_directory_path() / ("dosegate_locale_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const std::string command =
      "localedef -i de_DE -f ISO-8859-1 '" + (folder / "de_DE.ISO-8859-1").string() + "' >/dev/null 2>&1";
  const bool is_made = std::system(command.c_str()) == 0;
  ::setenv("LOCPATH", folder.c_str(), 1);
  const bool is_set = is_made && std::setlocale(LC_ALL, "de_DE.ISO-8859-1") != nullptr;
  ::unsetenv("LOCPATH");
  fs::remove_all(folder);
  if (!is_set) {
    WARN("skipped: localedef cannot make de_DE.ISO-8859-1 here (Debian: install locales)");
    return;
  }
  const std::string comma = std::localeconv()->decimal_point;
  const std::string before = std::setlocale(LC_ALL, nullptr);
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_full_case();
  const std::string german = report_of(c.get(), protocol.get());
  const std::string after = std::setlocale(LC_ALL, nullptr);
  std::setlocale(LC_ALL, "C");
  CHECK(comma == ",");
  CHECK(before == after);
  CHECK(german == report_of(make_full_case().get(), protocol.get()));
}

TEST_CASE("cases are checked in parallel with one protocol, each with the same bytes") {
  const ProtocolHandle protocol = builtin();
  const std::string expected = report_of(make_full_case().get(), protocol.get());
  std::atomic<int> same{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      dosegate_case* c = nullptr;
      dosegate_report* report = nullptr;
      if (api().case_create(nullptr, &c, nullptr) != DOSEGATE_OK) return;
      if (abi_fill_case(&api(), c, 90.0, nullptr) == DOSEGATE_OK &&
          api().check(c, protocol.get(), &report, nullptr) == DOSEGATE_OK) {
        same += string(api().report_json(report)) == expected ? 1 : 0;
      }
      api().report_release(report);
      api().case_release(c);
    });
  }
  for (std::thread& t : threads) t.join();
  CHECK(same == 4);
}

TEST_CASE("the C++ face owns what it is given and reports errors with status, path and message") {
  dosegate::Case c = library().make_case();
  c.set_plan(kAbiPlan);
  dosegate::Case moved = std::move(c);
  const dosegate::Report report = moved.check(library().builtin_protocol());
  CHECK(report.verdict() == DOSEGATE_VERDICT_INCOMPLETE);
  CHECK(report.json().substr(0, 1) == "{");
  CHECK(library().engine_version() == library().manifest().version);
  CHECK_THROWS_AS(moved.set_plan("{"), dosegate::PluginError);
  CHECK_THROWS_AS(library().load_protocol("{}"), dosegate::PluginError);
  try {
    moved.remove_structure(12);
    FAIL("removed what is not there");
  } catch (const dosegate::PluginError& e) {
    CHECK(e.status == DOSEGATE_NOT_FOUND);
    CHECK(e.path == "roi_number");
    CHECK(e.message.find("12") != std::string::npos);
    CHECK(std::string(e.what()) == e.path + ": " + e.message);
  }
  CHECK(library().list_protocols().json().find("ChiCTR2000036385") != std::string_view::npos);
}

TEST_CASE("the manifest names the protocols that the library holds, by the hash of their very bytes") {
  REQUIRE_FALSE(library().manifest().protocols.empty());
  for (const auto& entry : library().manifest().protocols) {
    const dosegate::Protocol protocol = library().builtin_protocol(entry.id);
    CHECK(dosegate::detail::sha256_of(protocol.json().data(), protocol.json().size()) == entry.sha256);
  }
  CHECK(library().manifest().intended_use.find("Not a medical device") != std::string::npos);
}
