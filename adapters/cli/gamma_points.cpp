#include "adapters/cli/gamma_points.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "adapters/cli/number.h"
#include "adapters/cli/program.h"

namespace dosegate::cli {
namespace {

constexpr std::size_t kMostPoints = 10'000'000;
constexpr double kSamePlace = 0.001;  // mm, by rounding in print
constexpr std::string_view kFrame = "frame_of_reference_uid:";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> fields_of(std::string_view line, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t end = line.find(separator);
    std::string_view field = trimmed(line.substr(0, end));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    out.push_back(field);
    if (end == std::string_view::npos) return out;
    line.remove_prefix(end + 1);
  }
}

std::optional<double> number_of(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Where each of x, y, z and the dose stands in a line.
struct Columns {
  char separator = ',';
  std::array<std::optional<std::size_t>, 4> at;
  double to_gy = 1.0;
  std::size_t count = 0;
};

Columns columns_of(const std::string& where, std::string_view line) {
  Columns out;
  for (const char separator : {',', ';', '\t'}) {
    if (line.find(separator) != std::string_view::npos) {
      out.separator = separator;
      break;
    }
  }
  const auto names = fields_of(line, out.separator);
  out.count = names.size();
  const auto take = [&](std::size_t column, std::size_t n) {
    if (out.at[column]) stop(where + "names a column twice. Name x_mm, y_mm, z_mm and dose_gy once each");
    out.at[column] = n;
  };
  for (std::size_t n = 0; n < names.size(); ++n) {
    if (names[n] == "x_mm") take(0, n);
    if (names[n] == "y_mm") take(1, n);
    if (names[n] == "z_mm") take(2, n);
    if (names[n] == "dose_gy") take(3, n);
    if (names[n] == "dose_cgy") take(3, n), out.to_gy = 0.01;
  }
  constexpr std::array<const char*, 4> kNames = {"x_mm", "y_mm", "z_mm", "dose_gy (or dose_cgy)"};
  for (std::size_t column = 0; column < 4; ++column) {
    if (!out.at[column]) {
      stop(where + "has no column " + kNames[column] + ". The first line must name x_mm, y_mm, z_mm and dose_gy");
    }
  }
  return out;
}

// Distinct coordinates, ascending: those nearer than kSamePlace are one.
std::vector<double> distinct(const std::vector<double>& points, std::size_t axis) {
  std::vector<double> all;
  for (std::size_t i = axis; i < points.size(); i += 3) all.push_back(points[i]);
  std::sort(all.begin(), all.end());
  std::vector<double> out;
  for (const double at : all) {
    if (out.empty() || at > out.back() + kSamePlace) out.push_back(at);
  }
  return out;
}

}  // namespace

dosegate_dose_points GammaPoints::view() const {
  dosegate_dose_points out{};
  out.struct_size = sizeof out;
  out.points_mm = points_mm.data();
  out.gy = gy.data();
  out.count = gy.size();
  out.frame_of_reference_uid = frame_of_reference_uid.empty() ? nullptr : frame_of_reference_uid.c_str();
  return out;
}

GammaPoints read_points(const std::string& file, std::string_view text) {
  GammaPoints out;
  std::optional<Columns> columns;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    if (line.front() == '#') {
      const std::string_view comment = trimmed(line.substr(1));
      if (comment.substr(0, kFrame.size()) == kFrame)
        out.frame_of_reference_uid = trimmed(comment.substr(kFrame.size()));
      continue;
    }
    const std::string where = file + ", line " + std::to_string(number) + ": ";
    if (!columns) {
      columns = columns_of(where, line);
      continue;
    }
    const auto fields = fields_of(line, columns->separator);
    if (fields.size() != columns->count) {
      stop(where + "has " + std::to_string(fields.size()) + " fields; the header names " +
           std::to_string(columns->count) + ". Write one number for each");
    }
    if (out.gy.size() == kMostPoints) stop(where + "is beyond the 10000000 points that are read");
    std::array<double, 4> values{};
    for (std::size_t n = 0; n < 4; ++n) {
      const auto value = number_of(fields[*columns->at[n]]);
      if (!value) {
        stop(where + "'" + std::string(fields[*columns->at[n]].substr(0, 40)) +
             "' is no number. Write finite decimals with a point, and nothing else");
      }
      values[n] = *value;
    }
    if (!(values[3] >= 0.0)) stop(where + "the dose is negative. A dose is 0 or more");
    out.points_mm.insert(out.points_mm.end(), values.begin(), values.begin() + 3);
    out.gy.push_back(values[3] * columns->to_gy);
  }
  if (!columns) stop(file + ": is empty. Its first line must name the columns x_mm, y_mm, z_mm and dose_gy");
  if (out.gy.empty()) stop(file + ": has no points. Write a line for each under the header");
  return out;
}

