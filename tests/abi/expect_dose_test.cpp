// A dose that is expected: what a check needs of contours is made before its values are there, and no answer changes.
#include <limits>

#include "tests/abi/host_pools.h"
#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

std::string refusal_of(dosegate_case* c, const dosegate_protocol* protocol, const dosegate_dose& grid,
                       dosegate_status expected) {
  Failure error;
  const dosegate_status status = api().case_expect_dose(c, protocol, &grid, error.out());
  INFO(error.path() << ": " << error.message());
  REQUIRE(status == expected);
  return error.path();
}

}  // namespace

TEST_CASE("a dose that was expected is answered as one that was not, byte for byte, also where another one comes") {
  const ProtocolHandle protocol = builtin();
  const Planes expected_way = GENERATE(Planes::kUpwards, Planes::kDownwards, Planes::kCoronal);
  const double expected_mm = GENERATE(10.0, 7.0);
  for (const Planes way : {Planes::kUpwards, Planes::kDownwards, Planes::kCoronal}) {
    Content content;
    content.dose = Dose(way, 10.0, 1);
    content.structures.at(5).coronal = true;
    const CaseHandle c = make_case();
    Content without_dose = content;
    without_dose.dose.plane_count = 0;
    without_dose.fill(c.get());
    const std::string before = report_of(c.get(), protocol.get());
    REQUIRE(Dose(expected_way, expected_mm, 3).expect(c.get(), protocol.get()) == DOSEGATE_OK);
    CHECK(report_of(c.get(), protocol.get()) == before);
    REQUIRE(content.dose.set(c.get()) == DOSEGATE_OK);
    CHECK(answers_of(c.get(), protocol.get()) == fresh_answers(content, protocol.get()));
    REQUIRE(Dose(expected_way, expected_mm, 3).expect(c.get(), protocol.get()) == DOSEGATE_OK);
    CHECK(answers_of(c.get(), protocol.get()) == fresh_answers(content, protocol.get()));
  }
}

TEST_CASE("where a dose is expected, the check of it has contours left to do nothing about") {
  const ProtocolHandle protocol = builtin();
  Content content;
  content.dose = Dose(Planes::kUpwards, 5.0, 1);
  // The questions to the host stand for the work between them: an expected dose asks as few as a second one.
  Impatient counting;
  dosegate_host host = host_of(1);
  host.user = &counting;
  host.should_cancel = Impatient::should_cancel;
  const auto questions_of = [&](dosegate_case* c, unsigned seed) {
    content.dose = Dose(Planes::kUpwards, 5.0, seed);
    REQUIRE(content.dose.set(c) == DOSEGATE_OK);
    counting.asked = 0;
    (void)report_of(c, protocol.get());
    return counting.asked;
  };
  Content without_dose = content;
  without_dose.dose.plane_count = 0;
  const CaseHandle unexpected = make_case(&host), expected = make_case(&host);
  for (dosegate_case* c : {unexpected.get(), expected.get()}) {
    without_dose.fill(c);
    (void)report_of(c, protocol.get());
  }
  REQUIRE(content.dose.expect(expected.get(), protocol.get()) == DOSEGATE_OK);
  const int first = questions_of(unexpected.get(), 1), second = questions_of(unexpected.get(), 2);
  REQUIRE(first > second);
  CHECK(questions_of(expected.get(), 2) == second);
}

TEST_CASE("a preparation cancelled at any question leaves the answers as they were") {
  const ProtocolHandle protocol = builtin();
  Content content;
  content.structures = {{1, {"GTV", 0, 0, 0, 12, 2}}, {4, {"Liver", 5, 0, 0, 30, 4}}};
  content.dose = Dose(Planes::kUpwards, 20.0, 1);
  const std::string answers = fresh_answers(content, protocol.get());
  Impatient counting;
  dosegate_host host = host_of(2);
  host.user = &counting;
  host.should_cancel = Impatient::should_cancel;
  const CaseHandle c = make_case(&host);
  content.fill(c.get());
  int cancelled = 0;
  for (int n = 1;; n += DOSEGATE_SANITIZED ? 2 : 1) {
    const Dose other(Planes::kUpwards, n % 2 == 0 ? 15.0 : 12.0, 1);
    counting = {n, 0};
    const dosegate_status status = other.expect(c.get(), protocol.get());
    counting = {};
    INFO("question " << n);
    REQUIRE(answers_of(c.get(), protocol.get()) == answers);
    if (status == DOSEGATE_OK) break;
    REQUIRE(status == DOSEGATE_CANCELLED);
    ++cancelled;
  }
  CHECK(cancelled > 2);
}

TEST_CASE("a grid that no dose can have is refused as a dose is, and its values are not looked at") {
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_case();
  Content().fill(c.get());
  const Dose dose(Planes::kUpwards, 10.0, 1);
  dosegate_dose grid = dose.described();
  const std::vector<float> no_doses(grid.value_count, -1.0F);
  grid.values = no_doses.data();
  grid.value_count = 7;
  CHECK(refusal_of(c.get(), protocol.get(), grid, DOSEGATE_OK).empty());

  dosegate_dose flat = grid;
  flat.columns = 1;
  CHECK(refusal_of(c.get(), protocol.get(), flat, DOSEGATE_INVALID_DATA) == "dose.columns");
  dosegate_dose huge = grid;
  huge.columns = huge.rows = huge.planes = 0xffffffff;
  CHECK(refusal_of(c.get(), protocol.get(), huge, DOSEGATE_LIMIT_EXCEEDED) == "dose.planes");
  dosegate_dose narrow = grid;
  narrow.column_spacing_mm = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal_of(c.get(), protocol.get(), narrow, DOSEGATE_INVALID_DATA) == "dose.column_spacing_mm");
  dosegate_dose bent = grid;
  bent.row_cosines[0] = 0.5;
  CHECK(refusal_of(c.get(), protocol.get(), bent, DOSEGATE_INVALID_DATA) == "dose.row_cosines");
  dosegate_dose nowhere = grid;
  nowhere.plane_offsets_mm = nullptr;
  CHECK(refusal_of(c.get(), protocol.get(), nowhere, DOSEGATE_INVALID_ARGUMENT) == "dose.plane_offsets_mm");
  dosegate_dose unit = grid;
  unit.units = 9;
  CHECK(refusal_of(c.get(), protocol.get(), unit, DOSEGATE_INVALID_ARGUMENT) == "dose.units");
}
