// Where a change of dose helps first.
#include <algorithm>
#include <cmath>

#include "tests/property/report_look.h"

namespace dosegate::property {

void Look::look_at_place(const JsonValue& f, const Asked& a, const Known& known, const std::string& what) {
  const JsonValue* place = member(f, "location");
  const DvhReference& r = known.reference;
  const std::string status = text(f, "status"), name = known.roi.name;
  const MetricKind kind = a.rule.metric.kind;
  const bool down = a.bounds_from_above();
  const bool hottest = kind == MetricKind::kMax || (down && kind != MetricKind::kMin);
  if (place == nullptr && status == "DEVIATION" && !number(f, "marginDoseGy")) {
    require(text(f, "hint").find("No dose of " + name + " meets this limit") == 0, what + ": " + text(f, "hint"));
    return;
  }
  if (place == nullptr) {
    const Volume outside = r.outside().value;
    const bool is_all = outside >= (1.0 - kStated) * r.total().value;
    require(is_all || (!hottest && outside > Volume()), what + " has no place");
    return;
  }
  require(text(*place, "kind") == (hottest ? "HOTTEST_POINT" : "COLDEST_POINT"), what + ": " + text(*place, "kind"));
  const Eigen::Vector3d p(*number(*place, "xMm"), *number(*place, "yMm"), *number(*place, "zMm"));
  require(is_inside(known.roi.slabs, p), what + ": its place is outside the structure");
  const double most = r.maximum().value.in_gy(), said = *number(*place, "doseGy"), there = r.dose_at(p).in_gy();
  const double extreme = (hottest ? r.maximum() : r.minimum()).value.in_gy();
  require(std::abs(said - there) <= kStated * most, what + ": dose at its place " + shown(said) + ", " + shown(there));
  require(std::abs(said - extreme) <= kStated * most, what + ": " + shown(said) + " is not " + shown(extreme));
  if (status != "DEVIATION") return;
  // A change there helps: the dose is on the wrong side.
  const double limit = a.is_dose ? a.limit() : a.level.in_gy();
  require(down ? said >= limit - kStated * most : said <= limit + kStated * most,
          what + ": the dose at its place is on the right side");
  const std::string hint = text(f, "hint");
  require(
      (hint.find("Lower the dose to " + name) == 0) == down && (hint.find("Raise the dose in " + name) == 0) != down,
      what + ": " + hint);
}

// In the slab of a plane, inside its rings by even-odd or on one of them.
bool Look::is_inside(const std::vector<DrawnSlab>& slabs, const Eigen::Vector3d& p) {
  constexpr double kOn = 1e-6;  // mm
  for (const DrawnSlab& slab : slabs) {
    if (p.z() < slab.lo - kOn || p.z() > slab.hi + kOn) continue;
    bool inside = false;
    for (const auto& ring : slab.plane.rings) {
      for (std::size_t n = 0; n < ring.size(); ++n) {
        const Eigen::Vector2d a = ring[n], b = ring[(n + 1) % ring.size()], q = p.head<2>(), ab = b - a;
        const double along = std::clamp((q - a).dot(ab) / std::max(ab.squaredNorm(), 1e-300), 0.0, 1.0);
        if ((a + along * ab - q).norm() <= kOn) return true;
        if ((a.y() > q.y()) != (b.y() > q.y()) && q.x() < a.x() + (q.y() - a.y()) / (b.y() - a.y()) * ab.x()) {
          inside = !inside;
        }
      }
    }
    if (inside) return true;
  }
  return false;
}

}  // namespace dosegate::property
