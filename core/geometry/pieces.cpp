#include "core/geometry/pieces.h"

#include <algorithm>
#include <cmath>
#include <functional>
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

// Points are copied so many at a time, which is one of a CancelPoint's steps.
constexpr std::size_t kCopiedAtOnce = 32;

void append(const Ring& ring, Ring& points, CancelPoint& cancel_point) {
  constexpr std::size_t kChunk = 1024 * kCopiedAtOnce;
  for (std::size_t i = 0; i < ring.size(); i += kChunk) {
    const std::size_t end = std::min(i + kChunk, ring.size());
    points.insert(points.end(), ring.begin() + static_cast<std::ptrdiff_t>(i),
                  ring.begin() + static_cast<std::ptrdiff_t>(end));
    cancel_point.step(1 + (end - i) / kCopiedAtOnce);
  }
}

void append(const Ring& ring, std::vector<Ring>& rings, CancelPoint& cancel_point) {
  rings.emplace_back().reserve(ring.size());
  append(ring, rings.back(), cancel_point);
}

// Area of `include` outside `exclude`, which may be none.
Result<double> area_of(const Section& include, const Section& exclude, std::int64_t& budget, Workers* workers) {
  Slab slab;
  slab.include = include;
  if (exclude) slab.exclude.push_back(exclude);
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
  std::size_t count = 0;
  for (const auto& ring : rings) count += ring.size();
  points.reserve(count);
  for (const auto& ring : rings) append(ring, points, cancel_point);
  sort_asking(points.begin(), points.end(), before, cancel_point);
  return points;
}

// The edges that are drawn an odd number of times, as pairs of numbers into `points`, which are distinct.
std::vector<Link> odd_edges(const std::vector<Ring>& rings, const std::vector<Eigen::Vector2d>& points,
                            CancelPoint& cancel_point) {
  const auto number = [&](const Eigen::Vector2d& p) {
    cancel_point.step();
    return static_cast<std::size_t>(std::lower_bound(points.begin(), points.end(), p, before) - points.begin());
  };
  std::vector<Link> edges;
  edges.reserve(points.size());
  for (const auto& ring : rings) {
    std::size_t last = number(ring.back());
    for (const auto& p : ring) {
      const std::size_t here = number(p);
      if (here != last) edges.push_back({std::min(last, here), std::max(last, here)});
      last = here;
    }
  }
  const auto lower = [](const Link& a, const Link& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); };
  sort_asking(edges.begin(), edges.end(), lower, cancel_point);
  std::vector<Link> odd;
  for (const auto& e : edges) {
    cancel_point.step();
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
std::vector<Ring> walk(const std::vector<Eigen::Vector2d>& points, const std::vector<Link>& edges,
                       CancelPoint& cancel_point) {
  // The edges at point p, ascending: at[first[p]] to at[end[p]]. Those that were walked are taken away at the end.
  std::vector<std::size_t> first(points.size() + 1, 0), at(2 * edges.size());
  for (const Link& e : edges) {
    cancel_point.step();
    ++first[e.from + 1];
    ++first[e.to + 1];
  }
  for (std::size_t p = 0; p < points.size(); ++p) first[p + 1] += first[p];
  std::vector<std::size_t> end(first.begin(), first.end() - 1);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    cancel_point.step();
    at[end[edges[e].from]++] = e;
    at[end[edges[e].to]++] = e;
  }
  constexpr auto kOffPath = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> place(points.size(), kOffPath), path;
  std::vector<char> used(edges.size(), 0);
  std::vector<Ring> rings;
  for (std::size_t start = 0; start < points.size(); ++start) {
    for (std::size_t here = start;;) {
      cancel_point.step();
      if (place[here] != kOffPath) {
        const auto begin = path.begin() + static_cast<std::ptrdiff_t>(place[here]);
        Ring ring;
        for (auto p = begin; p != path.end(); ++p) {
          cancel_point.step();
          ring.push_back(points[*p]);
          place[*p] = kOffPath;
        }
        path.erase(begin, path.end());
        rings.push_back(std::move(ring));
      }
      while (end[here] > first[here] && used[at[end[here] - 1]] != 0) --end[here];
      if (end[here] == first[here]) break;
      const std::size_t e = at[end[here] - 1];
      used[e] = 1;
      place[here] = path.size();
      path.push_back(here);
      here = edges[e].from == here ? edges[e].to : edges[e].from;
    }
  }
  return rings;
}

