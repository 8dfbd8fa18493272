// The parts of the page, each against what is known in closed form.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "adapters/html/calendar.h"
#include "adapters/html/colour.h"
#include "adapters/html/dose_field.h"
#include "adapters/html/evidence.h"
#include "adapters/html/isolines.h"
#include "adapters/html/markup.h"
#include "adapters/html/picture.h"
#include "adapters/html/slabs.h"
#include "adapters/support/base64.h"
#include "dosegate/dosegate.h"

using namespace dosegate::html;
namespace dicom = dosegate::dicom;
namespace v1 = dosegate::v1;

namespace {

// x and y of the points of a path, in their order.
std::vector<Point> points_of(const std::string& path) {
  std::vector<Point> points;
  for (std::size_t at = 0; at < path.size();) {
    at = path.find_first_of("ML", at);
    if (at == std::string::npos) break;
    char* end = nullptr;
    const double x = std::strtod(path.c_str() + at + 1, &end);
    points.push_back({x, std::strtod(end + 1, nullptr)});
    ++at;
  }
  return points;
}

// A box x 0 to 40, y 0 to 20, on slices at z 0, 5 and 10.
dicom::Structure box() {
  dicom::Structure s;
  for (const double z : {10.0, 0.0, 5.0}) {
    s.contours.push_back({DOSEGATE_CONTOUR_CLOSED_PLANAR, {0, 0, z, 40, 0, z, 40, 20, z, 0, 20, z}});
  }
  return s;
}

}  // namespace

