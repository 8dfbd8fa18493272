// Cancelled at any question, a case goes on afterwards as if nothing had been.
#include <limits>

#include "tests/abi/host_pools.h"
#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

constexpr int kMostQuestions = 100'000;

// Few slices and large voxels, for as few questions as make every step of a calculation.
Content tiny() {
  Content content;
  content.structures = {{1, {"GTV", 0, 0, 0, 12, 2}}, {4, {"Liver", 5, 0, 0, 30, 4}}};
  content.dose = Dose(Planes::kUpwards, 20.0, 1);
  return content;
}

}  // namespace

TEST_CASE("a check and a DVH cancelled at their n-th question, for every n, leave the answers as they were") {
  const ProtocolHandle protocol = builtin();
  const Content content = tiny();
  const std::string expected = fresh_answers(content, protocol.get());
  const bool own_pool = GENERATE(false, true);
  Impatient impatient;
  dosegate_host host = host_of(2);
  host.user = &impatient;
  host.should_cancel = Impatient::should_cancel;
  if (own_pool) host.run_tasks = Impatient::run;

  const auto ask = [&](dosegate_case* c, bool for_dvh) {
    impatient.asked = 0;
    dosegate_report* report = nullptr;
    dosegate_document* document = nullptr;
    const dosegate_status status = for_dvh ? api().dvh(c, text(kEveryMetric), &document, nullptr)
                                           : api().check(c, protocol.get(), &report, nullptr);
    CHECK((status == DOSEGATE_OK) == (report != nullptr || document != nullptr));
    api().report_release(report);
    api().document_release(document);
    impatient.allowed = std::numeric_limits<int>::max();
    return status;
  };
  for (const bool for_dvh : {false, true}) {
    dosegate_status status = DOSEGATE_CANCELLED;
    int cancelled = 0;
    // One case that is cancelled again and again: each time it may have got a little further.
    const CaseHandle again = make_case(&host);
    content.fill(again.get());
    for (int n = 1; status != DOSEGATE_OK && n < kMostQuestions; n += DOSEGATE_SANITIZED ? 5 : 1) {
      INFO("question " << n << (for_dvh ? " of dvh" : " of check"));
      const CaseHandle c = make_case(&host);
      content.fill(c.get());
      impatient.allowed = n;
      status = ask(c.get(), for_dvh);
      if (status == DOSEGATE_OK) break;
      REQUIRE(status == DOSEGATE_CANCELLED);
      REQUIRE(impatient.asked == n);
      ++cancelled;
      REQUIRE(answers_of(c.get(), protocol.get()) == expected);

      impatient.allowed = n;
      const dosegate_status other = ask(again.get(), for_dvh);
      REQUIRE((other == DOSEGATE_CANCELLED || other == DOSEGATE_OK));
    }
    CHECK(status == DOSEGATE_OK);
    CHECK(cancelled > 5);
    CHECK(answers_of(again.get(), protocol.get()) == expected);
  }
}

TEST_CASE("cancelled between changed planes and their answers, a case forgets neither") {
  const ProtocolHandle protocol = builtin();
  Content content = tiny();
  Impatient impatient;
  dosegate_host host = host_of(2);
  host.user = &impatient;
  host.should_cancel = Impatient::should_cancel;
  const CaseHandle c = make_case(&host);
  content.fill(c.get());
  (void)answers_of(c.get(), protocol.get());
  int cancelled = 0;
  for (unsigned n = 1; n <= 24; ++n) {
    const std::uint32_t plane = 1 + n % 4;
    content.dose.fill_plane(plane, 100 + n);
    REQUIRE(content.dose.set_planes(c.get(), plane, 1) == DOSEGATE_OK);
    impatient.asked = 0;
    impatient.allowed = static_cast<int>(n);
    dosegate_report* report = nullptr;
    const dosegate_status status = api().check(c.get(), protocol.get(), &report, nullptr);
    api().report_release(report);
    impatient.allowed = std::numeric_limits<int>::max();
    REQUIRE((status == DOSEGATE_CANCELLED || status == DOSEGATE_OK));
    cancelled += status == DOSEGATE_CANCELLED ? 1 : 0;
    if (n % 3 == 0) continue;  // another plane changes before the next answer
    INFO("question " << n);
    REQUIRE(answers_of(c.get(), protocol.get()) == fresh_answers(content, protocol.get()));
  }
  CHECK(cancelled > 5);
}
