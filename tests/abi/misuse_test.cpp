// What a host can do wrong, and that each rule of ABI.md answers as it says, without effect on the case.
#include <limits>

#include "tests/abi/library.h"

using namespace dosegate::abi_test;

namespace {

dosegate_status set(dosegate_case* c, const dosegate_structure& s, Failure& error) {
  return api().case_set_structure(c, &s, error.out());
}
dosegate_status set(dosegate_case* c, const dosegate_dose& d, Failure& error) {
  return api().case_set_dose(c, &d, error.out());
}

}  // namespace

TEST_CASE("every function of the table is there and stands NULL handles and NULL error") {
  const dosegate_api& a = api();
  const auto* functions = reinterpret_cast<const unsigned char*>(&a) + offsetof(dosegate_api, error_status);
  for (std::size_t i = 0; i < (sizeof a - offsetof(dosegate_api, error_status)) / sizeof(void*); ++i) {
    void* f = nullptr;
    std::memcpy(&f, functions + i * sizeof f, sizeof f);
    CHECK(f != nullptr);
  }
  a.error_release(nullptr);
  a.document_release(nullptr);
  a.protocol_release(nullptr);
  a.case_release(nullptr);
  a.report_release(nullptr);
  CHECK(a.error_status(nullptr) == DOSEGATE_OK);
  for (const dosegate_text t : {a.error_path(nullptr), a.error_message(nullptr), a.document_json(nullptr),
                                a.protocol_json(nullptr), a.report_json(nullptr)}) {
    CHECK(t.size == 0);
    REQUIRE(t.data != nullptr);
    CHECK(t.data[0] == '\0');
  }
  CHECK(a.report_verdict(nullptr) == DOSEGATE_VERDICT_UNSPECIFIED);
  CHECK(a.get_extension(nullptr) == nullptr);
  CHECK(a.get_extension("dosegate.no_such_thing") == nullptr);

  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_case();
  dosegate_report* report = nullptr;
  dosegate_document* document = nullptr;
  dosegate_protocol* loaded = nullptr;
  const dosegate_text json = text("{}");
  const SmallStructure structure;
  const SmallDose dose;
  CHECK(a.protocol_list(nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.protocol_builtin(nullptr, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.protocol_load(json, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.protocol_load({nullptr, 5}, &loaded, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.protocol_lint(json, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.protocol_lint({nullptr, 5}, &document, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_create(nullptr, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_plan(nullptr, json, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_plan(c.get(), {nullptr, 5}, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_options(nullptr, json, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_options(c.get(), {nullptr, 5}, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_structure(nullptr, &structure.s, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_structure(c.get(), nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_remove_structure(nullptr, 1, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_remove_structure_set(nullptr, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_remove_plan(nullptr, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_remove_dose(nullptr, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_dose(nullptr, &dose.d, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_set_dose(c.get(), nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_expect_dose(nullptr, protocol.get(), &dose.d, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_expect_dose(c.get(), nullptr, &dose.d, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.case_expect_dose(c.get(), protocol.get(), nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.check(nullptr, protocol.get(), &report, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.check(c.get(), nullptr, &report, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.check(c.get(), protocol.get(), nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.dvh(nullptr, json, &document, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(a.dvh(c.get(), json, nullptr, nullptr) == DOSEGATE_INVALID_ARGUMENT);
}

TEST_CASE("a failing call makes its outputs NULL and gives an error that can be read until it is released") {
  const CaseHandle c = make_case();
  double rubbish = 0.0;
  auto* report = reinterpret_cast<dosegate_report*>(&rubbish);
  auto* document = reinterpret_cast<dosegate_document*>(&rubbish);
  auto* protocol = reinterpret_cast<dosegate_protocol*>(&rubbish);
  Failure error;
  CHECK(api().check(c.get(), nullptr, &report, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(report == nullptr);
  CHECK(api().error_status(error.get()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "protocol");
  CHECK_FALSE(error.message().empty());
  CHECK(api().dvh(c.get(), text("nonsense"), &document, error.out()) == DOSEGATE_INVALID_DATA);
  CHECK(document == nullptr);
  CHECK(api().protocol_load(text("{]"), &protocol, error.out()) == DOSEGATE_INVALID_DATA);
  CHECK(protocol == nullptr);
  CHECK_FALSE(error.message().empty());
  CHECK(api().protocol_builtin("no such trial", &protocol, error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.message().find("ChiCTR2000036385") != std::string::npos);
  CHECK(api().case_remove_structure(c.get(), 77, error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.message().find("77") != std::string::npos);

  SECTION("and a call that succeeds clears the error pointer") {
    auto* stale = reinterpret_cast<dosegate_error*>(&rubbish);
    const SmallDose dose;
    CHECK(api().case_set_dose(c.get(), &dose.d, &stale) == DOSEGATE_OK);
    CHECK(stale == nullptr);
  }
}

TEST_CASE("a handle of another kind is recognised") {
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_case();
  dosegate_report* report = nullptr;
  auto* not_a_case = reinterpret_cast<dosegate_case*>(protocol.get());
  const auto* not_a_protocol = reinterpret_cast<const dosegate_protocol*>(c.get());
  CHECK(api().check(not_a_case, protocol.get(), &report, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(api().check(c.get(), not_a_protocol, &report, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(api().report_verdict(reinterpret_cast<const dosegate_report*>(c.get())) == DOSEGATE_VERDICT_UNSPECIFIED);
  CHECK(api().protocol_json(not_a_protocol).size == 0);
  api().case_release(not_a_case);  // does nothing
  CHECK(api().protocol_json(protocol.get()).size > 0);
}

TEST_CASE("struct sizes are checked, and unknown trailing bytes must be zero") {
  const CaseHandle c = make_case();
  Failure error;
  const std::uint32_t wrong =
      GENERATE(0U, 4U, static_cast<std::uint32_t>(offsetof(dosegate_structure, slab_thickness_mm)) - 1U, 0xffffffffU);
  SmallStructure structure;
  structure.s.struct_size = wrong;
  CHECK(set(c.get(), structure.s, error) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "structure.struct_size");
  SmallDose dose;
  dose.d.struct_size = wrong;
  CHECK(set(c.get(), dose.d, error) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "dose.struct_size");
  dosegate_host host{};
  host.struct_size = wrong == 0xffffffffU ? wrong : wrong % sizeof host;
  dosegate_case* other = nullptr;
  CHECK(api().case_create(&host, &other, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "host.struct_size");
  CHECK(other == nullptr);

  struct {
    dosegate_structure s;
    std::uint64_t newer_field;
  } grown{};
  const SmallStructure small;
  grown.s = small.s;
  grown.s.struct_size = sizeof grown;
  CHECK(api().case_set_structure(c.get(), &grown.s, error.out()) == DOSEGATE_OK);
  grown.newer_field = 1;
  CHECK(api().case_set_structure(c.get(), &grown.s, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "structure.struct_size");
}

TEST_CASE("reserved fields and enums out of range are refused by name") {
  const CaseHandle c = make_case();
  Failure error;
  const std::int32_t bad = GENERATE(0, -1, 99, std::numeric_limits<std::int32_t>::max());
  {
    SmallStructure x;
    x.contour.geometric_type = bad;
    CHECK(set(c.get(), x.s, error) == DOSEGATE_INVALID_ARGUMENT);
    CHECK(error.path() == "structure.contours[0].geometric_type");
  }
  using Field = std::int32_t dosegate_dose::*;
  const std::pair<Field, const char*> fields[] = {{&dosegate_dose::value_type, "dose.value_type"},
                                                  {&dosegate_dose::units, "dose.units"},
                                                  {&dosegate_dose::dose_type, "dose.dose_type"},
                                                  {&dosegate_dose::summation, "dose.summation"}};
  for (const auto& [field, path] : fields) {
    SmallDose x;
    x.d.*field = bad;
    CHECK(set(c.get(), x.d, error) == DOSEGATE_INVALID_ARGUMENT);
    CHECK(error.path() == path);
  }
  SmallStructure x;
  x.contour.reserved = 1;
  CHECK(set(c.get(), x.s, error) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "structure.contours[0].reserved");
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = 257;
  dosegate_case* other = nullptr;
  CHECK(api().case_create(&host, &other, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "host.threads");
}

TEST_CASE("a coordinate that is not finite or absurdly far is refused with contour and point") {
  const CaseHandle c = make_case();
  Failure error;
  const double bad = GENERATE(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity(), 1.1e5, -1e300);
  SmallStructure x;
  x.points[7] = bad;
  CHECK(set(c.get(), x.s, error) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "structure.contours[0].points_mm[7]");
  CHECK(error.message().find("contour 1, point 3") != std::string::npos);
  CHECK(error.message().find("Stomach") != std::string::npos);
}

TEST_CASE("a dose with NaN, infinite or negative values, spacings, scaling or offsets is refused") {
  const CaseHandle c = make_case();
  Failure error;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, inf, -1.0}) {
    SmallDose a, b, d, e;
    a.values[5] = static_cast<float>(bad);
    b.d.scaling = bad;
    d.d.row_spacing_mm = bad;
    e.d.column_spacing_mm = bad;
    for (SmallDose* x : {&a, &b, &d, &e}) {
      CHECK(set(c.get(), x->d, error) == DOSEGATE_INVALID_DATA);
      CHECK(error.path().rfind("dose.", 0) == 0);
    }
  }
  for (const double bad : {nan, inf}) {
    SmallDose a, b, d;
    a.d.position_mm[2] = bad;
    b.d.row_cosines[1] = bad;
    d.offsets[1] = bad;
    for (SmallDose* x : {&a, &b, &d}) CHECK(set(c.get(), x->d, error) == DOSEGATE_INVALID_DATA);
  }
  SmallDose skewed;
  skewed.d.column_cosines[0] = 0.0125;
  CHECK(set(c.get(), skewed.d, error) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "dose.row_cosines");
  for (const char* part : {"their product is off 0 by 0.0125", "at most 0.001", "to six decimals"}) {
    CHECK(error.message().find(part) != std::string::npos);
  }
  SmallDose same_plane_twice;
  same_plane_twice.offsets[1] = 0.0;
  CHECK(set(c.get(), same_plane_twice.d, error) == DOSEGATE_INVALID_DATA);
}

TEST_CASE("counts beyond the limits are refused before anything is read or allocated") {
  const CaseHandle c = make_case();
  Failure error;
  // The pointers lead to a few bytes only: reading by these counts would crash.
  const std::uint64_t huge = GENERATE(std::uint64_t{10'000'001}, std::uint64_t{1'000'000'000},
                                      std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63U);
  {
    SmallStructure x;
    x.contour.point_count = huge;
    CHECK(set(c.get(), x.s, error) == DOSEGATE_LIMIT_EXCEEDED);
    CHECK(error.path() == "structure.contours[0].point_count");
    CHECK(error.message().find("10000000") != std::string::npos);
  }
  {
    SmallStructure x;
    x.s.contour_count = huge;
    CHECK(set(c.get(), x.s, error) == DOSEGATE_LIMIT_EXCEEDED);
    CHECK(error.path() == "structure.contour_count");
  }
  {
    SmallStructure x;  // two contours whose counts wrap round in 64 bits
    dosegate_contour two[2] = {x.contour, x.contour};
    two[0].point_count = 9'000'000;
    two[1].point_count = huge;
    x.s.contours = two;
    x.s.contour_count = 2;
    CHECK(set(c.get(), x.s, error) == DOSEGATE_LIMIT_EXCEEDED);
  }
  {
    SmallDose x;
    x.d.value_count = huge;
    CHECK(set(c.get(), x.d, error) == DOSEGATE_INVALID_DATA);
    CHECK(error.path() == "dose.value_count");
  }
  for (const std::uint32_t size : {65536U, 0xffffffffU}) {  // 2^48 and 2^96: the product wraps
    SmallDose x;
    x.d.columns = x.d.rows = x.d.planes = size;
    x.d.value_count = std::uint64_t{size} * size * size;
    CHECK(set(c.get(), x.d, error) == DOSEGATE_LIMIT_EXCEEDED);
  }
  const std::string name(1025, 'x');
  SmallStructure x;
  x.s.name = name.c_str();
  CHECK(set(c.get(), x.s, error) == DOSEGATE_LIMIT_EXCEEDED);
  CHECK(error.path() == "structure.name");
  // Documents: the size alone decides.
  dosegate_document* document = nullptr;
  dosegate_protocol* protocol = nullptr;
  const char* small = "{}";
  const auto bytes = static_cast<std::size_t>(huge);
  CHECK(api().case_set_plan(c.get(), {small, (16U << 20U) + 1 + bytes % 1000}, error.out()) == DOSEGATE_LIMIT_EXCEEDED);
  CHECK(api().case_set_options(c.get(), {small, (1U << 20U) + 1}, error.out()) == DOSEGATE_LIMIT_EXCEEDED);
  CHECK(api().dvh(c.get(), {small, (1U << 20U) + 1}, &document, error.out()) == DOSEGATE_LIMIT_EXCEEDED);
  CHECK(api().protocol_load({small, (4U << 20U) + 1}, &protocol, error.out()) == DOSEGATE_LIMIT_EXCEEDED);
  CHECK(api().protocol_lint({small, (4U << 20U) + 1}, &document, error.out()) == DOSEGATE_LIMIT_EXCEEDED);
}

TEST_CASE("a case takes 4096 structures and no more, and replacing one still works then") {
  const CaseHandle c = make_case();
  Failure error;
  dosegate_structure s{};
  s.struct_size = sizeof s;
  s.name = "ROI";
  for (std::int32_t i = 0; i < 4096; ++i) {
    s.roi_number = i;
    REQUIRE(set(c.get(), s, error) == DOSEGATE_OK);
  }
  s.roi_number = 4096;
  CHECK(set(c.get(), s, error) == DOSEGATE_LIMIT_EXCEEDED);
  s.roi_number = 5;
  CHECK(set(c.get(), s, error) == DOSEGATE_OK);
  CHECK(api().case_remove_structure(c.get(), 5, error.out()) == DOSEGATE_OK);
  s.roi_number = 4096;
  CHECK(set(c.get(), s, error) == DOSEGATE_OK);
}

TEST_CASE("NULL where the count says otherwise, missing names and misaligned pointers are refused") {
  const CaseHandle c = make_case();
  Failure error;
  SmallStructure a, b, d, e, f;
  a.s.contours = nullptr;
  b.contour.points_mm = nullptr;
  d.s.name = nullptr;
  e.contour.points_mm = reinterpret_cast<const double*>(reinterpret_cast<const char*>(e.points.data()) + 1);
  e.contour.point_count = 2;
  for (SmallStructure* x : {&a, &b, &d, &e}) CHECK(set(c.get(), x->s, error) == DOSEGATE_INVALID_ARGUMENT);
  f.s.contours = nullptr;
  f.s.contour_count = 0;
  CHECK(set(c.get(), f.s, error) == DOSEGATE_OK);  // an ROI without contours
  SmallDose g, h;
  g.d.values = nullptr;
  h.d.plane_offsets_mm = nullptr;
  CHECK(set(c.get(), g.d, error) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "dose.values");
  CHECK(set(c.get(), h.d, error) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "dose.plane_offsets_mm");
  g.d.defect = "The dose of beam 2 is missing.";
  CHECK(set(c.get(), g.d, error) == DOSEGATE_OK);
}

TEST_CASE("invalid UTF-8 is refused with the field and the byte") {
  const CaseHandle c = make_case();
  Failure error;
  const std::string bad =
      GENERATE(as<std::string>(), "Magen\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80");
  SmallStructure x;
  x.s.name = bad.c_str();
  CHECK(set(c.get(), x.s, error) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "structure.name");
  CHECK(error.message().find("byte") != std::string::npos);
  SmallStructure y;
  y.s.interpreted_type = bad.c_str();
  CHECK(set(c.get(), y.s, error) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "structure.interpreted_type");
  SmallDose d;
  d.d.defect = bad.c_str();
  CHECK(set(c.get(), d.d, error) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "dose.defect");
  CHECK(api().case_set_plan(c.get(), text("{\"label\": \"" + bad + "\"}"), error.out()) == DOSEGATE_INVALID_DATA);
  x.s.name = "M\xc3\xa4gen \xe8\x83\x83 \xf0\x9f\xa6\xb7";
  CHECK(set(c.get(), x.s, error) == DOSEGATE_OK);
}

TEST_CASE("calls that fail leave the case as it was") {
  const CaseHandle c = make_full_case();
  const ProtocolHandle protocol = builtin();
  const std::string before = report_of(c.get(), protocol.get());
  Failure error;
  SmallStructure s;  // ROI 4, the liver, must not be replaced
  s.s.roi_number = 4;
  s.points[0] = std::numeric_limits<double>::quiet_NaN();
  CHECK(set(c.get(), s.s, error) == DOSEGATE_INVALID_DATA);
  SmallDose d;
  d.values[0] = -1.0F;
  CHECK(set(c.get(), d.d, error) == DOSEGATE_INVALID_DATA);
  CHECK(api().case_set_plan(c.get(), text("{\"label\": 3}"), error.out()) == DOSEGATE_INVALID_DATA);
  CHECK(api().case_set_options(c.get(), text("{\"noSuchOption\": 1}"), error.out()) == DOSEGATE_INVALID_DATA);
  CHECK(api().case_remove_structure(c.get(), 1000, error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(report_of(c.get(), protocol.get()) == before);
}
