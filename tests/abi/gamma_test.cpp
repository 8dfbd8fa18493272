// The extension dosegate.gamma/1: its answers, and what misuse of it is told.
#include <cmath>
#include <limits>

#include "tests/abi/library.h"

using namespace dosegate::abi_test;

namespace {

const dosegate_gamma& table() {
  const auto* found = static_cast<const dosegate_gamma*>(api().get_extension(DOSEGATE_EXT_GAMMA));
  REQUIRE(found != nullptr);
  return *found;
}

struct Points {
  std::vector<double> at = {1.0, 1.0, 1.0, 4.0, 4.0, 4.0}, gy = {1.0, 1.0};
  dosegate_dose_points p{};
  Points() {
    p.struct_size = sizeof p;
    p.points_mm = at.data();
    p.gy = gy.data();
    p.count = gy.size();
    p.frame_of_reference_uid = ABI_FRAME;
  }
};

dosegate_gamma_input input_of(const dosegate_dose* reference, const dosegate_dose* evaluated) {
  dosegate_gamma_input in{};
  in.struct_size = sizeof in;
  in.reference = reference;
  in.evaluated = evaluated;
  return in;
}

std::string answer(dosegate_case* c, const dosegate_gamma_input& in, const std::string& request = "{}") {
  dosegate_document* document = nullptr;
  Failure error;
  const dosegate_status status = table().compute(c, &in, text(request), &document, error.out());
  INFO(error.path() << ": " << error.message());
  REQUIRE(status == DOSEGATE_OK);
  const std::string out = string(api().document_json(document));
  api().document_release(document);
  return out;
}

// The status and the path.
std::pair<dosegate_status, std::string> refusal(dosegate_case* c, const dosegate_gamma_input* in,
                                                const std::string& request = "{}") {
  dosegate_document* document = nullptr;
  Failure error;
  const dosegate_status status = table().compute(c, in, text(request), &document, error.out());
  CHECK(document == nullptr);
  return {status, error.path()};
}

}  // namespace

TEST_CASE("a dose against itself passes everywhere and its map is in the order of its values", "[gamma]") {
  const CaseHandle c = make_case();
  SmallDose reference, evaluated;
  reference.values[5] = 1.02F;  // column 1, row 0, plane 1
  reference.d.column_cosines[1] = -1.0;
  reference.d.position_mm[1] = 5.0;
  reference.offsets = {0.0, -5.0};  // the normal points down: up the patient all the same
  dosegate_gamma_input in = input_of(&reference.d, &evaluated.d);
  std::vector<float> map(8, -1.0F);
  in.map = map.data();
  in.map_count = map.size();
  CHECK_THAT(answer(c.get(), in), Catch::Contains("\"compared\": 8"));
  for (std::size_t n = 0; n < map.size(); ++n)
    CHECK(static_cast<double>(map[n]) == Approx(n == 5 ? 0.02 / (0.03 * 1.02) : 0.0).margin(1e-3));
}

TEST_CASE("gamma is the same bytes for every number of threads and through the C++ face", "[gamma]") {
  SmallDose reference, evaluated;
  for (std::size_t n = 0; n < 8; ++n) evaluated.values[n] = 1.0F + 0.01F * static_cast<float>(n);
  const dosegate_gamma_input in = input_of(&reference.d, &evaluated.d);
  const CaseHandle c = make_case();
  const std::string one = answer(c.get(), in);
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = 4;
  const CaseHandle four = make_case(&host);
  CHECK(answer(four.get(), in) == one);
  dosegate::Case face = library().make_case();
  CHECK(face.gamma(in, "{}").json() == one);
}

TEST_CASE("what cannot be compared is a report with a problem and no pass rate", "[gamma]") {
  const CaseHandle c = make_case();
  SmallDose reference, evaluated;
  evaluated.d.frame_of_reference_uid = "1.2.3.4";
  std::vector<float> map(8, 0.0F);
  dosegate_gamma_input in = input_of(&reference.d, &evaluated.d);
  in.map = map.data();
  in.map_count = 8;
  const std::string json = answer(c.get(), in);
  CHECK_THAT(json, Catch::Contains("frame of reference") && !Catch::Contains("passRatePercent"));
  for (const float value : map) CHECK(std::isnan(value));
  evaluated.d.frame_of_reference_uid = ABI_FRAME;
  evaluated.d.defect = "A beam is missing.";
  CHECK_THAT(answer(c.get(), in), Catch::Contains("A beam is missing.") && !Catch::Contains("passRatePercent"));
}

