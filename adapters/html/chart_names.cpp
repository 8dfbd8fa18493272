#include "adapters/html/chart_names.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "adapters/html/markup.h"

namespace dosegate::html {
namespace {

using present::Text;

constexpr std::size_t kLongestName = 16;  // letters

}  // namespace

struct CurveNames::Box {
  double x0, y0, x1, y1;
  bool meets(const Box& b) const { return x0 < b.x1 && b.x0 < x1 && y0 < b.y1 && b.y0 < y1; }
  Box wider(double by) const { return {x0 - by, y0 - by, x1 + by, y1 + by}; }
};

struct CurveNames::Label {
  Box box{};
  double baseline = 0.0, from_x = 0.0, from_y = 0.0;  // from: on the curve
  bool is_right = true;
  double to_x() const { return is_right ? box.x0 : box.x1; }
  bool needs_line() const {
    constexpr double kNeedsLine = 12;
    return std::abs(to_x() - from_x) > kNeedsLine;
  }
  Box lead() const { return {std::min(from_x, to_x()), from_y - 2, std::max(from_x, to_x()), from_y + 2}; }
};

// Letters have another size on paper (report.css), so that names have other places there.
struct CurveNames::Letters {
  const char* shown_on;
  double size, width;  // of the font; of a letter of a wide one
};

std::string CurveNames::svg() const {
  constexpr Letters kScreen{"os", 12.0, 7.6}, kPaper{"op", 15.7, 9.9};
  return labels(kScreen) + labels(kPaper);
}

// Beside the curve, where the least else is: tried at several volumes, on either side, near and farther off.
std::string CurveNames::labels(const Letters& letters) const {
  constexpr double kBeside = 6, kFar = 8, kBold = 1.1, kClear = 2.5;
  const double up = 0.74 * letters.size, down = 0.22 * letters.size;
  std::vector<Box> taken, leads;
  for (const Limit& l : limits_) {
    if (l.is_mean) taken.push_back(mean_box(l, is_mean_right(l)));
  }
  std::set<std::string> labelled;
  std::string out = "<g class=\"" + std::string(letters.shown_on) + "\">";
  for (std::size_t i = 0; i < c_.structures.size(); ++i) {
    const Structure& s = c_.structures[i];
    if (s.value.empty() || !labelled.insert(s.role).second) continue;  // plans share a colour, and one label
    const double width = letters.width * (is_role_hit(s.role) ? kBold : 1.0) *
                         static_cast<double>(std::min<std::size_t>(s.role.size(), kLongestName));
    double least = 1e9;
    Label best;
    for (double level = 92.0; level > 7.0; level -= 3.0) {
      const double py = ChartScale::y(level);
      for (const double off : {kBeside, 14.0, 24.0, 40.0, 64.0, 90.0, 120.0}) {
        for (const bool right : {true, false}) {
          Label at{{0, py - up, 0, py + down}, py, 0, py - up / 2, right};
          const double edge = right ? x_at(s, at.box.y1) + off : x_at(s, at.box.y0) - off;
          at.box.x0 = right ? edge : edge - width;
          at.box.x1 = right ? edge + width : edge;
          at.from_x = x_at(s, at.from_y);
          if (at.box.x0 < ChartScale::kLeft || at.box.x1 > ChartScale::kWidth) continue;
          double cost = std::abs(level - 52.0) / 10.0 + (off - kBeside) / kFar;
          const Box room = at.box.wider(kClear);
          for (const Box& b : taken) cost += room.meets(b) ? 100.0 : 0.0;
          for (const Box& b : leads) cost += room.meets(b) ? 20.0 : 0.0;
          if (at.needs_line()) {
            for (const Box& b : taken) cost += at.lead().meets(b) ? 20.0 : 0.0;
          }
          for (const Limit& l : limits_) {
            const double mx = x(l.dose_gy), my = ChartScale::y(l.volume_percent);
            if (room.meets({mx - 6, my - 7, mx + 6, my + 7})) cost += 20.0;
          }
          for (const double gy : {read_at_, c_.prescription_gy}) cost += room.x0 < x(gy) && x(gy) < room.x1 ? 6.0 : 0.0;
          cost += 25.0 * crossings(room);
          if (cost < least) least = cost, best = at;
        }
      }
    }
    if (least >= 1e9) continue;
    taken.push_back(best.box);
    if (best.needs_line()) leads.push_back(best.lead());
    out += label(i, best);
  }
  return out + "</g>";
}

std::string CurveNames::label(std::size_t i, const Label& at) const {
  const std::string n = std::to_string(i), &role = c_.structures[i].role;
  std::string out;
  if (at.needs_line()) {
    out = "<path class=\"ld k" + n + "\" data-curve=\"" + n + "\" d=\"M" + coordinate(at.from_x) + "," +
          coordinate(at.from_y) + "L" + coordinate(at.to_x() + (at.is_right ? -3 : 3)) + "," + coordinate(at.from_y) +
          "\"/>";
  }
  return out + "<text class=\"lb k" + n + (is_role_hit(role) ? " lw" : "") + "\" data-curve=\"" + n + "\" x=\"" +
         coordinate(at.to_x()) + "\" y=\"" + coordinate(at.baseline) + "\" text-anchor=\"" +
         (at.is_right ? "start" : "end") + "\">" + short_text(role, kLongestName) + "</text>";
}

// Where a curve, which never rises, has come down to a height of the chart.
double CurveNames::x_at(const Structure& s, double py) const {
  const double level =
      100.0 * (1.0 - (py - ChartScale::kTop) / (ChartScale::kHeight - ChartScale::kTop - ChartScale::kBottom));
  const auto at = std::partition_point(s.value.begin(), s.value.end(), [&](double v) { return v > level; });
  return x(s.bin_gy * static_cast<double>(at - s.value.begin()));
}

// How many curves run through a box.
double CurveNames::crossings(const Box& box) const {
  return static_cast<double>(std::count_if(c_.structures.begin(), c_.structures.end(), [&](const Structure& s) {
    return !s.value.empty() && x_at(s, box.y0) <= box.x1 && box.x0 <= x_at(s, box.y1);
  }));
}

// Beside the arrowhead of a mean's limit, on the side where fewer curves run.
bool CurveNames::is_mean_right(const Limit& l) const {
  return crossings(mean_box(l, true)) <= crossings(mean_box(l, false)) && mean_box(l, true).x1 < ChartScale::kWidth;
}

CurveNames::Box CurveNames::mean_box(const Limit& l, bool right) const {
  constexpr double kTall = 13, kLetter = 8;
  const double px = x(l.dose_gy), py = ChartScale::y(l.volume_percent);
  const double wide = kLetter * static_cast<double>(phrase(Text::kMean, c_.language).size());
  const double low = py - 5;  // above the arrowheads on the axis
  return right ? Box{px + 4, low - kTall, px + 4 + wide, low} : Box{px - 4 - wide, low - kTall, px - 4, low};
}

bool CurveNames::is_role_hit(const std::string& role) const {
  return std::any_of(limits_.begin(), limits_.end(),
                     [&](const Limit& l) { return l.is_hit && c_.structures[l.structure].role == role; });
}

}  // namespace dosegate::html
