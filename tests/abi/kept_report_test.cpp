// A case that is checked again and holds the same gives the report that it gave before; nothing else of the call
// differs.
#include <vector>

#include "dosegate/extensions/memory.h"
#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

struct Observed {
  std::vector<double> progress;
  int questions = 0;
  bool cancels = false;

  // Whether the last check was calculated: every rule is then a step.
  bool take_calculated() { return std::exchange(progress, {}).size() > 1; }
};

dosegate_host observed_by(Observed& observed) {
  dosegate_host host = host_of(1);
  host.user = &observed;
  host.progress = [](void* user, double fraction) { static_cast<Observed*>(user)->progress.push_back(fraction); };
  host.should_cancel = [](void* user) {
    auto& self = *static_cast<Observed*>(user);
    ++self.questions;
    return self.cancels ? 1 : 0;
  };
  return host;
}

}  // namespace

TEST_CASE("a case that holds the same is not calculated again, and says so with the same bytes") {
  const ProtocolHandle protocol = builtin(), same_text = builtin();
  Observed observed;
  const dosegate_host host = observed_by(observed);
  const CaseHandle c = make_case(&host);
  const Content content;
  content.fill(c.get());
  const std::string report = report_of(c.get(), protocol.get());
  CHECK(observed.take_calculated());
  for (const auto* p : {&protocol, &same_text}) {
    CHECK(report_of(c.get(), p->get()) == report);
    CHECK(observed.progress == std::vector{1.0});
    observed.progress.clear();
  }

  SECTION("a call that fails changes nothing") {
    CHECK(api().case_set_options(c.get(), text(std::string("{")), nullptr) == DOSEGATE_INVALID_DATA);
    CHECK(api().case_remove_structure(c.get(), 999, nullptr) == DOSEGATE_NOT_FOUND);
    CHECK(api().case_remove_plan(c.get(), "none", nullptr) == DOSEGATE_NOT_FOUND);
    CHECK(api().case_remove_dose(c.get(), "none", nullptr) == DOSEGATE_NOT_FOUND);
    CHECK(report_of(c.get(), protocol.get()) == report);
    CHECK_FALSE(observed.take_calculated());
  }
  SECTION("what is set again is another one, of the same value or not") {
    const auto require_calculated = [&](const char* what) {
      INFO(what);
      CHECK(report_of(c.get(), protocol.get()) == report);
      CHECK(observed.take_calculated());
    };
    content.set_plan(c.get());
    require_calculated("plan");
    content.structures.begin()->second.set(c.get(), content.structures.begin()->first, content.set_name);
    require_calculated("structure");
    REQUIRE(content.dose.set(c.get(), content.label) == DOSEGATE_OK);
    require_calculated("dose");
    REQUIRE(content.dose.set_planes(c.get(), 1, 1, content.label.name) == DOSEGATE_OK);
    require_calculated("planes");
    REQUIRE(api().case_set_options(c.get(), text(content.options), nullptr) == DOSEGATE_OK);
    require_calculated("options");
    REQUIRE(api().case_set_record(c.get(), text(std::string()), nullptr) == DOSEGATE_OK);
    require_calculated("record");
  }
  SECTION("of a protocol in between it keeps a report, too") {
    const ProtocolHandle other = builtin("LIVER-SBRT-5");
    const std::string of_other = report_of(c.get(), other.get());
    CHECK(observed.take_calculated());
    CHECK(report_of(c.get(), protocol.get()) == report);
    CHECK_FALSE(observed.take_calculated());
    CHECK(report_of(c.get(), other.get()) == of_other);
    CHECK_FALSE(observed.take_calculated());
  }
  SECTION("it is cancelled as any check") {
    observed.cancels = true;
    observed.questions = 0;
    dosegate_report* none = nullptr;
    CHECK(api().check(c.get(), protocol.get(), &none, nullptr) == DOSEGATE_CANCELLED);
    CHECK(none == nullptr);
    CHECK(observed.questions == 1);
    observed.cancels = false;
    CHECK(report_of(c.get(), protocol.get()) == report);
  }
}

TEST_CASE("a check that was cancelled leaves no report behind") {
  const ProtocolHandle protocol = builtin();
  Observed observed;
  dosegate_host host = observed_by(observed);
  host.should_cancel = [](void* user) {
    auto& self = *static_cast<Observed*>(user);
    return self.cancels && ++self.questions > 2 ? 1 : 0;
  };
  const CaseHandle c = make_case(&host);
  Content().fill(c.get());
  observed.cancels = true;
  observed.questions = 0;
  dosegate_report* none = nullptr;
  REQUIRE(api().check(c.get(), protocol.get(), &none, nullptr) == DOSEGATE_CANCELLED);
  observed.cancels = false;
  observed.progress.clear();
  const std::string report = report_of(c.get(), protocol.get());
  CHECK(observed.take_calculated());
  CHECK(report == report_of(c.get(), protocol.get()));
}

TEST_CASE("a kept report counts to what the case keeps, belongs to no host, and is given back", "[rule-28]") {
  const auto* memory = static_cast<const dosegate_memory*>(api().get_extension(DOSEGATE_EXT_MEMORY));
  if (memory == nullptr) return;  // with a sanitizer
  const auto kept = [&](dosegate_case* c) {
    dosegate_case_memory m{};
    m.struct_size = sizeof m;
    REQUIRE(memory->case_memory(c, &m, nullptr) == DOSEGATE_OK);
    return m.kept;
  };
  const ProtocolHandle protocol = builtin();
  Observed observed;
  const dosegate_host host = observed_by(observed);
  const CaseHandle c = make_case(&host);
  REQUIRE(api().case_set_options(c.get(), text(std::string("{}")), nullptr) == DOSEGATE_OK);
  const std::string report = report_of(c.get(), protocol.get());  // of a case without anything: hardly more is kept
  const std::uint64_t first = kept(c.get());
  CHECK(first > report.size());
  CHECK(first < report.size() + 131072);
  for (int n = 0; n < 100; ++n) CHECK(report_of(c.get(), protocol.get()) == report);
  CHECK(kept(c.get()) < first + 65536);
  REQUIRE(memory->case_give_back(c.get(), nullptr) == DOSEGATE_OK);
  CHECK(kept(c.get()) < 4096);
  observed.progress.clear();
  CHECK(report_of(c.get(), protocol.get()) == report);
  CHECK(observed.take_calculated());
}