TEST_CASE("misuse of gamma is refused with the field that is at fault", "[gamma]") {
  const CaseHandle c = make_case();
  SmallDose reference, evaluated;
  Points points;
  dosegate_gamma_input in = input_of(&reference.d, &evaluated.d);
  using Refusal = std::pair<dosegate_status, std::string>;
  CHECK(refusal(nullptr, &in) == Refusal{DOSEGATE_INVALID_ARGUMENT, "case"});
  CHECK(refusal(c.get(), nullptr) == Refusal{DOSEGATE_INVALID_ARGUMENT, "input"});
  in.reserved = 1;
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_ARGUMENT, "input.reserved"});
  in.reserved = 0;
  in.reference_points = &points.p;
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_ARGUMENT, "input.reference"});
  in.reference = nullptr;
  CHECK_THAT(answer(c.get(), in), Catch::Contains("\"compared\": 2"));
  points.gy[1] = std::nan("");
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_DATA, "reference_points.gy[1]"});
  points.gy[1] = 1.0;
  points.at[4] = std::numeric_limits<double>::infinity();
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_DATA, "reference_points.points_mm[1]"});
  points.p.count = 0;
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_DATA, "reference_points.count"});
  in = input_of(&reference.d, nullptr);
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_ARGUMENT, "input.evaluated"});
  in = input_of(&reference.d, &evaluated.d);
  evaluated.values[3] = std::nanf("");
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_DATA, "evaluated.values"});
  evaluated.values[3] = 1.0F;
  reference.d.value_count = 7;
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_DATA, "reference.value_count"});
  reference.d.value_count = 8;
  float map[7] = {};
  in.map = map;
  in.map_count = 7;
  CHECK(refusal(c.get(), &in) == Refusal{DOSEGATE_INVALID_ARGUMENT, "input.map_count"});
  in.map = nullptr;
  CHECK(refusal(c.get(), &in, R"({"dosePercent": 0})") == Refusal{DOSEGATE_INVALID_DATA, "$.dosePercent"});
  CHECK(refusal(c.get(), &in, R"({"rois": ["PTV"]})") == Refusal{DOSEGATE_NOT_FOUND, "rois"});
}

TEST_CASE("the rule on gamma is computed of a measured dose and is open again without one", "[gamma][QA-1]") {
  const CaseHandle c = make_full_case();
  const ProtocolHandle protocol = builtin();
  const auto rule = [&] {
    const std::string report = report_of(c.get(), protocol.get());
    const std::size_t at = report.find("\"ruleId\": \"QA-1\"");
    REQUIRE(at != std::string::npos);
    return report.substr(at, 900);
  };
  const std::string before = rule();
  CHECK_THAT(before, !Catch::Contains("measured one"));
  // The box patient's dose is somewhere else: named, not passed over.
  SmallDose elsewhere;
  elsewhere.d.position_mm[0] = 5000.0;
  Failure error;
  REQUIRE(table().case_set_measurement(c.get(), &elsewhere.d, nullptr, error.out()) == DOSEGATE_OK);
  CHECK_THAT(rule(), Catch::Contains("NOT_EVALUABLE") && Catch::Contains("measured dose"));
  REQUIRE(table().case_set_measurement(c.get(), nullptr, nullptr, error.out()) == DOSEGATE_OK);
  CHECK(rule() == before);
  Points points;
  CHECK(table().case_set_measurement(c.get(), &elsewhere.d, &points.p, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "points");
  points.gy[0] = -1.0;
  CHECK(table().case_set_measurement(c.get(), nullptr, &points.p, error.out()) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "points.gy[0]");
  CHECK(rule() == before);
}
