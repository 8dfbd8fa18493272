// The doses of cells that a structure fills in part. On x86-64 in the widest instructions that the processor has: the
// numbers are the same.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/dvh/dose_lattice.h"
#include "core/dvh/structure_cells.h"

namespace dosegate {

// Where the doses of a lattice's nodes are (DoseLattice::offset), by column and row.
struct NodeOffsets {
  std::vector<std::size_t> u, v;

  explicit NodeOffsets(const DoseLattice& lattice);
};

// The doses on both faces of a layer, Gy as stored, at NodeOffsets; and the part of the layer's height that a sheet
// has.
struct LayerDoses {
  const float *low, *high;
  double z0, z1;

  LayerDoses(const DoseGrid& grid, const DoseLattice& lattice, const Sheet& sheet)
      : low(grid.values().data() + lattice.offset(2, sheet.k)),
        high(grid.values().data() + lattice.offset(2, sheet.k + 1)),
        z0(sheet.z0),
        z1(sheet.z1) {}

  // The doses at one node, on the sheet's two faces.
  struct Faces {
    double bottom, top;
  };
  Faces at(std::size_t offset) const {
    const auto a = static_cast<double>(low[offset]), b = static_cast<double>(high[offset]);
    return {a + z0 * (b - a), z1 == 1.0 ? b : a + z1 * (b - a)};
  }
};

struct PartDoses {
  float least, most;  // of all cells
  double mm2;         // of all parts
  // The integral of the doses on the sheet's two faces over the parts: its sum over the four corners, Gy mm^2.
  std::array<double, 4> both_faces;
};

// The least and largest corner dose of the cells of `parts`, into `least` and `most`, rounded outwards, and about the
// mean dose of what of each cell belongs to its part, into `mean`: it lies between the two.
PartDoses fill_parts(const LayerDoses& doses, const NodeOffsets& offsets, std::span<const Part> parts, float* least,
                     float* most, float* mean);

// The integrals of the doses on the layer's lower and on its upper face over the parts, Gy mm^2.
struct FaceIntegrals {
  double low, high;
};
FaceIntegrals integrate_parts(const LayerDoses& doses, const NodeOffsets& offsets, std::span<const Part> parts);

// To single precision, never upwards or never downwards. Of doses, which are not negative. The next float is the next
// bit pattern, and a loop over cells stays free of calls.
inline float round_down(double v) {
  const auto f = static_cast<float>(v);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(f) - static_cast<std::uint32_t>(static_cast<double>(f) > v));
}
inline float round_up(double v) {
  const auto f = static_cast<float>(v);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(f) + static_cast<std::uint32_t>(static_cast<double>(f) < v));
}

}  // namespace dosegate
