// The host is asked often however many structures, names, dose references and metrics there are.
#include <cmath>
#include <numbers>

#include "core/protocols/load.h"
#include "tests/silence/heard.h"

namespace {

using namespace dosegate;
using namespace dosegate::silence;

void check_case(const Case& c) {
  static const Protocol protocol = *load_protocol(builtin_protocols().front().json);
  check_heard("check", [&](const Host& host) { (void)check(c, protocol, host); });
}

void check_dvh(const Case& c, const DvhRequest& request) {
  check_heard("dvh", [&](const Host& host) {
    const auto answer = dvh_json(c, request, host);
    if (!answer) CHECK(answer.error().code == ErrorCode::kCancelled);
  });
}

Case usual(const char* options = R"({"scope": "PLAN_ONLY"})") { return patient(many_points(64), options); }

Contour circle(std::size_t points, double radius, double z) {
  Contour c;
  for (std::size_t i = 0; i < points; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(points);
    c.points.emplace_back(80 + radius * std::cos(turn), 80 + radius * std::sin(turn), z);
  }
  return c;
}

// Further ones, each with that contour, or none where it has no point.
void add_structures(Case& c, int count, const std::string& name, bool numbered, const Contour& contour) {
  for (int n = 0; n < count; ++n) {
    Structure& s = c.course.structures()[100 + n];
    s.roi_number = 100 + n;
    s.name = numbered ? name + std::to_string(n) : name;
    s.interpreted_type = "ORGAN";
    s.frame_of_reference_uid = "1.2";
    if (!contour.points.empty()) s.contours = {contour};
  }
}

}  // namespace

TEST_CASE("the host is asked often while planes of two spacings are laid out", "[rule-16]") {
  Case c = usual();
  Structure& liver = c.course.structures()[4];
  liver.contours.clear();
  double z = -3000;
  for (int n = 0; n < 24'000; ++n) {
    liver.contours.push_back(circle(3, 10, z));
    z += n < 12'500 ? 0.2 : 0.32;
  }
  check_case(c);
}

TEST_CASE("the host is asked often while targets are looked for inside a target of many points", "[rule-16]") {
  Case c = usual();
  c.course.structures()[1].contours[1] = circle(60'000, 75, 5);
  add_structures(c, 20, "GTV_", true, circle(64, 5, 5));
  for (auto& [number, s] : c.course.structures()) {
    if (number >= 100) s.interpreted_type = "GTV";
  }
  check_case(c);
}

TEST_CASE("the host is asked often while many names are looked for among many structures", "[rule-16]") {
  Case c = usual();
  add_structures(c, 1000, "a", false, {});
  DvhRequest request = *load_dvh_request(R"({"metrics": ["Mean[Gy]"]})");
  request.rois.assign(30'000, "a");
  check_dvh(c, request);
  c.options.separate_pieces.assign(30'000, "abcd");
  check_case(c);
}

TEST_CASE("the host is asked often while dose references are held to the names of structures", "[rule-16]") {
  Case c = usual();
  add_structures(c, 2000, "zq", true, circle(3, 10, 5));
  auto& references = c.course.plan().dose_references;
  for (int n = 0; n < 10'000; ++n) {
    DoseReference& r = references.emplace_back();
    r.number = n + 2;
    r.type = "TARGET";
    r.description = "x" + std::to_string(n);
    r.target_prescription_dose = Dose::gy(45);
  }
  check_case(c);
}

TEST_CASE("the host is asked often while fraction groups are held to beams and isocentres to each other", "[rule-16]") {
  Case c = usual();
  std::string groups, beams;
  for (int n = 1; n <= 2000; ++n) {
    const std::string separator = n > 1 ? "," : "", number = std::to_string(n);
    groups += separator + R"({"fractionsPlanned": 1, "beams": [)";
    for (int beam = 0; beam < 5; ++beam) {
      groups += (beam > 0 ? R"(,{"beamNumber": )" : R"({"beamNumber": )") + std::to_string(2000 - beam) +
                R"(, "beamDoseGy": 1, "beamMeterset": 1})";
    }
    groups += "]}";
    beams += separator + R"({"number": )" + number + R"(, "isocentres": [)";
    for (int at = 0; at < 5; ++at) {
      beams += (at > 0 ? R"(,{"xMm": )" : R"({"xMm": )") + number + R"(, "yMm": )" + std::to_string(at) + "}";
    }
    beams += "]}";
  }
  c.course.plan() = *load_plan(R"({"fractionGroups": [)" + groups + R"(], "beams": [)" + beams + "]}");
  check_case(c);
}

TEST_CASE("the host is asked often while curves are held to a thousand metrics", "[rule-16]") {
  Case c = usual();
  add_structures(c, 12, "T", true, circle(64, 30, 5));
  for (auto& [number, s] : c.course.structures()) s.contours.push_back(circle(64, 30, 10));
  DvhRequest request = *load_dvh_request(R"({"metrics": ["Max[Gy]"], "curve": true})");
  request.metrics.assign(1000, request.metrics.front());
  check_dvh(c, request);
}

TEST_CASE("the host is asked often inside an interpolated outline that touches itself", "[rule-16]") {
  Case c = usual(R"({"scope": "PLAN_ONLY", "betweenSlices": "INTERPOLATE"})");
  Contour& outline = c.course.structures()[4].contours[1] = circle(1'000'000, 75, 5);
  for (std::size_t n = 0; n < 3; ++n) outline.points.push_back(outline.points[n + 500'000]);
  check_case(c);
  DvhRequest request = *load_dvh_request(R"({"metrics": ["Mean[Gy]"], "rois": ["Liver"]})");
  check_dvh(c, request);
}
