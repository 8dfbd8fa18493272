#include "core/geometry/pieces.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <tuple>

#include "core/geometry/trapezoids.h"

namespace dosegate {
namespace {

// Overlap, as a fraction of the smaller piece, above which two pieces continue each other.
constexpr double kContinues = 0.1;
// Areas of nested rings add up to that of the plane within this; rings that cross miss it.
constexpr double kAddsUp = 1e-6;

Error too_complex() { return {ErrorCode::kLimitExceeded, "", "The contours are too complex to be interpolated."}; }

bool before(const Eigen::Vector2d& a, const Eigen::Vector2d& b) {
  return a.x() != b.x() ? a.x() < b.x() : a.y() < b.y();
}

// Area of `include` outside `exclude`.
Result<double> area_of(std::vector<Ring> include, std::vector<Ring> exclude, std::int64_t& budget, Workers* workers) {
  Slab slab;
  slab.include = std::make_shared<const std::vector<Ring>>(std::move(include));
  if (!exclude.empty()) slab.exclude.push_back(std::make_shared<const std::vector<Ring>>(std::move(exclude)));
  double area = 0.0;
  const auto add = [&](const Trapezoid& t) { area += t.area(); };
  if (!decompose(slab, {}, budget, add, workers)) return too_complex();
  return area;
}

// ---- edges drawn twice ----

struct Link {
  std::size_t from, to;  // numbers of points, from < to
};

// All points, in order.
std::vector<Eigen::Vector2d> points_of(const std::vector<Ring>& rings, CancelPoint& cancel_point) {
  std::vector<Eigen::Vector2d> points;
  for (const auto& ring : rings) points.insert(points.end(), ring.begin(), ring.end());
  sort_asking(points.begin(), points.end(), before, cancel_point);
  return points;
}

// The edges that are drawn an odd number of times, as pairs of numbers into `points`, which are distinct.
std::vector<Link> odd_edges(const std::vector<Ring>& rings, const std::vector<Eigen::Vector2d>& points) {
  const auto number = [&](const Eigen::Vector2d& p) {
    return static_cast<std::size_t>(std::lower_bound(points.begin(), points.end(), p, before) - points.begin());
  };
  std::vector<Link> edges;
  for (const auto& ring : rings) {
    std::size_t last = number(ring.back());
    for (const auto& p : ring) {
      const std::size_t here = number(p);
      if (here != last) edges.push_back({std::min(last, here), std::max(last, here)});
      last = here;
    }
  }
  std::sort(edges.begin(), edges.end(),
            [](const Link& a, const Link& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
  std::vector<Link> odd;
  for (const auto& e : edges) {
    if (!odd.empty() && odd.back().from == e.from && odd.back().to == e.to) {
      odd.pop_back();
    } else {
      odd.push_back(e);
    }
  }
  return odd;
}

// Walks the edges, an even number of which meet at each point, and closes a ring whenever it comes back to
// a point of its path.
std::vector<Ring> walk(const std::vector<Eigen::Vector2d>& points, const std::vector<Link>& edges) {
  std::vector<std::vector<std::size_t>> at(points.size());
  for (std::size_t e = 0; e < edges.size(); ++e) {
    at[edges[e].from].push_back(e);
    at[edges[e].to].push_back(e);
  }
  constexpr auto kOffPath = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> place(points.size(), kOffPath), path;
  std::vector<char> used(edges.size(), 0);
  std::vector<Ring> rings;
  for (std::size_t start = 0; start < points.size(); ++start) {
    for (std::size_t here = start;;) {
      if (place[here] != kOffPath) {
        const auto first = path.begin() + static_cast<std::ptrdiff_t>(place[here]);
        Ring ring;
        for (auto p = first; p != path.end(); ++p) {
          ring.push_back(points[*p]);
          place[*p] = kOffPath;
        }
        path.erase(first, path.end());
        rings.push_back(std::move(ring));
      }
      while (!at[here].empty() && used[at[here].back()] != 0) at[here].pop_back();
      if (at[here].empty()) break;
      const std::size_t e = at[here].back();
      used[e] = 1;
      place[here] = path.size();
      path.push_back(here);
      here = edges[e].from == here ? edges[e].to : edges[e].from;
    }
  }
  return rings;
}

std::vector<Ring> without_doubled_edges(const std::vector<Ring>& drawn, Workers* workers) {
  CancelPoint cancel_point(workers);
  std::vector<Eigen::Vector2d> points = points_of(drawn, cancel_point);
  const std::size_t count = points.size();
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() == count) return drawn;  // an edge drawn twice has ends that are
  const std::vector<Link> edges = odd_edges(drawn, points);
  return edges.size() == count ? drawn : walk(points, edges);
}

// ---- nesting ----

bool holds(const Ring& ring, const Eigen::Vector2d& p) {
  bool in = false;
  for (std::size_t i = 0, last = ring.size() - 1; i < ring.size(); last = i++) {
    const auto &a = ring[last], &b = ring[i];
    if ((a.y() > p.y()) == (b.y() > p.y())) continue;
    if (a.x() + (b.x() - a.x()) * ((p.y() - a.y()) / (b.y() - a.y())) < p.x()) in = !in;
  }
  return in;
}

struct Outline {
  Ring ring;
  double area;
  Eigen::AlignedBox2d box;
};

// Lobes of rings that are properly nested, largest first. Areas are right when they are.
Status nest(const std::vector<Outline>& outlines, Lobes& plane, std::int64_t& budget, Workers* workers) {
  CancelPoint cancel_point(workers);
  for (std::size_t i = 0; i < outlines.size(); ++i) {
    const Ring& ring = outlines[i].ring;
    const Eigen::Vector2d p = 0.5 * (ring[0] + ring[1]);
    Lobe piece;
    // The smallest ring around it is the last one before it that holds it.
    for (std::size_t j = i; j-- > 0 && piece.parent == 0;) {
      budget -= 1;
      if (!outlines[j].box.contains(outlines[i].box)) continue;
      budget -= static_cast<std::int64_t>(outlines[j].ring.size());
      cancel_point.step(outlines[j].ring.size() / 16);
      if (holds(outlines[j].ring, p)) piece.parent = j + 1;
    }
    if (budget < 0) return too_complex();
    Lobe& parent = plane.pieces[piece.parent];
    piece.matter = !parent.matter;
    piece.rings = {i};
    piece.area = outlines[i].area;
    piece.box = outlines[i].box;
    if (piece.parent != 0) parent.area -= piece.area;
    parent.rings.push_back(i);
    plane.within.push_back(i + 1);
    plane.pieces.push_back(std::move(piece));
  }
  return ok();
}

}  // namespace

Result<Lobes> find_pieces(const std::vector<Ring>& drawn, std::int64_t& budget, Workers* workers) {
  for (const auto& ring : drawn) budget -= static_cast<std::int64_t>(ring.size());
  std::vector<Outline> outlines;
  for (auto& ring : without_doubled_edges(drawn, workers)) {
    const Result<double> area = area_of({ring}, {}, budget, workers);
    if (!area) return area.error();
    if (!(*area > 0.0)) continue;
    Outline o{std::move(ring), *area, {}};
    for (const auto& p : o.ring) o.box.extend(p);
    outlines.push_back(std::move(o));
  }
  std::stable_sort(outlines.begin(), outlines.end(),
                   [](const Outline& a, const Outline& b) { return a.area > b.area; });

  Lobes plane;
  Lobe around;
  around.area = std::numeric_limits<double>::infinity();
  plane.pieces.push_back(around);
  if (const Status s = nest(outlines, plane, budget, workers); !s) return s.error();
  double sum = 0.0;
  for (const auto& piece : plane.pieces) sum += piece.matter ? piece.area : 0.0;
  Eigen::AlignedBox2d box;
  for (auto& o : outlines) {
    const Ring& ring = o.ring;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      plane.perimeter += (ring[i + 1 == ring.size() ? 0 : i + 1] - ring[i]).norm();
    }
    box.extend(o.box);
    plane.rings.push_back(std::move(o.ring));
  }
  plane.area = sum;
  if (plane.rings.size() < 2) return plane;
  const Result<double> area = area_of(plane.rings, {}, budget, workers);
  if (!area) return area.error();
  plane.area = *area;
  if (std::abs(sum - *area) <= kAddsUp * sum) return plane;
  // Rings cross: one piece, bounded by all of them.
  Lobe all;
  all.matter = true;
  all.area = *area;
  all.box = box;
  all.rings.resize(plane.rings.size());
  std::iota(all.rings.begin(), all.rings.end(), std::size_t{0});
  around.rings = all.rings;
  plane.within.assign(plane.rings.size(), 1);
  plane.pieces = {around, all};
  return plane;
}

std::vector<Ring> outline(const Lobes& plane, const std::vector<char>& chosen) {
  std::vector<Ring> rings;
  for (std::size_t i = 0; i < plane.rings.size(); ++i) {
    const std::size_t inner = plane.within[i];
    if (chosen[inner] != chosen[plane.pieces[inner].parent]) rings.push_back(plane.rings[i]);
  }
  return rings;
}

Result<Links> find_links(const Lobes& a, const Lobes& b, std::int64_t& budget, Workers* workers) {
  const auto rings_of = [](const Lobes& plane, std::size_t piece) {
    std::vector<Ring> rings;
    for (const std::size_t r : plane.pieces[piece].rings) rings.push_back(plane.rings[r]);
    return rings;
  };
  Links links;
  CancelPoint cancel_point(workers);
  for (std::size_t i = 0; i < a.pieces.size(); ++i) {
    for (std::size_t j = 0; j < b.pieces.size(); ++j) {
      if (--budget < 0) return too_complex();
      cancel_point.step();
      const Lobe &p = a.pieces[i], &q = b.pieces[j];
      if (p.matter != q.matter) continue;
      if (i == 0 && j == 0) {
        links.emplace_back(0, 0);
        continue;
      }
      if (i != 0 && j != 0 && !p.box.intersects(q.box)) continue;
      // What is not in the void around a plane is in the rings that bound that void.
      const double smaller = std::min(p.area, q.area);
      const Result<double> outside = i == 0 ? area_of(rings_of(b, j), rings_of(a, 0), budget, workers)
                                            : area_of(rings_of(a, i), rings_of(b, j), budget, workers);
      if (!outside) return outside.error();
      const double overlap = (i == 0 || j == 0) ? *outside : p.area - *outside;
      if (overlap > kContinues * smaller) links.emplace_back(i, j);
    }
  }
  return links;
}

}  // namespace dosegate
