#include "core/gamma/far_search.h"

#include <algorithm>
#include <limits>

#include "core/gamma/search.h"

namespace dosegate::gamma {
namespace {

struct Extent {
  float least = std::numeric_limits<float>::infinity(), most = -std::numeric_limits<float>::infinity();

  void take(float low, float high) {
    least = std::min(least, low);
    most = std::max(most, high);
  }
};

}  // namespace

BlockTree::BlockTree(const Field& field, const Host& host) {
  Level leaves;
  for (std::size_t a = 0; a < 3; ++a) leaves.size[a] = (field.cells(a) + kLeaf - 1) / kLeaf;
  const std::size_t count = std::size_t{leaves.size[0]} * leaves.size[1] * leaves.size[2];
  leaves.least.resize(count);
  leaves.most.resize(count);
  // The last voxel along an axis, of the last cell.
  const auto last_node = [&](std::size_t a) { return field.step(a) == 0 ? 0 : field.cells(a); };
  complete_ = parallel_for(host, leaves.size[2], [&](std::size_t bk) {
    const auto k = static_cast<std::uint32_t>(bk);
    for (std::uint32_t j = 0; j < leaves.size[1]; ++j) {
      for (std::uint32_t i = 0; i < leaves.size[0]; ++i) {
        Extent extent;
        const std::uint32_t i1 = std::min((i + 1) * kLeaf, last_node(0));
        for (std::uint32_t z = k * kLeaf; z <= std::min((k + 1) * kLeaf, last_node(2)); ++z) {
          for (std::uint32_t y = j * kLeaf; y <= std::min((j + 1) * kLeaf, last_node(1)); ++y) {
            const float* row = field.corner(0, y, z);
            for (std::uint32_t x = i * kLeaf; x <= i1; ++x) extent.take(row[x], row[x]);
          }
        }
        leaves.least[leaves.index(i, j, k)] = extent.least;
        leaves.most[leaves.index(i, j, k)] = extent.most;
      }
    }
  });
  levels_.push_back(std::move(leaves));
  while (complete_ && levels_.back().least.size() > 1) {
    const Level& below = levels_.back();
    Level level;
    for (std::size_t a = 0; a < 3; ++a) level.size[a] = (below.size[a] + 1) / 2;
    for (std::uint32_t k = 0; k < level.size[2]; ++k) {
      for (std::uint32_t j = 0; j < level.size[1]; ++j) {
        for (std::uint32_t i = 0; i < level.size[0]; ++i) {
          Extent extent;
          for (std::uint32_t n = 0; n < 8; ++n) {
            const std::uint32_t x = 2 * i + (n & 1), y = 2 * j + (n >> 1 & 1), z = 2 * k + (n >> 2);
            if (x >= below.size[0] || y >= below.size[1] || z >= below.size[2]) continue;
            extent.take(below.least[below.index(x, y, z)], below.most[below.index(x, y, z)]);
          }
          level.least.push_back(extent.least);
          level.most.push_back(extent.most);
        }
      }
    }
    levels_.push_back(std::move(level));
  }
}

// What is nearest first, so that what is far is seldom looked into.
void Search::search_tree(const BlockTree& tree) {
  struct Block {
    double far2;
    std::uint32_t level, i, j, k;
  };
  const auto bound = [&](std::uint32_t level, std::uint32_t i, std::uint32_t j, std::uint32_t k) {
    const BlockTree::Level& l = tree.levels()[level];
    const std::size_t at = l.index(i, j, k);
    const double off =
        std::max({static_cast<double>(l.least[at]) - dose_, dose_ - static_cast<double>(l.most[at]), 0.0}) * per_dose_;
    double far2 = off * off;
    const std::uint32_t ids[3] = {i, j, k};
    for (std::size_t a = 0; a < 3; ++a) {
      const std::uint64_t cells = std::uint64_t{BlockTree::kLeaf} << level;
      const auto first = static_cast<std::size_t>(ids[a] * cells);
      const std::size_t last = std::min<std::size_t>(first + cells, field_.cells(a));
      const double gap = std::max({field_.nodes(a)[first] - p_[a], p_[a] - field_.nodes(a)[last], 0.0});
      far2 += gap * gap;
    }
    return far2;
  };
  std::vector<Block> open;
  const auto top = static_cast<std::uint32_t>(tree.levels().size() - 1);
  open.push_back({bound(top, 0, 0, 0), top, 0, 0, 0});
  while (!open.empty() && !decided()) {
    const Block b = open.back();
    open.pop_back();
    if (b.far2 >= enough2_) continue;
    cancel_point_.step();
    if (b.level == 0) {
      scan_block(b.i * BlockTree::kLeaf, b.j * BlockTree::kLeaf, b.k * BlockTree::kLeaf);
      continue;
    }
    const BlockTree::Level& below = tree.levels()[b.level - 1];
    const std::size_t first = open.size();
    for (std::uint32_t n = 0; n < 8; ++n) {
      const std::uint32_t x = 2 * b.i + (n & 1), y = 2 * b.j + (n >> 1 & 1), z = 2 * b.k + (n >> 2);
      if (x >= below.size[0] || y >= below.size[1] || z >= below.size[2]) continue;
      const double far2 = bound(b.level - 1, x, y, z);
      if (far2 < enough2_) open.push_back({far2, b.level - 1, x, y, z});
    }
    std::sort(open.begin() + static_cast<std::ptrdiff_t>(first), open.end(),
              [](const Block& a, const Block& c) { return a.far2 > c.far2; });
  }
}

void Search::scan_block(std::uint32_t i0, std::uint32_t j0, std::uint32_t k0) {
  const std::size_t sx = field_.step(0), sy = field_.step(1), sz = field_.step(2);
  constexpr std::uint32_t kSide = BlockTree::kLeaf;
  for (std::uint32_t k = k0; k < std::min(k0 + kSide, field_.cells(2)); ++k) {
    for (std::uint32_t j = j0; j < std::min(j0 + kSide, field_.cells(1)); ++j) {
      cancel_point_.step();
      for (std::uint32_t i = i0; i < std::min(i0 + kSide, field_.cells(0)); ++i) {
        const CellId cell{i, j, k};
        const Box box = box_of(cell);
        double far2 = 0.0;
        for (std::size_t a = 0; a < 3; ++a) {
          const double gap = std::max({box.lo[a], -box.hi[a], 0.0});
          far2 += gap * gap;
        }
        if (far2 >= enough2_) continue;
        Extent extent;
        const float* c = field_.corner(i, j, k);
        for (const std::size_t n : {std::size_t{0}, sx, sy, sx + sy, sz, sx + sz, sy + sz, sx + sy + sz}) {
          extent.take(c[n], c[n]);
        }
        const double off =
            std::max({static_cast<double>(extent.least) - dose_, dose_ - static_cast<double>(extent.most), 0.0}) *
            per_dose_;
        if (far2 + off * off >= enough2_ || was_walked(cell)) continue;
        finish_cell(cell);
        if (decided()) return;
      }
    }
  }
}

Bounds Search::run_far(const Place& place, double dose, double per_dose, const BlockTree& tree) {
  begin(place, dose, per_dose);
  walk({place.cell[0], place.cell[1], place.cell[2]});
  if (!decided()) search_tree(tree);
  return bounds();
}

}  // namespace dosegate::gamma
