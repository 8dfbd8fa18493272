// Where a rule on a dose metric stands in a chart of dose and volume.
#pragma once

#include <optional>
#include <vector>

#include "adapters/html/sections.h"

namespace dosegate::html {

struct Limit {
  enum class Side { kDown, kUp, kLeft, kRight };  // the allowed one
  const present::Row* row = nullptr;
  std::size_t structure = 0;                   // index into Context::structures
  double dose_gy = 0.0, volume_percent = 0.0;  // of the limit
  double value_gy = 0.0, value_percent = 0.0;  // of the value
  Side side = Side::kDown;
  bool is_mean = false;
  bool is_hit = false;  // by a deviation
};

// Of every rule with a value and a limit on a metric that has a place there, in the view's order.
std::vector<Limit> limits_of(const Context& context);

}  // namespace dosegate::html
