#include "core/geometry/trapezoids.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace dosegate {
namespace {

// Edges nearer than this where they swap are taken as touching; 1e-9 mm over 500 mm changes 5e-7 mm^2.
constexpr double kTouching = 1e-9;  // mm
constexpr std::size_t kItemsAStep = 8;

struct Edge {
  double u0, v0, u1, v1;  // v0 < v1
  std::uint32_t group;    // of rings that are combined by even-odd
  std::uint32_t number;
  double bottom, top;  // u at the ends of the current band; before the first: top is where it begins

  double u_at(double v) const {
    if (v <= v0) return u0;
    if (v >= v1) return u1;
    return u0 + (u1 - u0) * ((v - v0) / (v1 - v0));
  }
};

// Where an edge begins.
struct Starting {
  double v0;
  std::uint32_t edge;
};

// `events`: where edges begin and end, each once a corner: what ends in one begins the next of its ring, and level
// edges between the two are at the same height.
void add_edges(const std::vector<Ring>& rings, std::uint32_t group, std::vector<Edge>& edges,
               std::vector<double>& events, CancelPoint& cancel_point) {
  for (const auto& ring : rings) {
    cancel_point.step(ring.size());
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const auto& a = ring[i];
      const auto& b = ring[i + 1 == ring.size() ? 0 : i + 1];
      if (a.y() == b.y()) continue;
      events.push_back(a.y());
      const auto number = static_cast<std::uint32_t>(edges.size());
      if (a.y() < b.y()) {
        edges.push_back({a.x(), a.y(), b.x(), b.y(), group, number, 0, a.x()});
      } else {
        edges.push_back({b.x(), b.y(), a.x(), a.y(), group, number, 0, b.x()});
      }
    }
  }
}

// Sorts what rises and falls a few times, as the heights along a contour do: what already ascends, or descends, is
// merged. False where that is too often; `items` are then partly sorted. Stable.
template <typename Item, typename Key>
bool merge_runs(std::vector<Item>& items, std::vector<Item>& other, const Key& key, CancelPoint& cancel_point) {
  constexpr std::size_t kMostRuns = 16;
  const std::size_t n = items.size();
  cancel_point.step(n / kItemsAStep);
  std::array<std::size_t, kMostRuns + 1> ends{};  // the first: where the first run begins
  std::size_t runs = 0;
  for (std::size_t i = 0; i < n;) {
    if (runs == kMostRuns) return false;
    std::size_t end = i + 1;
    if (end < n && key(items[end]) < key(items[i])) {
      while (end < n && key(items[end]) < key(items[end - 1])) ++end;
      std::reverse(items.begin() + static_cast<std::ptrdiff_t>(i), items.begin() + static_cast<std::ptrdiff_t>(end));
    } else {
      while (end < n && !(key(items[end]) < key(items[end - 1]))) ++end;
    }
    ends[++runs] = i = end;
  }
  other.resize(n);
  while (runs > 1) {
    cancel_point.step(n / kItemsAStep);
    std::size_t merged = 0;
    for (std::size_t r = 0; r < runs; r += 2) {
      const Item *a = items.data() + ends[r], *a_end = items.data() + ends[r + 1];
      const Item *b = a_end, *b_end = items.data() + ends[std::min(r + 2, runs)];
      Item* out = other.data() + ends[r];
      while (a != a_end && b != b_end) {
        const bool second = key(*b) < key(*a);
        *out++ = second ? *b : *a;
        b += second;
        a += !second;
      }
      out = std::copy(a, a_end, out);
      std::copy(b, b_end, out);
      ends[++merged] = static_cast<std::size_t>(b_end - items.data());
    }
    runs = merged;
    items.swap(other);
  }
  return true;
}

// Sorts by key. Of more than a few runs keys most often are spread evenly: into as many buckets as there are items, and
// each by itself.
template <typename Item, typename Key>
void sort_heights(std::vector<Item>& items, const Key& key, CancelPoint& cancel_point) {
  std::vector<Item> sorted;
  if (merge_runs(items, sorted, key, cancel_point)) return;
  const auto less = [&](const Item& a, const Item& b) { return key(a) < key(b); };
  const std::size_t n = items.size();
  const auto [least, most] = std::minmax_element(items.begin(), items.end(), less);
  const double low = n > 0 ? key(*least) : 0.0, scale = n > 0 ? static_cast<double>(n - 1) / (key(*most) - low) : 0.0;
  if (n < 16 || !std::isfinite(scale)) {
    sort_asking(items.begin(), items.end(), less, cancel_point);
    return;
  }
  cancel_point.step(n);
  const auto bucket = [&](const Item& item) { return static_cast<std::size_t>((key(item) - low) * scale); };
  // Of rounding the largest may be one too far.
  std::vector<std::uint32_t> ends(n + 3, 0);
  for (const Item& item : items) ++ends[bucket(item) + 2];
  for (std::size_t b = 2; b < ends.size(); ++b) ends[b] += ends[b - 1];
  sorted.resize(n);
  for (const Item& item : items) sorted[ends[bucket(item) + 1]++] = item;
  items.swap(sorted);
  std::size_t first = 0;
  for (std::size_t b = 1; b < ends.size() && first < n; ++b) {
    const std::size_t end = ends[b];
    if (end - first > 16) {
      sort_asking(items.begin() + static_cast<std::ptrdiff_t>(first), items.begin() + static_cast<std::ptrdiff_t>(end),
                  less, cancel_point);
    } else {
      for (std::size_t i = first + 1; i < end; ++i) {
        if (!less(items[i], items[i - 1])) continue;
        const Item moving = items[i];
        std::size_t j = i;
        for (; j > first && less(moving, items[j - 1]); --j) items[j] = items[j - 1];
        items[j] = moving;
      }
    }
    first = end;
  }
}

