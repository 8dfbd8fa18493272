// Least and largest doses of ever larger blocks of cells: where the nearest dose that fits may be far away, whole
// blocks are ruled out at once.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/gamma/field.h"
#include "core/parallel/parallel.h"

namespace dosegate::gamma {

class BlockTree {
 public:
  // Blocks of 4 x 4 x 4 cells, then of 2 x 2 x 2 blocks each, up to a single one. False of is_complete(): cancelled.
  BlockTree(const Field& field, const Host& host);
  bool is_complete() const { return complete_; }

  static constexpr std::uint32_t kLeaf = 4;  // cells along each axis
  struct Level {
    std::array<std::uint32_t, 3> size;
    std::vector<float> least, most;

    std::size_t index(std::uint32_t i, std::uint32_t j, std::uint32_t k) const {
      return (std::size_t{k} * size[1] + j) * size[0] + i;
    }
  };
  const std::vector<Level>& levels() const { return levels_; }  // leaves first

 private:
  std::vector<Level> levels_;
  bool complete_ = false;
};

}  // namespace dosegate::gamma
