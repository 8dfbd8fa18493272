#include "core/margin/rows.h"

#include <algorithm>

namespace dosegate {

double length(RowView row) {
  double sum = 0.0;
  for (const Stretch& i : row) sum += i.hi - i.lo;
  return sum;
}

void unite(Row& row, Stretch with) {
  auto first = row.begin();
  while (first != row.end() && first->hi < with.lo) ++first;
  auto last = first;
  for (; last != row.end() && last->lo <= with.hi; ++last) {
    with.lo = std::min(with.lo, last->lo);
    with.hi = std::max(with.hi, last->hi);
  }
  if (first == last) {
    row.insert(first, with);
  } else {
    *first = with;
    row.erase(first + 1, last);
  }
}

void subtract(RowView a, RowView b, Row& out) {
  out.clear();
  auto next = b.begin();
  for (const Stretch& i : a) {
    while (next != b.end() && next->hi <= i.lo) ++next;
    double from = i.lo;
    for (auto cut = next; cut != b.end() && cut->lo < i.hi; ++cut) {
      if (cut->lo > from) out.push_back({from, cut->lo});
      from = std::max(from, cut->hi);
    }
    if (from < i.hi) out.push_back({from, i.hi});
  }
}

void intersect(RowView a, RowView b, Row& out) {
  out.clear();
  auto i = a.begin(), j = b.begin();
  while (i != a.end() && j != b.end()) {
    const double lo = std::max(i->lo, j->lo), hi = std::min(i->hi, j->hi);
    if (lo < hi) out.push_back({lo, hi});
    ++(i->hi < j->hi ? i : j);
  }
}

void Rows::add(RowView row) {
  all_.insert(all_.end(), row.begin(), row.end());
  first_.push_back(static_cast<std::uint32_t>(all_.size()));
}

std::vector<Row> rows_of(const std::vector<Ring>& rings, const std::vector<double>& v) {
  constexpr std::size_t kMostCrossings = 20'000'000;
  std::size_t count = 0;
  std::vector<std::vector<double>> crossings(v.size());
  for (const Ring& ring : rings) {
    for (std::size_t n = 0; n < ring.size(); ++n) {
      const Eigen::Vector2d* a = &ring[n];
      const Eigen::Vector2d* b = &ring[n + 1 == ring.size() ? 0 : n + 1];
      if (a->y() > b->y()) std::swap(a, b);
      auto k = static_cast<std::size_t>(std::lower_bound(v.begin(), v.end(), a->y()) - v.begin());
      for (; k < v.size() && v[k] < b->y(); ++k) {
        if (++count > kMostCrossings) throw TooManyCrossings{};
        crossings[k].push_back(a->x() + (b->x() - a->x()) * ((v[k] - a->y()) / (b->y() - a->y())));
      }
    }
  }
  std::vector<Row> out(v.size());
  for (std::size_t k = 0; k < v.size(); ++k) {
    auto& at = crossings[k];
    std::sort(at.begin(), at.end());
    for (std::size_t n = 0; n + 1 < at.size(); n += 2) {
      if (at[n] < at[n + 1]) unite(out[k], {at[n], at[n + 1]});
    }
  }
  return out;
}

std::vector<Row> rows_at(const SlabStack& stack, double z, const std::vector<double>& v) {
  const auto slab =
      std::find_if(stack.slabs.begin(), stack.slabs.end(), [&](const Slab& s) { return s.lo <= z && z < s.hi; });
  if (slab == stack.slabs.end()) return std::vector<Row>(v.size());
  std::vector<Row> out = rows_of(*slab->include, v);
  const auto each = [&](const std::vector<Section>& sections, const auto& apply) {
    for (const Section& section : sections) {
      const std::vector<Row> other = rows_of(*section, v);
      for (std::size_t k = 0; k < v.size(); ++k) apply(out[k], other[k]);
    }
  };
  each(slab->also, [](Row& row, const Row& other) {
    for (const Stretch& i : other) unite(row, i);
  });
  Row old;
  each(slab->within, [&](Row& row, const Row& other) {
    old.swap(row);
    intersect(old, other, row);
  });
  each(slab->exclude, [&](Row& row, const Row& other) {
    old.swap(row);
    subtract(old, other, row);
  });
  return out;
}

}  // namespace dosegate