class Sweep {
 public:
  // Groups [0, any) are united; the region is inside all of [any, within) and none of the others.
  Sweep(std::uint32_t any, std::uint32_t within, std::uint32_t groups, std::int64_t& budget,
        const std::function<void(const Trapezoid&)>& emit, CancelPoint& cancel_point)
      : any_(any), within_(within), inside_(groups), budget_(budget), emit_(emit), cancel_point_(cancel_point) {}

  // Edges that end at `v` or below leave; those of `edges` from `next` on that begin there enter.
  void move_to(double v, const std::vector<Edge>& edges, const std::vector<Starting>& order, std::size_t& next) {
    const auto begins = [&] { return next < order.size() && order[next].v0 <= v; };
    if (first_end_ <= v) {
      std::size_t kept = 0;
      for (std::size_t n = 0; n < active_.size(); ++n) {
        if (active_[n].v1 > v) {
          if (kept++ < n) active_[kept - 1] = active_[n];
          continue;
        }
        // A contour that goes on upwards: its next edge takes the place.
        if (!begins()) continue;
        const Edge& goes_on = edges[order[next].edge];
        if (goes_on.u0 != active_[n].u1 || goes_on.v0 != active_[n].v1) continue;
        active_[kept++] = goes_on;
        ++next;
      }
      active_.resize(kept);
      first_end_ = std::numeric_limits<double>::infinity();
      for (const Edge& e : active_) first_end_ = std::min(first_end_, e.v1);
    }
    for (; begins(); ++next) {
      active_.push_back(edges[order[next].edge]);
      first_end_ = std::min(first_end_, active_.back().v1);
    }
  }

  // Emits the band [v0, v1], in which no edge begins or ends: the next of bands without gaps. False when the budget is
  // spent.
  bool band(double v0, double v1) {
    while (v0 < v1) {
      budget_ -= static_cast<std::int64_t>(active_.size()) + 1;
      if (budget_ < 0) return false;
      cancel_point_.step(active_.size() / kEdgesAStep + 1);
      bool in_order = true, apart = true;
      double bottom = -std::numeric_limits<double>::infinity(), top = bottom;  // of the edge before
      for (auto& e : active_) {
        e.bottom = e.top;  // where the band before ended, or the edge begins
        e.top = e.u_at(v1);
        in_order = in_order && e.bottom - bottom > kTouching;
        apart = apart && !(top - e.top > kTouching);
        bottom = e.bottom, top = e.top;
      }
      if (!in_order) sort_active();
      const double cut = in_order && apart ? v1 : first_crossing(v0, v1);
      if (cut < v1) {
        for (auto& e : active_) e.top = e.u_at(cut);
      }
      if (inside_.size() == 1) {
        emit_band_of_one(v0, cut);
      } else {
        emit_band(v0, cut);
      }
      v0 = cut;
    }
    return true;
  }

 private:
  // Left to right just above the band's bottom; of edges that meet there, by where they go. Insertion sort: the order
  // hardly changes between bands.
  void sort_active() {
    const auto less = [](const Edge& a, const Edge& b) {
      return std::abs(a.bottom - b.bottom) > kTouching ? a.bottom < b.bottom : a.top < b.top;
    };
    for (std::size_t i = 1; i < active_.size(); ++i) {
      if (!less(active_[i], active_[i - 1])) continue;
      const Edge moving = active_[i];
      std::size_t j = i;
      for (; j > 0 && less(moving, active_[j - 1]); --j) active_[j] = active_[j - 1];
      active_[j] = moving;
      budget_ -= static_cast<std::int64_t>(i - j);
      cancel_point_.step((i - j) / kEdgesAStep);
    }
  }

