// Cumulative dose-volume histograms with their limits, and the table in which they are read.
#pragma once

#include <string>
#include <vector>

#include "adapters/html/limits.h"
#include "adapters/present/catalogue.h"

namespace dosegate::html {

struct Overlay {
  present::Language language = present::Language::kEnglish;
  const std::vector<Structure>& structures;  // those without a curve are named
  std::vector<Limit> limits;
  double prescription_gy = 0.0;  // 0: not known
};

// The class of the curve of a structure, on the chart and in the table: broken is thick, what lies on an earlier curve
// or has a colour like that of one is dashed. Empty: plain.
std::string line_style(const Overlay& overlay, std::size_t structure);

// Empty: no structure has a curve. `foot` is markup, below the chart.
std::string dose_volume_chart(const Overlay& overlay, const std::string& foot);

// The table that stands beside it, as it is read at a dose.
std::string readings_table(const Overlay& overlay, double at_gy);

}  // namespace dosegate::html
