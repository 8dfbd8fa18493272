#include "tests/property/report_asked.h"

#include "tests/property/random.h"

namespace dosegate::property {
namespace {

class Asker {
 public:
  Asker(Random& random, const std::string& structure, const DvhReference& reference, const VoxelDoses& doses,
        double scale, Dose prescribed)
      : random_(random),
        structure_(structure),
        reference_(reference),
        doses_(doses),
        scale_(scale),
        prescribed_(prescribed) {}

  Asked about(MetricKind kind) const {
    Asked a = metric(kind);
    if (random_.below(8) > 0) set_limit(a);
    return a;
  }

 private:
  Asked metric(MetricKind kind) const {
    Asked a;
    Metric& m = a.rule.metric;
    a.rule.structure = structure_;
    m.kind = kind;
    m.text = "metric";
    const Dose least = reference_.minimum().value, most = reference_.maximum().value;
    const Volume total = reference_.total().value;
    if (kind == MetricKind::kV || kind == MetricKind::kCV) {
      a.level = random_.below(4) == 0 ? Dose::gy(scale_ * static_cast<double>(random_.one_of(doses_.gy)))
                                      : least + random_.between(-0.1, 1.1) * (most - least);
      if (a.level.in_gy() <= 0.0) a.level = Dose::gy(1.0);
      m.dose_level = a.level;
      a.rule.strictly_above = kind == MetricKind::kV && random_.below(3) == 0;
      a.is_dose = false;
      const bool cc = random_.coin();
      m.unit = cc ? MetricUnit::kCc : MetricUnit::kPercentOfVolume;
      a.unit = cc ? 1.0 : 0.01 * total.in_cc();
      return a;
    }
    if (kind == MetricKind::kD || kind == MetricKind::kDC) {
      a.volume = random_.between(0.01, 0.99) * total;
      m.volume_level = kind == MetricKind::kD ? a.volume : total - a.volume;
    }
    switch (random_.below(3)) {
      case 0:
        m.unit = MetricUnit::kGy;
        break;
      case 1:
        m.unit = MetricUnit::kCgy;
        a.unit = 0.01;
        break;
      default:
        m.unit = MetricUnit::kPercentOfPrescription;
        a.unit = 0.01 * prescribed_.in_gy();
    }
    return a;
  }

  void set_limit(Asked& a) const {
    Limit limit;
    limit.comparator = static_cast<Comparator>(random_.below(4));
    if (a.is_dose) {
      limit.value = random_.between(0.0, 1.1) * reference_.maximum().value.in_gy() / a.unit;
    } else {
      const double whole = reference_.total().value.in_cc() / a.unit;
      const std::size_t end = random_.below(8);  // now and then nothing, or everything
      limit.value = end == 0   ? 0.0
                    : end == 1 ? (a.rule.metric.unit == MetricUnit::kCc ? whole : 100.0)
                               : random_.between(0.0, 1.0) * whole;
    }
    a.rule.limit = limit;
  }

  Random& random_;
  const std::string& structure_;
  const DvhReference& reference_;
  const VoxelDoses& doses_;
  double scale_;
  Dose prescribed_;
};

}  // namespace

std::vector<Asked> ask(Random& random, const std::string& structure, const DvhReference& reference,
                       const VoxelDoses& doses, double scale, Dose prescribed) {
  const Asker asker(random, structure, reference, doses, scale, prescribed);
  std::vector<Asked> all;
  for (const MetricKind kind : {MetricKind::kV, MetricKind::kCV, MetricKind::kD, MetricKind::kDC, MetricKind::kMin,
                                MetricKind::kMax, MetricKind::kMean}) {
    all.push_back(asker.about(kind));
  }
  return all;
}

}  // namespace dosegate::property