  // Where two neighbours first cross inside the band; v1 when none does. The first crossing of all is
  // always one of neighbours.
  double first_crossing(double v0, double v1) const {
    double first = v1;
    for (std::size_t i = 1; i < active_.size(); ++i) {
      const Edge& a = active_[i - 1];
      const Edge& b = active_[i];
      const double behind = a.top - b.top;
      if (behind <= kTouching) continue;
      const double ahead = std::max(0.0, b.bottom - a.bottom);
      const double v = v0 + (v1 - v0) * (ahead / (ahead + behind));
      if (v > v0 && v < first) first = v;
    }
    return first;
  }

  void emit(const Edge& left, const Edge& right, double v0, double v1) {
    const double right0 = std::max(right.bottom, left.bottom), right1 = std::max(right.top, left.top);
    if (right0 > left.bottom || right1 > left.top) {
      emit_({v0, v1, left.bottom, left.top, right0, right1, left.number, right.number});
    }
  }

  // Of one group the edges are left and right sides by turns.
  void emit_band_of_one(double v0, double v1) {
    for (std::size_t n = 1; n < active_.size(); n += 2) emit(active_[n - 1], active_[n], v0, v1);
  }

  void emit_band(double v0, double v1) {
    std::fill(inside_.begin(), inside_.end(), false);
    // How many groups of each kind the sweep is inside of.
    std::uint32_t in_any = 0, in_within = 0, in_excluded = 0;
    const auto is_region = [&] { return in_any > 0 && in_within == within_ - any_ && in_excluded == 0; };
    const Edge* left = nullptr;
    bool is = false;
    for (const auto& e : active_) {
      const bool was = is;
      inside_[e.group] = !inside_[e.group];
      std::uint32_t& count = e.group < any_ ? in_any : e.group < within_ ? in_within : in_excluded;
      count = inside_[e.group] ? count + 1 : count - 1;
      is = is_region();
      if (!was && is) left = &e;
      if (was && !is) emit(*left, e, v0, v1);
    }
  }

  const std::uint32_t any_, within_;
  std::vector<Edge> active_;
  double first_end_ = std::numeric_limits<double>::infinity();  // of the active edges
  std::vector<char> inside_;
  std::int64_t& budget_;
  const std::function<void(const Trapezoid&)>& emit_;
  static constexpr std::size_t kEdgesAStep = 4;
  CancelPoint& cancel_point_;
};

}  // namespace

Status decompose(const Slab& slab, const std::vector<double>& breaks, std::int64_t& budget,
                 const std::function<void(const Trapezoid&)>& emit, Workers* workers) {
  CancelPoint cancel_point(workers);
  std::vector<Edge> edges;
  std::vector<double> events;
  std::size_t corners = 0;
  for (const Ring& ring : *slab.include) corners += ring.size();
  edges.reserve(corners);
  events.reserve(corners + breaks.size());
  std::uint32_t groups = 0;
  const auto add = [&](const Section& section) { add_edges(*section, groups++, edges, events, cancel_point); };
  add(slab.include);
  for (const auto& section : slab.also) add(section);
  const std::uint32_t any = groups;
  for (const auto& section : slab.within) add(section);
  const std::uint32_t within = groups;
  if (edges.empty()) return ok();
  for (const auto& section : slab.exclude) add(section);
  std::vector<Starting> order;
  order.reserve(edges.size());
  for (const Edge& e : edges) order.push_back({e.v0, e.number});
  sort_heights(
      order, [](const Starting& e) { return e.v0; }, cancel_point);
  sort_heights(
      events, [](double v) { return v; }, cancel_point);
  auto next_break = std::upper_bound(breaks.begin(), breaks.end(), events.front());
  const auto end_of_breaks = std::lower_bound(next_break, breaks.end(), events.back());

  Sweep sweep(any, within, groups, budget, emit, cancel_point);
  std::size_t next = 0;
  double from = events.front();
  sweep.move_to(from, edges, order, next);
  for (std::size_t n = 1; n < events.size();) {
    const bool is_break = next_break != end_of_breaks && *next_break < events[n];
    const double to = is_break ? *next_break++ : events[n++];
    if (to <= from) continue;
    if (!sweep.band(from, to)) {
      return Error{ErrorCode::kLimitExceeded, "", "The contours are too complex to be evaluated."};
    }
    from = to;
    if (!is_break) sweep.move_to(from, edges, order, next);
  }
  return ok();
}

Result<Volume> volume_of(const SlabStack& stack, std::int64_t& budget, Workers* workers) {
  double mm3 = 0.0;
  for (const auto& slab : stack.slabs) {
    double area = 0.0;
    const auto add = [&](const Trapezoid& t) { area += t.area(); };
    if (const Status s = decompose(slab, {}, budget, add, workers); !s) return s.error();
    mm3 += area * (slab.hi - slab.lo);
  }
  return Volume::mm3(mm3);
}

}  // namespace dosegate
