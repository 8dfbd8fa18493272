#include "adapters/html/isolines.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "adapters/html/markup.h"

namespace dosegate::html {
namespace {

// Marching squares. An edge of the lattice is named by its first corner and its direction; a line enters and leaves
// each cell through edges, so lines are chains of edges.
class Marcher {
 public:
  Marcher(const Lattice& lattice, double level) : l_(lattice), level_(level) {}

  std::string run() {
    for (std::size_t j = 0; j + 1 < l_.nv; ++j) {
      for (std::size_t i = 0; i + 1 < l_.nu; ++i) add_cell(i, j);
    }
    std::string d;
    // Open lines first, from their ends; then what closes.
    for (const std::size_t edge : order_) {
      if (next_[edge].size() == 1) d += chain(edge);
    }
    for (const std::size_t edge : order_) d += chain(edge);
    return d;
  }

 private:
  double at(std::size_t i, std::size_t j) const { return l_.values[j * l_.nu + i]; }

  std::size_t horizontal(std::size_t i, std::size_t j) const { return 2 * (j * l_.nu + i); }
  std::size_t vertical(std::size_t i, std::size_t j) const { return 2 * (j * l_.nu + i) + 1; }

  void join(std::size_t a, std::size_t b) {
    for (const std::size_t edge : {a, b}) {
      if (!next_.contains(edge)) order_.push_back(edge);
      next_[edge].push_back(edge == a ? b : a);
    }
  }

  void add_cell(std::size_t i, std::size_t j) {
    const double v00 = at(i, j), v10 = at(i + 1, j), v11 = at(i + 1, j + 1), v01 = at(i, j + 1);
    if (std::min({v00, v10, v11, v01}) <= Lattice::kNone) return;
    const auto bit = [&](double v, unsigned n) { return v >= level_ ? n : 0U; };
    const unsigned corners = bit(v00, 1) | bit(v10, 2) | bit(v11, 4) | bit(v01, 8);
    const std::size_t top = horizontal(i, j), right = vertical(i + 1, j), bottom = horizontal(i, j + 1),
                      left = vertical(i, j);
    const bool middle = (v00 + v10 + v11 + v01) / 4 >= level_;
    switch (corners) {
      case 1:
      case 14:
        return join(left, top);
      case 2:
      case 13:
        return join(top, right);
      case 4:
      case 11:
        return join(right, bottom);
      case 8:
      case 7:
        return join(bottom, left);
      case 3:
      case 12:
        return join(left, right);
      case 6:
      case 9:
        return join(top, bottom);
      case 5:
        if (middle) return join(left, bottom), join(top, right);
        return join(left, top), join(right, bottom);
      case 10:
        if (middle) return join(left, top), join(right, bottom);
        return join(left, bottom), join(top, right);
      default:
        return;
    }
  }

  std::string place(std::size_t edge) const {
    const std::size_t corner = edge / 2, i = corner % l_.nu, j = corner / l_.nu;
    const bool is_vertical = edge % 2 == 1;
    const double a = at(i, j), b = is_vertical ? at(i, j + 1) : at(i + 1, j);
    const double t = a == b ? 0.5 : (level_ - a) / (b - a);
    const double u = l_.u0 + l_.step * (static_cast<double>(i) + (is_vertical ? 0.0 : t));
    const double v = l_.v0 + l_.step * (static_cast<double>(j) + (is_vertical ? t : 0.0));
    return coordinate(u) + "," + coordinate(v);
  }

  // The line from `edge` on, as far as it was not drawn yet.
  std::string chain(std::size_t edge) {
    if (next_[edge].empty()) return "";
    std::string d = "M" + place(edge);
    const std::size_t start = edge;
    while (!next_[edge].empty()) {
      const std::size_t to = next_[edge].back();
      next_[edge].pop_back();
      auto& back = next_[to];
      back.erase(std::find(back.begin(), back.end(), edge));
      edge = to;
      if (edge == start) return d + "z";
      d += "L" + place(edge);
    }
    return d;
  }

  const Lattice& l_;
  double level_;
  std::unordered_map<std::size_t, std::vector<std::size_t>> next_;
  std::vector<std::size_t> order_;  // of first occurrence
};

}  // namespace

Lattice Lattice::sample(double u0, double v0, double u1, double v1, double step,
                        const std::function<double(double, double)>& value) {
  Lattice l;
  l.u0 = u0, l.v0 = v0, l.step = step;
  l.nu = static_cast<std::size_t>(std::ceil((u1 - u0) / step)) + 1;
  l.nv = static_cast<std::size_t>(std::ceil((v1 - v0) / step)) + 1;
  l.values.reserve(l.nu * l.nv);
  for (std::size_t j = 0; j < l.nv; ++j) {
    for (std::size_t i = 0; i < l.nu; ++i) {
      l.values.push_back(value(u0 + static_cast<double>(i) * step, v0 + static_cast<double>(j) * step));
    }
  }
  return l;
}

std::string isoline(const Lattice& lattice, double level) { return Marcher(lattice, level).run(); }

std::string region_above(const Lattice& lattice, double level) {
  // A frame of values below the level closes every line.
  Lattice framed;
  framed.u0 = lattice.u0 - lattice.step, framed.v0 = lattice.v0 - lattice.step, framed.step = lattice.step;
  framed.nu = lattice.nu + 2, framed.nv = lattice.nv + 2;
  framed.values.assign(framed.nu * framed.nv, 0.0);
  for (std::size_t j = 0; j < lattice.nv; ++j) {
    for (std::size_t i = 0; i < lattice.nu; ++i) {
      framed.values[(j + 1) * framed.nu + i + 1] = std::max(0.0, lattice.values[j * lattice.nu + i]);
    }
  }
  return level > 0.0 ? isoline(framed, level) : "";
}

}  // namespace dosegate::html
