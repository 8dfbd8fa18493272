// Contours and doses of any kind through both computations of a DVH: the engine's intervals hold what the slow
// reference says, and the host is asked often enough. The bytes are taken for a few planes of a few rings on a coarse
// raster of places, so that edges meet, overlap and cross, and for the doses of a small grid.
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "core/dvh/dvh.h"
#include "core/dvh/structure_cells.h"
#include "core/geometry/planes.h"
#include "core/geometry/stack.h"
#include "tests/property/dvh_cases.h"
#include "tests/property/dvh_reference.h"

namespace {

using namespace dosegate;

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}
  unsigned next() { return data_ == end_ ? 0U : *data_++; }
  bool is_at_end() const { return data_ == end_; }

 private:
  const std::uint8_t *data_, *end_;
};

double now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// Of processor time, in a build that is twenty times slower than a release.
constexpr double kMostSilence = 1.0;  // s

// Every place a multiple of 1/4 mm within 32 mm: edges meet, overlap and cross.
Eigen::Vector2d place(Bytes& bytes) {
  const double x = 0.25 * (bytes.next() % 128), y = 0.25 * (bytes.next() % 128);
  return {x, y};
}

property::DvhCase read_case(Bytes& bytes) {
  property::DvhCase c;
  for (auto& axis : c.doses.centre) {
    const unsigned count = 2 + bytes.next() % 3;
    const double spacing = 2.0 + 0.5 * (bytes.next() % 32), start = 0.5 * (bytes.next() % 16);
    for (unsigned i = 0; i < count; ++i) axis.push_back(start + spacing * i);
  }
  const auto& [x, y, z] = c.doses.centre;
  for (std::size_t i = 0; i < x.size() * y.size() * z.size(); ++i) {
    c.doses.gy.push_back(static_cast<float>(bytes.next() % 64));  // few values: plateaus
  }
  const unsigned planes = 2 + bytes.next() % 2;
  double at = 0.5 * (bytes.next() % 16);
  for (unsigned p = 0; p < planes; ++p) {
    auto& plane = c.planes.emplace_back();
    plane.z = at;
    at += 2.0 + 0.25 * (bytes.next() % 8);
    const unsigned rings = 1 + bytes.next() % 3;
    for (unsigned r = 0; r < rings; ++r) {
      auto& ring = plane.rings.emplace_back();
      const unsigned points = 3 + bytes.next() % 14;
      for (unsigned i = 0; i < points; ++i) ring.push_back(place(bytes));
    }
  }
  return c;
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

template <typename Q>
bool holds(const Interval<Q>& i, const property::Measured<Q>& truth, Q rounding) {
  return i.lower <= i.value && i.value <= i.upper && i.lower <= truth.value + truth.error + rounding &&
         truth.value - truth.error - rounding <= i.upper;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const property::DvhCase c = read_case(bytes);
  Host host;
  double last = now(), longest = 0.0;
  const auto note = [&] {
    const double t = now();
    longest = t - last > longest ? t - last : longest;
    last = t;
  };
  host.should_cancel = [&] {
    note();
    return false;
  };
  const auto stack = make_stack(c.structure());
  if (!stack) {
    require(!stack.error().message.empty(), "an error that says nothing");
    return 0;
  }
  const DoseGrid grid = c.grid();
  const auto dvh = Dvh::make(*stack, grid, 1.0, host);
  note();
  require(longest < kMostSilence, "the host was not asked for a second");
  if (!dvh) {
    require(!dvh.error().message.empty(), "an error that says nothing");
    return 0;
  }
  if (!property::are_plain(c.planes)) return 0;  // they mean something else to the reference
  const property::DvhReference reference = c.reference();
  const Volume total = reference.total().value;
  if (total < Volume::mm3(1.0)) return 0;
  const Volume rounding = 1e-9 * total;
  const auto exactly = [](Volume v) { return Interval<Volume>{v, v, v}; };
  require(holds(exactly(dvh->total()), reference.total(), rounding), "another volume");
  require(holds(exactly(dvh->outside()), reference.outside(), rounding), "another volume outside the grid");
  require(holds(dvh->mean(), reference.mean(), Dose::gy(1e-7)), "the mean lies outside its interval");
  for (const double gy : {0.5 + bytes.next() % 64, 1.0 * (bytes.next() % 64)}) {
    const auto truth = reference.volume_above(Dose::gy(gy));
    require(holds(dvh->volume_above(Dose::gy(gy)), truth, rounding), "V lies outside its interval");
    require(holds(dvh->volume_above(Dose::gy(gy), Plateau::kCounts, truth.value), truth, rounding),
            "V with its truth as the limit lies outside its interval");
  }
  return 0;
}
