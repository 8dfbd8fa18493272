// A host that asks to stop is heard within milliseconds of work, whatever the shape of contours and grid.
#include <time.h>

#include <random>

#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

// Processor time: on a busy machine it is the same. The promise is some milliseconds.
constexpr double kMost = DOSEGATE_SANITIZED ? 3.0 : 0.15;  // s, between two questions
constexpr double kAfter = 0.05;                            // s, when the host says yes

double now() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

struct Clock {
  double begin = 0.0, last = 0.0, longest = 0.0;

  void start() { begin = last = now(), longest = 0.0; }
  void note() {
    const double t = now();
    longest = std::max(longest, t - last);
    last = t;
  }
  static std::int32_t should_cancel(void* user) {
    auto* self = static_cast<Clock*>(user);
    self->note();
    return self->last - self->begin > kAfter ? 1 : 0;
  }
};

using Outline = std::vector<std::array<double, 2>>;

struct Shape {
  std::string name;
  std::vector<Outline> outlines;  // of each of three slices
  std::uint32_t columns = 64, rows = 64;
  double across = 160.0;  // mm, of the grid
};

// Left side of many points within one row of voxels: heights times columns.
Shape one_row(std::size_t points, std::uint32_t columns) {
  Shape s{"a side of many points in one row", {{}}, columns, 3, 0.1 * columns};
  for (std::size_t i = 0; i <= points; ++i) {
    s.outlines[0].push_back(
        {1 + 0.01 * static_cast<double>(i % 2), 0.5 + 3.5 * static_cast<double>(i) / static_cast<double>(points)});
  }
  s.outlines[0].push_back({s.across - 1, 4.0});
  s.outlines[0].push_back({s.across - 1, 0.5});
  return s;
}

// Teeth that end at another column each: no column's stretches are those of its neighbour.
Shape stairs(std::size_t teeth, std::uint32_t columns) {
  Shape s{"teeth that end in every column of a row", {{}}, columns, 3, 0.1 * columns};
  const double step = 3.5 / static_cast<double>(teeth);
  for (std::size_t i = 0; i < teeth; ++i) {
    const double v = 0.5 + step * static_cast<double>(i),
                 u = 2 + (s.across - 4) * static_cast<double>(i * 7919 % teeth) / static_cast<double>(teeth);
    s.outlines[0].push_back({u, v});
    s.outlines[0].push_back({u, v + 0.7 * step});
    s.outlines[0].push_back({1.5, v + 0.7 * step});
    s.outlines[0].push_back({1.5, v + step});
  }
  s.outlines[0].push_back({1, 4.0});
  s.outlines[0].push_back({1, 0.5});
  return s;
}

// Nearly level edges from side to side: pieces in every column.
Shape level_edges(std::size_t edges, std::uint32_t columns) {
  Shape s{"nearly level edges across a row", {{}}, columns, 3, 0.1 * columns};
  for (std::size_t i = 0; i < edges; ++i) {
    const double v = 0.5 + 3.5 * static_cast<double>(i) / static_cast<double>(edges);
    s.outlines[0].push_back({i % 2 == 0 ? 1.0 : s.across - 1, v});
  }
  return s;
}

// Every two edges cross.
Outline star_outline(std::size_t points, double turned) {
  Outline out;
  for (std::size_t i = 0; i < points; ++i) {
    const double turn =
        2 * std::numbers::pi * static_cast<double>(i * (points / 2) % points) / static_cast<double>(points) + turned;
    out.push_back({80 + 75 * std::cos(turn), 80 + 75 * std::sin(turn)});
  }
  return out;
}

Shape many_points(std::size_t points) {
  Shape s{"an outline of many points", {{}}};
  std::mt19937 random(7);
  std::uniform_real_distribution<double> radius(74.9, 75.0);
  for (std::size_t i = 0; i < points; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(points), r = radius(random);
    s.outlines[0].push_back({80 + r * std::cos(turn), 80 + r * std::sin(turn)});
  }
  return s;
}

Shape many_pieces(std::size_t a_side) {
  Shape s{"many small pieces", {}};
  const double pitch = 150.0 / static_cast<double>(a_side), half = 0.35 * pitch;
  for (std::size_t n = 0; n < a_side * a_side; ++n) {
    const double u = 5 + pitch * (0.5 + static_cast<double>(n % a_side)),
                 v = 5 + pitch * (0.5 + static_cast<double>(n / a_side));
    s.outlines.push_back({{u - half, v - half}, {u + half, v - half}, {u + half, v + half}, {u - half, v + half}});
  }
  return s;
}

