#include "core/dvh/mean_dose.h"

#include <algorithm>
#include <span>

#include "core/dvh/part_doses.h"
#include "core/dvh/row_doses.h"

namespace dosegate {
namespace {

// Over the cells of a run, on both faces of its layer. On the rim, and along another axis than x, nodes do not follow
// one another in memory.
FaceSums sum_of(const Run& run, const DoseLattice& lattice, const LayerDoses& doses) {
  const std::size_t near = lattice.offset(1, run.j), far = lattice.offset(1, run.j + 1);
  if (lattice.stride(0) == 1 && !lattice.is_rim(0, run.i)) {
    const std::size_t first = lattice.offset(0, run.i);
    const float *low = doses.low + first, *high = doses.high + first;
    return sum_row({low + near, low + far, high + near, high + far}, run.count);
  }
  FaceSums sum{0.0, 0.0};
  for (std::size_t n = 0; n <= run.count; ++n) {
    const std::size_t column = lattice.offset(0, run.i + n);
    const double cells = n == 0 || n == run.count ? 1.0 : 2.0;
    const auto of = [&](const float* face) {
      return cells * (static_cast<double>(face[column + near]) + static_cast<double>(face[column + far]));
    };
    sum.low += of(doses.low);
    sum.high += of(doses.high);
  }
  return sum;
}

// The dose is linear along w, so that its mean over a sheet's height is that of its two faces, each of which lies
// between those of the layer.
double integral_of(const StructureCells& cut, const Sheet& sheet, const DoseGrid& grid, const NodeOffsets& offsets,
                   CancelPoint& cancel_point) {
  const LayerDoses doses(grid, cut.lattice, sheet);
  double low = 0.0, high = 0.0;  // Gy mm^2
  for (const Run& run : std::span(cut.runs).subspan(sheet.first_run, sheet.run_count)) {
    cancel_point.step(1 + run.count / 64);
    const FaceSums sum = sum_of(run, cut.lattice, doses);
    const double of_corner = 0.25 * cut.cross_section_mm2(run.i, run.j);
    low += of_corner * sum.low;
    high += of_corner * sum.high;
  }
  const auto parts = std::span(cut.parts).subspan(sheet.first_part, sheet.part_count);
  constexpr std::size_t kAtOnce = 256;
  for (std::size_t n = 0; n < parts.size(); n += kAtOnce) {
    const auto some = parts.subspan(n, std::min(kAtOnce, parts.size() - n));
    cancel_point.step(some.size());
    const FaceIntegrals of = integrate_parts(doses, offsets, some);
    low += of.low;
    high += of.high;
  }
  const double of_high = 0.5 * (sheet.z0 + sheet.z1);
  return ((1.0 - of_high) * low + of_high * high) * cut.height_mm(sheet);
}

}  // namespace

bool integrate(const StructureCells& cut, const DoseGrid& grid, std::size_t first_layer, std::size_t end_layer,
               const Host& host, std::vector<double>& out) {
  if (out.size() != cut.sheets.size()) {
    out.assign(cut.sheets.size(), 0.0);
    first_layer = 0;
    end_layer = cut.lattice.cells(2);
  }
  const NodeOffsets offsets(cut.lattice);
  const auto [begin, end] = cut.sheets_of(first_layer, end_layer);
  return parallel_for(host, end - begin, [&, first = begin](std::size_t n) {
    CancelPoint cancel_point(host.workers);
    out[first + n] = integral_of(cut, cut.sheets[first + n], grid, offsets, cancel_point);
  });
}

Dose mean_dose(const StructureCells& cut, const std::vector<double>& integrals) {
  double sum = 0.0;
  for (const double integral : integrals) sum += integral;
  return Dose::gy(sum / cut.total.in_mm3());
}

}  // namespace dosegate