TEST_CASE("markup: nothing from outside becomes markup, or turns the text beside it round", "[html]") {
  CHECK(escaped("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
  CHECK(name("Magen") == "<bdi>Magen</bdi>");
  CHECK(name("\xE2\x80\xAEVTP") == "<bdi>\\u{202E}VTP</bdi>");
  CHECK(escaped("a\xFF") == "a\\xFF");
}

TEST_CASE("markup: a long name is cut between characters, and the whole stands in its title", "[html]") {
  std::string umlauts;
  for (int i = 0; i < 10'000; ++i) umlauts += "\xC3\xA4";
  const std::string shown = name(umlauts, 5);
  CHECK(shown.find("<bdi title=\"" + umlauts + "\">\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xE2\x80\xA6</bdi>") == 0);
  CHECK(short_text("abcdef", 6) == "abcdef");
  CHECK(short_text("abcdefg", 6) == "abcdef\xE2\x80\xA6");
}

TEST_CASE("markup: dates and rules are in one piece, and numbers stay with their units", "[html]") {
  CHECK(dosegate::html::sentence("OR-2.V20 is < 49 %") == "<span class=\"nb\">OR-2.V20</span> is &lt;\u00A049\u00A0%");
  CHECK(dosegate::html::sentence("on 2024-01-26.") == "on <span class=\"nb\">2024-01-26.</span>");
  CHECK(dosegate::html::sentence("--map A=\"B\" a-b") == "<span class=\"nb\">--map</span> A=&quot;B&quot; a-b");
  CHECK(dosegate::html::sentence("\uFF1A--map x") == "\uFF1A<span class=\"nb\">--map</span> x");
  CHECK(closed("It is", dosegate::present::Language::kEnglish) == "It is.");
  CHECK(closed("It is.", dosegate::present::Language::kEnglish) == "It is.");
}

TEST_CASE("markup: numbers of paths are short and never -0", "[html]") {
  CHECK(coordinate(1.0) == "1");
  CHECK(coordinate(-0.04) == "0");
  CHECK(coordinate(2.25, 2) == "2.25");
  CHECK(coordinate(100.0, 3) == "100");
  CHECK(coordinate(std::nan("")) == "0");
  CHECK(signed_number("-2.00") ==
        "\xE2\x88\x92"
        "2.00");
}

TEST_CASE("colours: every colour of a structure set stands out from its page by 4.5 to 1", "[html]") {
  CHECK(contrast({255, 255, 255}, {0, 0, 0}) == Approx(21.0));
  for (const Rgb page : {kLightPage, kDarkPage, kPicture}) {
    for (unsigned n = 0; n < 512; ++n) {
      const auto part = [&](unsigned shift) { return static_cast<std::uint8_t>(((n >> shift) & 7U) * 36U); };
      CHECK(contrast(page, readable_on(page, {part(0), part(3), part(6)})) >= 4.5);
    }
  }
  CHECK(readable_on(kLightPage, {0, 0, 255}) == Rgb{0, 0, 255});  // as it was drawn, where that is readable
  CHECK(hex({255, 0, 16}) == "#ff0010");
}

TEST_CASE("colours: what is taken for one colour is told from what is not", "[html]") {
  CHECK(is_alike({128, 128, 0}, {130, 125, 4}));
  CHECK_FALSE(is_alike({213, 94, 0}, {0, 114, 178}));
  CHECK(distance({0, 0, 0}, {255, 255, 255}) > 700.0);
  for (const double ratio : {4.5, 9.0}) CHECK(contrast(kPicture, readable_on(kPicture, {0, 0, 255}, ratio)) >= ratio);
}

TEST_CASE("pictures: base64 is that of RFC 4648", "[html]") {
  const auto of = [](std::string_view text) { return dosegate::support::to_base64(text); };
  CHECK(of("") == "");
  CHECK(of("f") == "Zg==");
  CHECK(of("fo") == "Zm8=");
  CHECK(of("foo") == "Zm9v");
  CHECK(of("foobar") == "Zm9vYmFy");
  CHECK(png_url({0, 255}, 2, 1).starts_with("data:image/png;base64,iVBORw0KGgo"));
}

TEST_CASE("isolines: a cone's line is a circle, closed", "[html]") {
  const auto cone = [](double u, double v) { return 100.0 - std::hypot(u, v); };
  const std::string path = isoline(Lattice::sample(-50, -50, 50, 50, 2, cone), 70.0);
  const std::vector<Point> points = points_of(path);
  REQUIRE(points.size() > 30);
  CHECK(path.back() == 'z');
  CHECK(path.find('M', 1) == std::string::npos);
  for (const Point& p : points) CHECK(std::hypot(p[0], p[1]) == Approx(30.0).margin(0.15));
  CHECK(isoline(Lattice::sample(-50, -50, 50, 50, 2, cone), 101.0).empty());
}

TEST_CASE("isolines: a plane's line is straight and ends at the edge, and nothing is drawn where there is no value",
          "[html]") {
  const auto ramp = [](double u, double) { return u; };
  const std::string path = isoline(Lattice::sample(0, 0, 10, 10, 1, ramp), 4.5);
  for (const Point& p : points_of(path)) CHECK(p[0] == Approx(4.5));
  CHECK(points_of(path).size() == 11);
  CHECK(path.back() != 'z');
  const auto half = [](double u, double v) { return v > 4.5 ? Lattice::kNone : u; };
  CHECK(points_of(isoline(Lattice::sample(0, 0, 10, 10, 1, half), 4.5)).size() == 5);
  CHECK(region_above(Lattice::sample(0, 0, 10, 10, 1, ramp), 4.5).back() == 'z');
}

TEST_CASE("slabs: contours reach half-way to their neighbours, and half a step beyond the last", "[html]") {
  const Slabs slabs(box());
  CHECK(slabs.bounds() == std::array<double, 6>{0, 40, 0, 20, -2.5, 12.5});
  CHECK(slabs.at(12.4).size() == 1);
  CHECK(slabs.at(12.6).empty());
  CHECK(path_of(slabs.at(0)) == "M0,0L40,0L40,20L0,20z");
  // Cut along x: z from -2.5 to 12.5, drawn with -z; no line between slabs of the same outline.
  const std::string cut = slabs.cut(1, 10.0);
  CHECK(cut.find("M0,2.5L40,2.5") != std::string::npos);
  CHECK(cut.find("M0,-12.5L40,-12.5") != std::string::npos);
  CHECK(cut.find("M0,-2.5L40,-2.5") == std::string::npos);
  CHECK(slabs.cut(1, 30.0).empty());
}

TEST_CASE("slabs: a point lies within polygons by the even-odd rule, so not in a hole", "[html]") {
  const std::vector<Polygon> ring = {{{0, 0}, {40, 0}, {40, 20}, {0, 20}}, {{10, 5}, {30, 5}, {30, 15}, {10, 15}}};
  CHECK(holds(ring, 5, 10));
  CHECK(holds(ring, 35, 10));
  CHECK_FALSE(holds(ring, 20, 10));
  CHECK_FALSE(holds(ring, 50, 10));
  CHECK_FALSE(holds(ring, 5, 30));
  CHECK_FALSE(holds({}, 0, 0));
}

TEST_CASE("slabs: contours of any direction are cut by planes along the patient, without lines between slabs",
          "[html]") {
  // The box turned about x: its middle is at (20, 10, 5) before.
  for (const double degrees : {20.0, -35.0, 89.0, 0.3}) {
    const double c = std::cos(degrees * M_PI / 180), s = std::sin(degrees * M_PI / 180);
    dicom::Structure turned = box();
    for (auto& contour : turned.contours) {
      for (std::size_t i = 0; i < contour.points_mm.size(); i += 3) {
        const double y = contour.points_mm[i + 1], z = contour.points_mm[i + 2];
        contour.points_mm[i + 1] = c * y - s * z, contour.points_mm[i + 2] = s * y + c * z;
      }
    }
    const Slabs slabs(turned);
    REQUIRE_FALSE(slabs.empty());
    const double y = c * 10 - s * 5, z = s * 10 + c * 5;
    const auto area_of = [](const std::vector<Polygon>& polygons) {
      double area = 0.0;
      for (const Polygon& p : polygons) {
        double twice = 0.0;
        for (std::size_t i = 0; i < p.size(); ++i) {
          const Point &a = p[i], &b = p[(i + 1) % p.size()];
          twice += a[0] * b[1] - b[0] * a[1];
        }
        area += 0.5 * std::abs(twice);
      }
      return area;
    };
    // Of the rectangle 20 x 15 across x, the chord through its middle at that angle; 40 mm along x.
    const auto chord = [](double along, double across) {
      return std::min(20 / std::max(std::abs(along), 1e-9), 15 / std::max(std::abs(across), 1e-9));
    };
    INFO(degrees);
    CHECK(area_of(slabs.at(z)) == Approx(40 * chord(c, s)).epsilon(1e-9));
    CHECK(slabs.at(z + 30).empty());
    const auto length_of = [](const std::string& path) {
      const std::vector<Point> p = points_of(path);
      double length = 0.0;
      for (std::size_t i = 0; i + 1 < p.size(); i += 2)
        length += std::hypot(p[i + 1][0] - p[i][0], p[i + 1][1] - p[i][1]);
      return length;
    };
    CHECK(length_of(slabs.axial(z)) == Approx(2 * (40 + chord(c, s))).epsilon(0.01));
    CHECK(length_of(slabs.cut(1, y)) == Approx(2 * (40 + chord(s, c))).epsilon(0.01));
    CHECK(length_of(slabs.cut(0, 20)) == Approx(2 * (20 + 15)).epsilon(0.01));
    const auto b = slabs.bounds();
    CHECK(b[0] == Approx(0.0).margin(1e-9));
    CHECK(b[1] == Approx(40));
    CHECK(b[3] - b[2] == Approx(20 * std::abs(c) + 15 * std::abs(s)));
    CHECK(b[5] - b[4] == Approx(20 * std::abs(s) + 15 * std::abs(c)));
  }
}

TEST_CASE("slabs: a slice that is missing leaves a gap", "[html]") {
  dicom::Structure s = box();
  s.contours.push_back({DOSEGATE_CONTOUR_CLOSED_PLANAR, {0, 0, 30, 40, 0, 30, 40, 20, 30}});
  const Slabs slabs(s);
  CHECK(slabs.at(12.4).size() == 1);
  CHECK(slabs.at(20).empty());
  CHECK(slabs.at(28).size() == 1);
}

TEST_CASE("dose: between voxel centres it is trilinear, in Gy of the course, and outside the grid there is none",
          "[html]") {
  dicom::Dose d;
  const std::vector<float> values = {0, 1, 2, 3, 4, 5, 6, 7};
  dicom::NewBytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  d.values = std::move(bytes).share();
  d.value_type = DOSEGATE_VALUES_FLOAT32;
  d.value_count = 8;
  d.scaling = 100;
  d.units = DOSEGATE_UNITS_CGY;
  d.columns = d.rows = d.planes = 2;
  d.position_mm = {10, 20, 30};
  d.row_cosines = {1, 0, 0};
  d.column_cosines = {0, 1, 0};
  d.row_spacing_mm = d.column_spacing_mm = 2;
  d.plane_offsets_mm = {0, 4};
  const auto field = DoseField::make(d, 15);
  REQUIRE(field);
  CHECK(*field->at(10, 20, 30) == Approx(0));
  CHECK(*field->at(12, 22, 34) == Approx(7 * 15));
  CHECK(*field->at(11, 21, 32) == Approx(3.5 * 15));
  CHECK_FALSE(field->at(12.1, 21, 32));
  CHECK_FALSE(field->at(11, 21, 34.1));
  d.units = DOSEGATE_UNITS_RELATIVE;
  CHECK_FALSE(DoseField::make(d, 1));
}

TEST_CASE("curves: of a role that is one without another, the difference, bounded, and none where the one sticks out",
          "[html]") {
  Evidence e;
  v1::Report r;
  const auto add = [&](const char* role, int number, double volume, std::vector<double> curve) {
    auto& match = *r.add_structures();
    match.set_role(role);
    match.set_volume_cc(volume);
    if (number == 0) return;
    match.set_roi(role);
    match.set_roi_number(number);
    auto& dvh = *e.dvh.add_rois();
    dvh.set_roi_number(number);
    dvh.set_volume_cc(volume);
    dvh.mutable_curve()->set_bin_gy(0.1);
    for (const double v : curve) {
      dvh.mutable_curve()->add_volume_cc(v);
      dvh.mutable_curve()->add_lower_cc(v == volume ? v : v - 1);
      dvh.mutable_curve()->add_upper_cc(v == volume ? v : v + 1);
    }
  };
  add("Liver", 1, 100, {100, 60, 10});
  add("GTV", 2, 20, {20, 20});
  add("Liver-GTV", 0, 80, {});
  auto& role = *e.protocol.add_roles();
  role.set_id("Liver-GTV");
  role.mutable_derived()->set_base("Liver");
  role.mutable_derived()->add_minus("GTV");
  v1::Finding& f = *r.add_findings();
  f.set_structure("Liver-GTV");
  f.set_metric("V20Gy[%]");
  const auto structures = structures_of(r, e);
  REQUIRE(structures.size() == 3);
  CHECK(structures[0].value.empty());  // no rule asks for its dose
  CHECK(structures[2].value == std::vector<double>{100, 50, 12.5});
  CHECK(structures[2].lower == std::vector<double>{100, 48.75, 11.25});
  CHECK(structures[2].upper == std::vector<double>{100, 51.25, 13.75});
  r.mutable_structures(2)->set_volume_cc(81);
  CHECK(structures_of(r, e)[2].value.empty());
}

TEST_CASE("calendar: whole weeks with fractions, infusions, holidays, gaps and what the protocol allows", "[html]") {
  v1::ClinicalRecord record;
  const auto deliver = [&](int number, const char* date) {
    auto& f = *record.add_delivered_fractions();
    f.set_number(number);
    f.set_date(date);
    f.set_dose_gy(3);
  };
  deliver(1, "2024-01-08");  // Monday
  deliver(2, "2024-01-09");
  deliver(3, "2024-01-12");  // after a holiday on Wednesday and a gap on Thursday
  for (const auto& [number, date] : {std::pair{1, "2024-01-08"}, {4, "2024-01-15"}}) {  // the first was given
    auto& f = *record.add_planned_fractions();
    f.set_number(number);
    f.set_date(date);
    f.set_dose_gy(3);
  }
  auto& infusion = *record.add_infusions();
  infusion.set_date("2024-01-07");
  infusion.set_given(true);
  v1::Fractionation plan;
  for (int day = 1; day <= 5; ++day) plan.add_treatment_days(static_cast<v1::Fractionation::Weekday>(day));
  plan.mutable_start()->set_infusion(1);
  plan.mutable_start()->set_due_day(1);
  const auto days = days_of(record, plan, {"2024-01-10"}, "2024-01-12");
  REQUIRE(days.size() == 21);  // Monday 1 to Sunday 21
  CHECK(iso(days.front().day) == "2024-01-01");
  CHECK(days[6].infusions == std::vector<int>{1});
  CHECK(days[7].fractions.size() == 1);
  CHECK(days[7].may_start);
  CHECK_FALSE(days[8].may_start);
  CHECK(days[9].is_holiday);
  CHECK_FALSE(days[9].is_gap);
  CHECK(days[10].is_gap);
  CHECK(days[11].sum_gy == Approx(9));
  CHECK(days[11].is_as_of);
  REQUIRE(days[14].fractions.size() == 1);
  CHECK_FALSE(days[14].fractions[0].given);
  CHECK_FALSE(days[5].is_treatment_day);
  // The latest day is that of the rule, which may call it a warning.
  plan.mutable_end()->set_infusion(1);
  plan.mutable_end()->set_latest_day(8);
  plan.mutable_end()->set_warning_from_day(8);
  const auto ending = days_of(record, plan, {}, "");
  CHECK(ending[14].may_end);
  CHECK_FALSE(ending[13].may_end);
  CHECK(days_of({}, plan, {}, "").empty());
  CHECK_FALSE(day_of("2024-02-30"));
  CHECK_FALSE(day_of("2024-1-3"));
}