void make_grid(const std::string& file, const GammaPoints& points, GridOfPoints& out) {
  const auto refuse = [&](const std::string& what) {
    stop(file + ": is to be interpolated, but its points are no rectangular grid: " + what +
         ". Give it as REFERENCE, or complete the grid");
  };
  std::array<std::vector<double>, 3> axes;
  std::size_t crossings = 1;
  for (std::size_t a = 0; a < 3; ++a) {
    axes[a] = distinct(points.points_mm, a);
    crossings = axes[a].size() > points.gy.size() / crossings ? points.gy.size() + 1 : crossings * axes[a].size();
  }
  if (crossings != points.gy.size()) {
    refuse("there are " + std::to_string(axes[0].size()) + " x " + std::to_string(axes[1].size()) + " x " +
           std::to_string(axes[2].size()) + " places and " + std::to_string(points.gy.size()) + " points");
  }
  std::array<double, 2> spacing = {1.0, 1.0};
  for (std::size_t a = 0; a < 2; ++a) {
    const std::vector<double>& at = axes[a];
    if (at.size() < 2) continue;
    spacing[a] = (at.back() - at.front()) / static_cast<double>(at.size() - 1);
    for (std::size_t i = 0; i < at.size(); ++i) {
      if (std::abs(at.front() + static_cast<double>(i) * spacing[a] - at[i]) > 2.0 * kSamePlace) {
        refuse(std::string(a == 0 ? "x" : "y") + " is not evenly spaced near " + fixed(at[i]) + " mm");
      }
    }
  }
  out.values.assign(points.gy.size(), -1.0);
  for (std::size_t n = 0; n < points.gy.size(); ++n) {
    std::array<std::size_t, 3> id{};
    for (std::size_t a = 0; a < 3; ++a) {
      const double mm = points.points_mm[3 * n + a];
      id[a] = static_cast<std::size_t>(std::upper_bound(axes[a].begin(), axes[a].end(), mm) - axes[a].begin()) - 1;
    }
    double& value = out.values[(id[2] * axes[1].size() + id[1]) * axes[0].size() + id[0]];
    if (value >= 0.0) refuse("point " + std::to_string(n + 1) + " lies where another lies");
    value = points.gy[n];
  }
  for (const double z : axes[2]) out.offsets_mm.push_back(z - axes[2].front());
  out.frame_of_reference_uid = points.frame_of_reference_uid;
  dosegate_dose& d = out.dose;
  d.struct_size = sizeof d;
  d.value_type = DOSEGATE_VALUES_FLOAT64;
  d.values = out.values.data();
  d.value_count = out.values.size();
  d.scaling = 1.0;
  d.units = DOSEGATE_UNITS_GY;
  d.dose_type = DOSEGATE_DOSE_PHYSICAL;
  d.summation = DOSEGATE_SUMMATION_OTHER;
  d.columns = static_cast<std::uint32_t>(axes[0].size());
  d.rows = static_cast<std::uint32_t>(axes[1].size());
  d.planes = static_cast<std::uint32_t>(axes[2].size());
  for (std::size_t a = 0; a < 3; ++a) d.position_mm[a] = axes[a].front();
  d.row_cosines[0] = d.column_cosines[1] = 1.0;
  d.column_spacing_mm = spacing[0];
  d.row_spacing_mm = spacing[1];
  d.plane_offsets_mm = out.offsets_mm.data();
  d.frame_of_reference_uid = out.frame_of_reference_uid.empty() ? nullptr : out.frame_of_reference_uid.c_str();
}

}  // namespace dosegate::cli