void fill(dosegate_case* c, const Shape& shape) {
  const double voxel = shape.across / shape.columns;
  std::vector<float> gy;
  for (std::uint32_t p = 0; p < 5; ++p) {
    for (std::uint32_t r = 0; r < shape.rows; ++r) {
      for (std::uint32_t k = 0; k < shape.columns; ++k) {
        gy.push_back(static_cast<float>(30 + 10 * std::sin(0.07 * k + r) * std::cos(0.3 * r + p)));
      }
    }
  }
  const double offsets[5] = {-5, 0, 5, 10, 15};
  dosegate_dose d = SmallDose().d;
  d.values = gy.data();
  d.value_count = gy.size();
  d.columns = shape.columns;
  d.rows = shape.rows;
  d.planes = 5;
  d.position_mm[0] = d.position_mm[1] = d.position_mm[2] = 0.0;
  d.column_spacing_mm = voxel;
  d.row_spacing_mm = shape.rows == 3 ? 5.0 : voxel;
  d.plane_offsets_mm = offsets;
  REQUIRE(api().case_set_dose(c, &d, nullptr) == DOSEGATE_OK);
  std::vector<std::vector<double>> points;
  std::vector<dosegate_contour> contours;
  for (const double z : {0.0, 5.0, 10.0}) {
    for (const Outline& outline : shape.outlines) {
      auto& all = points.emplace_back();
      for (const auto& [u, v] : outline) all.insert(all.end(), {u, v, z});
    }
  }
  for (const auto& all : points) contours.push_back({all.data(), all.size() / 3, DOSEGATE_CONTOUR_CLOSED_PLANAR, 0});
  for (const auto& [number, name] : {std::pair(1, "GTV"), std::pair(2, "CTV"), std::pair(4, "Liver")}) {
    dosegate_structure structure{};
    structure.struct_size = sizeof structure;
    structure.roi_number = number;
    structure.name = name;
    structure.interpreted_type = "ORGAN";
    structure.frame_of_reference_uid = ABI_FRAME;
    structure.contours = contours.data();
    structure.contour_count = contours.size();
    REQUIRE(api().case_set_structure(c, &structure, nullptr) == DOSEGATE_OK);
  }
  REQUIRE(api().case_set_plan(c, text(kAbiPlan), nullptr) == DOSEGATE_OK);
}

void check_heard(const Shape& shape, const char* options) {
  Clock clock;
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = 1;
  host.user = &clock;
  host.should_cancel = Clock::should_cancel;
  const CaseHandle c = make_case(&host);
  fill(c.get(), shape);
  REQUIRE(api().case_set_options(c.get(), text(options), nullptr) == DOSEGATE_OK);
  const ProtocolHandle protocol = builtin();
  for (const bool for_dvh : {true, false}) {
    INFO(shape.name << ", " << options << (for_dvh ? ", dvh" : ", check"));
    dosegate_report* report = nullptr;
    dosegate_document* document = nullptr;
    clock.start();
    const dosegate_status status = for_dvh ? api().dvh(c.get(), text(kEveryMetric), &document, nullptr)
                                           : api().check(c.get(), protocol.get(), &report, nullptr);
    clock.note();
    api().report_release(report);
    api().document_release(document);
    CHECK((status == DOSEGATE_CANCELLED || status == DOSEGATE_OK));
    CHECK(clock.longest < kMost);
  }
}

constexpr const char* kSlabs = R"({"scope": "PLAN_ONLY", "betweenSlices": "SLAB"})";
constexpr const char* kInterpolated = R"({"scope": "PLAN_ONLY", "betweenSlices": "INTERPOLATE"})";

}  // namespace

TEST_CASE("a host that cancels is heard inside one row of the dose grid") {
  check_heard(one_row(20'000, 16'384), kSlabs);
  check_heard(stairs(10'000, 16'384), kSlabs);
  check_heard(level_edges(2'000, 16'384), kSlabs);
}

TEST_CASE("a host that cancels is heard inside contours that cross themselves everywhere") {
  check_heard({"a star", {star_outline(401, 0.0)}}, kSlabs);
  // Nearly the same outline twice: they are compared.
  check_heard({"two stars", {star_outline(401, 0.0), star_outline(401, 1e-6)}}, kSlabs);
  check_heard({"a star", {star_outline(201, 0.0)}}, kInterpolated);
}

TEST_CASE("a host that cancels is heard inside contours of many points and of many pieces") {
  check_heard(many_points(200'000), kSlabs);
  check_heard(many_points(20'000), kInterpolated);
  check_heard(many_pieces(60), kSlabs);
  check_heard(many_pieces(40), kInterpolated);
}