std::vector<Ring> copy_of(const std::vector<Ring>& rings, CancelPoint& cancel_point) {
  std::vector<Ring> copy;
  copy.reserve(rings.size());
  for (const Ring& ring : rings) append(ring, copy, cancel_point);
  return copy;
}

std::vector<Ring> without_doubled_edges(const std::vector<Ring>& drawn, CancelPoint& cancel_point) {
  std::vector<Eigen::Vector2d> points = points_of(drawn, cancel_point);
  const std::size_t count = points.size();
  const auto same = [&](const Eigen::Vector2d& a, const Eigen::Vector2d& b) {
    cancel_point.step();
    return a == b;
  };
  points.erase(std::unique(points.begin(), points.end(), same), points.end());
  if (points.size() == count) return copy_of(drawn, cancel_point);  // an edge drawn twice has ends that are
  const std::vector<Link> edges = odd_edges(drawn, points, cancel_point);
  return edges.size() == count ? copy_of(drawn, cancel_point) : walk(points, edges, cancel_point);
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

// Those that enclose something, largest first.
Result<std::vector<Outline>> outlines_of(std::vector<Ring> rings, std::int64_t& budget, CancelPoint& cancel_point,
                                         Workers* workers) {
  std::vector<Outline> found;
  for (auto& ring : rings) {
    cancel_point.step(1 + ring.size() / 16);
    const auto alone = std::make_shared<std::vector<Ring>>(1);
    alone->front() = std::move(ring);
    const Result<double> area = area_of(alone, nullptr, budget, workers);
    if (!area) return area.error();
    if (!(*area > 0.0)) continue;
    Outline o{std::move(alone->front()), *area, {}};
    for (const auto& p : o.ring) o.box.extend(p);
    found.push_back(std::move(o));
  }
  std::vector<std::pair<double, std::size_t>> order;
  for (const Outline& o : found) order.emplace_back(-o.area, order.size());
  sort_asking(order.begin(), order.end(), std::less<>(), cancel_point);
  std::vector<Outline> outlines;
  for (const auto& [area, n] : order) outlines.push_back(std::move(found[n]));
  return outlines;
}

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
  CancelPoint cancel_point(workers);
  Result<std::vector<Outline>> found =
      outlines_of(without_doubled_edges(drawn, cancel_point), budget, cancel_point, workers);
  if (!found) return found.error();
  std::vector<Outline>& outlines = *found;
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
      cancel_point.step();
      plane.perimeter += (ring[i + 1 == ring.size() ? 0 : i + 1] - ring[i]).norm();
    }
    box.extend(o.box);
    plane.rings.push_back(std::move(o.ring));
  }
  plane.area = sum;
  if (plane.rings.size() < 2) return plane;
  const auto all_rings = std::make_shared<std::vector<Ring>>(std::move(plane.rings));
  const Result<double> area = area_of(all_rings, nullptr, budget, workers);
  if (!area) return area.error();
  plane.rings = std::move(*all_rings);
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

std::vector<Ring> outline(const Lobes& plane, const std::vector<char>& chosen, Workers* workers) {
  std::vector<Ring> rings;
  CancelPoint cancel_point(workers);
  for (std::size_t i = 0; i < plane.rings.size(); ++i) {
    const std::size_t inner = plane.within[i];
    if (chosen[inner] != chosen[plane.pieces[inner].parent]) append(plane.rings[i], rings, cancel_point);
  }
  return rings;
}

Result<Links> find_links(const Lobes& a, const Lobes& b, std::int64_t& budget, Workers* workers) {
  Links links;
  CancelPoint cancel_point(workers);
  const auto rings_of = [&](const Lobes& plane, std::size_t piece) {
    std::vector<Ring> rings;
    for (const std::size_t r : plane.pieces[piece].rings) append(plane.rings[r], rings, cancel_point);
    return rings.empty() ? Section() : std::make_shared<const std::vector<Ring>>(std::move(rings));
  };
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
