// The names beside the curves of a dose-volume chart: where they stand, so that they hide no curve, limit or other
// name.
#pragma once

#include <string>

#include "adapters/html/chart.h"

namespace dosegate::html {

// Where doses and volumes lie on the chart, in units of its view box.
struct ChartScale {
  static constexpr double kWidth = 700, kHeight = 430, kLeft = 44, kRight = 14, kTop = 40, kBottom = 44;
  double most_gy = 1.0;  // at the right edge

  double x(double gy) const { return kLeft + (kWidth - kLeft - kRight) * gy / most_gy; }
  static double y(double percent) { return kTop + (kHeight - kTop - kBottom) * (100.0 - percent) / 100.0; }
};

class CurveNames {
 public:
  // `overlay` outlives this. The line at read_at_gy is kept clear where that costs little.
  CurveNames(const Overlay& overlay, const ChartScale& scale, double read_at_gy)
      : c_(overlay), limits_(overlay.limits), scale_(scale), read_at_(read_at_gy) {}

  // For the screen and for paper, where letters have another size (report.css).
  std::string svg() const;
  // The word beside the arrowhead of a mean's limit stands on the side where fewer curves run.
  bool is_mean_right(const Limit& limit) const;

 private:
  struct Box;
  struct Label;
  struct Letters;

  std::string labels(const Letters& letters) const;
  std::string label(std::size_t structure, const Label& at) const;
  bool is_role_hit(const std::string& role) const;
  double x(double gy) const { return scale_.x(gy); }
  double x_at(const Structure& structure, double y) const;
  double crossings(const Box& box) const;
  Box mean_box(const Limit& limit, bool right) const;

  const Overlay& c_;
  const std::vector<Limit>& limits_;
  const ChartScale scale_;
  const double read_at_;
};

}  // namespace dosegate::html
