// Limits a hair beside the truth, decided by the whole chain from case and protocol to finding.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <sstream>

#include "core/checker.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "tests/property/dvh_cases.h"
#include "tests/property/random.h"

namespace dosegate::property {
namespace {

constexpr std::uint32_t kSweeps = DOSEGATE_RANDOM_CASES / 10;
constexpr double kBeside = 2e-4;          // 0.02 %
constexpr double kReferenceShare = 0.01;  // how exactly the truth must be known: part of the distance to the limit

// A metric of a case with its true value in the metric's unit.
struct Known {
  Metric metric;
  double truth = 0.0, error = 0.0;
  double beside = 0.0;  // how far from the truth the limits are placed
  std::string kind;     // for the count
};

Metric metric(MetricKind kind, MetricUnit unit, std::string text) {
  Metric m;
  m.kind = kind;
  m.unit = unit;
  m.text = std::move(text);
  return m;
}

Known dose_metric(Metric m, const Measured<Dose>& d) {
  return {std::move(m), d.value.in_gy(), d.error.in_gy(), kBeside * d.value.in_gy(), "of the dose: Min, Max, Mean"};
}

// What is known of the case: V and CV at a random dose, D and DC at a random volume, minimum, maximum and mean.
std::vector<Known> known_metrics(const DvhCase& c, Random& random) {
  const DvhReference reference = c.reference();
  const Dose least = reference.minimum().value, most = reference.maximum().value;
  const Volume total = reference.total().value;
  std::vector<Known> known;
  known.push_back(dose_metric(metric(MetricKind::kMin, MetricUnit::kGy, "Min[Gy]"), reference.minimum()));
  known.push_back(dose_metric(metric(MetricKind::kMax, MetricUnit::kGy, "Max[Gy]"), reference.maximum()));
  known.push_back(dose_metric(metric(MetricKind::kMean, MetricUnit::kGy, "Mean[Gy]"), reference.mean()));

  const Dose level = least + random.between(0.0, 1.0) * (most - least);
  const Measured<Volume> above = reference.volume_above(level);
  const double percent = 100.0 * (above.value / total), percent_error = 100.0 * (above.error / total);
  Metric v = metric(MetricKind::kV, MetricUnit::kPercentOfVolume, "V[%]");
  v.dose_level = level;
  known.push_back({v, percent, percent_error, 100.0 * kBeside, "of the structure: V"});
  known.push_back({v, percent, percent_error, percent * kBeside, "of the volume itself: V"});
  Metric cv = metric(MetricKind::kCV, MetricUnit::kCc, "CV[cc]");
  cv.dose_level = level;
  const double cold = (total - above.value).in_cc();
  known.push_back({cv, cold, above.error.in_cc(), kBeside * total.in_cc(), "of the structure: CV"});

  const Volume hot = random.between(0.01, 0.99) * total;
  const Measured<Dose> reached = reference.dose_of_hottest(hot);
  Metric d = metric(MetricKind::kD, MetricUnit::kGy, "D[Gy]");
  d.volume_level = hot;
  Metric dc = metric(MetricKind::kDC, MetricUnit::kGy, "DC[Gy]");
  dc.volume_level = total - hot;
  for (Metric* m : {&d, &dc}) {
    known.push_back(dose_metric(*m, reached));
    known.back().kind = "of the dose: D, DC";
  }
  return known;
}

struct Placed {
  Known known;
  Comparator comparator;
  double limit;

  bool is_met() const {
    switch (comparator) {
      case Comparator::kLess:
      case Comparator::kLessOrEqual:
        return known.truth < limit;
      default:
        return known.truth > limit;
    }
  }
};

Protocol protocol_of(const std::vector<Placed>& limits, Dose prescribed) {
  Protocol protocol;
  protocol.id = "sweep";
  protocol.prescription = {prescribed, 1, prescribed, "Random"};
  Role role;
  role.id = "Random";
  protocol.roles = {role};
  for (const auto& placed : limits) {
    DoseMetricRule kind;
    kind.structure = "Random";
    kind.metric = placed.known.metric;
    kind.limit = Limit{placed.comparator, placed.limit, 0.0};
    Rule rule;
    rule.id = std::to_string(protocol.rules.size());
    rule.kind = std::make_shared<const DoseMetricRule>(kind);
    protocol.rules.push_back(rule);
  }
  return protocol;
}

struct Count {
  int all = 0, undecided = 0, wrong = 0;
  std::array<int, 4> all_in{}, undecided_in{};  // by DoseKind
};

}  // namespace

TEST_CASE("A limit 0.02 % beside the truth never gets the wrong verdict") {
  std::map<std::string, Count> counts;
  std::ostringstream wrong;
  std::uint32_t cases = 0, unknown = 0;
  for (std::uint32_t seed = 0; cases < kSweeps; ++seed) {
    DvhCase c = random_case(seed, static_cast<DoseKind>(seed % 4));
    c.scale = 1.0;
    if (c.reference().outside().value > Volume::mm3(0.0)) continue;  // refused, and so never decided
    ++cases;
    Random random(seed);
    std::vector<Placed> limits;
    for (const auto& known : known_metrics(c, random)) {
      if (known.truth <= 0.0) continue;  // no limit lies 0.02 % beside nothing
      if (known.error > kReferenceShare * known.beside) {
        ++unknown;
        continue;
      }
      for (const double side : {-1.0, 1.0}) {
        const bool strict = random.coin();
        const double limit = known.truth + side * known.beside;
        limits.push_back({known, strict ? Comparator::kLess : Comparator::kLessOrEqual, limit});
        limits.push_back({known, strict ? Comparator::kGreater : Comparator::kGreaterOrEqual, limit});
      }
    }
    Case plan;
    plan.course.structures()[1] = c.structure();
    plan.course.set_dose(c.grid());
    const auto report = check(plan, protocol_of(limits, plan.course.doses.at("").grid.maximum()));
    REQUIRE(report);
    REQUIRE(report->findings.size() == limits.size());
    for (std::size_t i = 0; i < limits.size(); ++i) {
      const Finding& f = report->findings[i];
      Count& count = counts[limits[i].known.kind];
      ++count.all;
      ++count.all_in[seed % 4];
      if (f.status == FindingStatus::kIndeterminate) {
        ++count.undecided;
        ++count.undecided_in[seed % 4];
      } else if (f.status != (limits[i].is_met() ? FindingStatus::kPass : FindingStatus::kDeviation) &&
                 ++count.wrong <= 3) {
        wrong.precision(15);
        wrong << "seed " << seed << ": truth " << limits[i].known.truth << ", " << english(f.message) << "\n";
      }
    }
  }
  std::ostringstream table;
  table.precision(3);
  table << cases << " cases, limits at the truth +- 0.02 %";
  for (const auto& [kind, count] : counts) {
    table << "\n  " << kind << ": " << count.all << " verdicts, " << count.wrong << " wrong, "
          << 100.0 * count.undecided / count.all << " % INDETERMINATE (dose rough, smooth, plateau, step:";
    for (std::size_t n = 0; n < 4; ++n) table << " " << 100.0 * count.undecided_in[n] / std::max(1, count.all_in[n]);
    table << ")";
    CHECK(count.wrong == 0);
    CHECK(count.undecided < count.all);  // something was decided
  }
  WARN(table.str());
  CHECK(unknown <= cases / 100);  // volumes of next to nothing
  if (!wrong.str().empty()) WARN(wrong.str());
}

}  // namespace dosegate::property
