// What a host can do wrong with case_set_dose_planes; nothing is changed by it.
#include <limits>

#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

TEST_CASE("planes that do not fit the dose are refused by name, and the answers stay") {
  const ProtocolHandle protocol = builtin();
  const Content content;
  const CaseHandle c = make_case();
  content.fill(c.get());
  const std::string before = answers_of(c.get(), protocol.get());
  Failure error;
  const std::uint32_t all = content.dose.plane_count;
  // Other values than the case has: a call that is refused and works all the same would be seen.
  const Dose other(Planes::kUpwards, 10.0, 50);
  const auto refuse = [&](const dosegate_dose_planes& p, dosegate_status status, const char* path) {
    CHECK(api().case_set_dose_planes(c.get(), &p, error.out()) == status);
    CHECK(error.path() == path);
    CHECK_FALSE(error.message().empty());
    CHECK(api().case_set_dose_planes(c.get(), &p, nullptr) == status);
  };

  CHECK(api().case_set_dose_planes(c.get(), nullptr, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "dose_planes");
  const dosegate_dose_planes good = other.described(3, 2);
  CHECK(api().case_set_dose_planes(nullptr, &good, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "case");
  for (const std::uint32_t size :
       {0U, 4U, static_cast<std::uint32_t>(offsetof(dosegate_dose_planes, name_in_case)) - 1U, 0xffffffffU}) {
    dosegate_dose_planes p = good;
    p.struct_size = size;
    refuse(p, DOSEGATE_INVALID_ARGUMENT, "dose_planes.struct_size");
  }
  struct {
    dosegate_dose_planes p;
    std::uint64_t newer_field = 1;
  } grown{good};
  grown.p.struct_size = sizeof grown;
  refuse(grown.p, DOSEGATE_INVALID_ARGUMENT, "dose_planes.struct_size");
  for (const std::int32_t type : {0, 5, -1, std::numeric_limits<std::int32_t>::max()}) {
    dosegate_dose_planes p = good;
    p.value_type = type;
    refuse(p, DOSEGATE_INVALID_ARGUMENT, "dose_planes.value_type");
  }
  dosegate_dose_planes without = good;
  without.values = nullptr;
  refuse(without, DOSEGATE_INVALID_ARGUMENT, "dose_planes.values");

  const std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  const std::pair<std::uint32_t, std::uint32_t> ranges[] = {{0, 0},    {0, all + 1}, {all, 1},     {all - 1, 2},
                                                            {most, 1}, {1, most},    {most, most}, {0, most},
                                                            {most, 2}, {2, most - 1}};
  for (const auto& [first, count] : ranges) {
    INFO(first << " + " << count);
    dosegate_dose_planes p = good;
    p.first_plane = first;
    p.plane_count = count;
    refuse(p, DOSEGATE_INVALID_DATA, "dose_planes.first_plane");
    p.value_count = content.dose.plane_size() * count;  // consistent with the count, still out of range
    refuse(p, DOSEGATE_INVALID_DATA, "dose_planes.first_plane");
  }
  for (const std::uint64_t count : {std::uint64_t{0}, good.value_count - 1, good.value_count + 1, good.value_count / 2,
                                    std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63U}) {
    dosegate_dose_planes p = good;
    p.value_count = count;
    refuse(p, DOSEGATE_INVALID_DATA, "dose_planes.value_count");
  }
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1.0F}) {
    Dose spoilt = other;
    spoilt.values[spoilt.plane_size() * 5 - 1] = bad;  // the last value of the two planes
    const dosegate_dose_planes p = spoilt.described(3, 2);
    CHECK(api().case_set_dose_planes(c.get(), &p, error.out()) == DOSEGATE_INVALID_DATA);
    CHECK(error.path().rfind("dose_planes.values", 0) == 0);
  }

  CHECK(answers_of(c.get(), protocol.get()) == before);
  REQUIRE(api().case_set_dose_planes(c.get(), &good, nullptr) == DOSEGATE_OK);
  CHECK(answers_of(c.get(), protocol.get()) != before);
}

TEST_CASE("without a dose that could be evaluated there are no planes to set") {
  const CaseHandle c = make_case();
  Failure error;
  Dose dose(Planes::kUpwards, 5.0, 1);
  const dosegate_dose_planes p = dose.described(0, 1);
  CHECK(api().case_set_dose_planes(c.get(), &p, error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.message().find("whole dose") != std::string::npos);
  dose.defect = "The dose of beam 2 is missing.";
  REQUIRE(dose.set(c.get()) == DOSEGATE_OK);
  CHECK(api().case_set_dose_planes(c.get(), &p, error.out()) == DOSEGATE_NOT_FOUND);
  const ProtocolHandle protocol = builtin();
  CHECK(report_of(c.get(), protocol.get()).find(dose.defect) != std::string::npos);
  dose.defect.clear();
  REQUIRE(dose.set(c.get()) == DOSEGATE_OK);
  CHECK(api().case_set_dose_planes(c.get(), &p, error.out()) == DOSEGATE_OK);
}
