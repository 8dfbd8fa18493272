// The promise of core/dvh: every interval contains the true value of the model. The truth is the slow reference's.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "core/dvh/dvh.h"
#include "tests/property/dvh_cases.h"
#include "tests/property/random.h"

namespace dosegate::property {
namespace {

// DOSEGATE_RANDOM_CASES: 10,000 in all, fewer in a slow build (CMakeLists.txt).
constexpr std::uint32_t kCasesOfAKind = DOSEGATE_RANDOM_CASES / 4;
constexpr double kExact = 1e-9;      // relative: what is stated without an interval is exact but for rounding
constexpr double kReference = 1e-6;  // of the structure: the reference must be this exact, a hundredth of 0.01 %

double number(Dose d) { return d.in_gy(); }
double number(Volume v) { return v.in_cc(); }

constexpr std::uint32_t kCurveEvery = 8;  // of the cases: a curve costs as much as all their metrics

// Compares, counts, and remembers how to repeat what is wrong.
class Tally {
 public:
  explicit Tally(DoseKind kind) : kind_(kind) {}

  void start(const DvhCase& c) {
    seed_ = c.seed;
    ++cases_;
  }
  // `below` and `above` are known to enclose the truth.
  template <typename Q>
  void contains(const Interval<Q>& i, Q below, Q above, const std::string& what) {
    ++values_;
    const bool in_order = i.lower <= i.value && i.value <= i.upper;
    if (in_order && i.lower <= above && below <= i.upper) return;
    report(what, number(i.lower), number(i.value), number(i.upper), number(below), number(above));
  }
  template <typename Q>
  void contains(const Interval<Q>& i, const Measured<Q>& truth, const std::string& what) {
    contains(i, truth.value - truth.error, truth.value + truth.error, what);
  }
  void require(bool holds, const std::string& what) {
    ++values_;
    if (!holds) report(what, 0, 0, 0, 0, 0);
  }
  void note_width(double of_volume, double gy) {
    widest_volume_ = std::max(widest_volume_, of_volume);
    widest_dose_ = std::max(widest_dose_, gy);
  }
  void note_beyond_the_grid() { ++beyond_; }

  void finish() const {
    WARN(cases_ << " cases, " << values_ << " values, " << wrong_ << " outside their interval. Widest interval: V "
                << 100.0 * widest_volume_ << " % of the structure with its truth as the limit, D " << widest_dose_
                << " Gy.");
    if (wrong_ > 0) WARN(first_.str());
    CHECK(wrong_ == 0);
    if (cases_ < kCasesOfAKind) return;  // one case was asked for
    CHECK(beyond_ > cases_ / 50);
    CHECK(beyond_ < cases_ / 2);
    CHECK(values_ > 10 * cases_);
  }

 private:
  void report(const std::string& what, double lower, double value, double upper, double below, double above) {
    if (++wrong_ > 10) return;
    first_.precision(15);
    first_ << "DOSEGATE_DVH_SEED=" << seed_ << " dose kind " << static_cast<int>(kind_) << ", " << what << ": ["
           << lower << ", " << upper << "], value " << value << "; the truth lies in [" << below << ", " << above
           << "]\n";
  }

  DoseKind kind_;
  std::uint32_t seed_ = 0, cases_ = 0, values_ = 0, wrong_ = 0, beyond_ = 0;
  double widest_volume_ = 0.0, widest_dose_ = 0.0;
  std::ostringstream first_;
};

std::string at(const char* metric, double level) {
  std::ostringstream text;
  text.precision(15);
  text << metric << "(" << level << ")";
  return text.str();
}

Interval<Volume> exactly(Volume v) { return {v, v, v}; }

// Without a limit; with the truth as the limit, which asks for the narrowest interval; with any other, for any.
void compare_volume(Tally& tally, const Dvh& dvh, const DvhReference& reference, Dose level, Plateau plateau,
                    Random& random) {
  const bool counts = plateau == Plateau::kCounts;
  const Measured<Volume> truth =
      reference.volume_above(level, counts ? AtTheLevel::kCounts : AtTheLevel::kDoesNotCount);
  tally.require(truth.error <= kReference * dvh.total(), "the reference's accuracy");
  const std::string what = at(counts ? "V>=" : "V>", level.in_gy());
  const Volume other = random.between(0.0, 1.0) * dvh.total();
  tally.contains(dvh.volume_above(level, plateau, other), truth, what + at(" with limit ", other.in_cc()));
  if (random.coin()) {
    tally.contains(dvh.volume_above(level, plateau), truth, what);
  } else {
    const Interval<Volume> narrow = dvh.volume_above(level, plateau, truth.value);
    tally.contains(narrow, truth, what + " with its truth as the limit");
    tally.note_width((narrow.upper - narrow.lower) / dvh.total(), 0.0);
  }
}

// lower <= D(v) is V(lower) >= v; D(v) <= upper is V(more than upper) <= v. No inversion, whose error would be D's.
void compare_hottest(Tally& tally, const Dvh& dvh, const DvhReference& reference, Volume v, std::optional<Dose> limit) {
  const Interval<Dose> d = dvh.dose_of_hottest(v, limit);
  const Dose rounding = reference.maximum().error;
  const Measured<Volume> at_lower = reference.volume_above(d.lower - rounding);
  const Measured<Volume> at_upper = reference.volume_above(d.upper + rounding, AtTheLevel::kDoesNotCount);
  const Volume slack = reference.total().error;
  tally.require(at_lower.error + at_upper.error <= kReference * dvh.total(), "the reference's accuracy");
  tally.require(d.lower <= d.value && d.value <= d.upper, "the order of value and interval");
  tally.contains(Interval<Volume>{v, at_upper.value, at_lower.value + slack},
                 v - at_lower.error - at_upper.error - slack, v + at_lower.error + at_upper.error + slack,
                 at("D", v.in_cc()) + (limit ? at(" with limit ", limit->in_gy()) : "") + " by the V of its ends");
  if (!limit) tally.note_width(0.0, (d.upper - d.lower).in_gy());
}

void compare_curve(Tally& tally, const Dvh& dvh, const DvhReference& reference, Random& random) {
  const double bin = std::max(0.1, std::round(dvh.maximum().dose.in_gy()) / 40.0);
  const auto curve = dvh.curve(Dose::gy(bin));
  REQUIRE(curve);
  for (int n = 0; n < 3; ++n) {
    const std::size_t b = random.below(curve->size());
    const Dose level = Dose::gy(std::round(static_cast<double>(b) * bin * 1e9) / 1e9);
    const Interval<Volume>& point = (*curve)[b];
    const std::string what = at("the curve", level.in_gy());
    tally.contains(point, reference.volume_above(level), what);
    // Both are proven: neither claims what the other excludes.
    const Interval<Volume> v = dvh.volume_above(level);
    tally.require(point.lower <= v.upper && v.lower <= point.upper, what + " beside V");
  }
}

void compare(Tally& tally, const DvhCase& c) {
  tally.start(c);
  const auto stack = make_stack(c.structure());
  REQUIRE(stack);
  const DoseGrid grid = c.grid();
  REQUIRE(grid.problem().empty());
  const auto dvh = Dvh::make(*stack, grid, c.scale);
  REQUIRE(dvh);
  const DvhReference reference = c.reference();

  // Stated without an interval.
  const Volume volume_error = kExact * reference.total().value;
  const auto near = [&](Measured<Volume> m) { return Measured<Volume>{m.value, volume_error}; };
  tally.contains(exactly(dvh->total()), near(reference.total()), "volume");
  tally.contains(exactly(dvh->outside()), near(reference.outside()), "outside");
  if (reference.outside().value > volume_error) tally.note_beyond_the_grid();
  tally.contains(dvh->widened(dvh->minimum().dose), reference.minimum(), "minimum");
  tally.contains(dvh->widened(dvh->maximum().dose), reference.maximum(), "maximum");
  tally.contains(dvh->widened(reference.dose_at(dvh->maximum().at_mm)), reference.maximum(),
                 "dose where the maximum is");
  tally.contains(dvh->mean(), reference.mean(), "mean");
  Random random(c.seed ^ 0x5eedU);
  const Dose least = reference.minimum().value, most = reference.maximum().value;
  const auto some_dose = [&] { return least + random.between(0.0, 1.0) * (most - least); };
  const Dose of_a_voxel = Dose::gy(c.scale * static_cast<double>(random.one_of(c.doses.gy)));
  compare_volume(tally, *dvh, reference, some_dose(), Plateau::kCounts, random);
  compare_volume(tally, *dvh, reference, of_a_voxel, Plateau::kCounts, random);
  compare_volume(tally, *dvh, reference, of_a_voxel, Plateau::kDoesNotCount, random);
  const double share = random.one_of(std::vector<double>{0.02, 0.5, 0.95, 0.98});
  compare_hottest(tally, *dvh, reference, share * dvh->total(), std::nullopt);
  compare_hottest(tally, *dvh, reference, random.between(0.001, 0.999) * dvh->total(), some_dose());
  if (c.seed % kCurveEvery == 0) compare_curve(tally, *dvh, reference, random);
}

void compare_all(DoseKind kind) {
  Tally tally(kind);
  if (const char* seed = std::getenv("DOSEGATE_DVH_SEED")) {
    compare(tally, random_case(static_cast<std::uint32_t>(std::atol(seed)), kind));
  } else {
    for (std::uint32_t n = 0; n < kCasesOfAKind; ++n) compare(tally, random_case(n, kind));
  }
  tally.finish();
}

}  // namespace

TEST_CASE("No DVH value lies outside its interval where every voxel has its own dose") {
  compare_all(DoseKind::kRough);
}

TEST_CASE("No DVH value lies outside its interval in a smooth dose") { compare_all(DoseKind::kSmooth); }

TEST_CASE("No DVH value lies outside its interval in a dose with plateaus") { compare_all(DoseKind::kPlateau); }

TEST_CASE("No DVH value lies outside its interval in a dose with a step") { compare_all(DoseKind::kStep); }

}  // namespace dosegate::property
