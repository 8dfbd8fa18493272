// The dose-volume histograms of one plan.
#include "adapters/html/chart.h"
#include "adapters/html/sections.h"

namespace dosegate::html {

using present::Text;

std::string curves(const Context& c) {
  const std::string chart =
      dose_volume_chart({c.language(), c.structures, limits_of(c), c.prescription_gy()}, c.say(Text::kChartNote));
  if (chart.empty()) {
    const std::string why = c.evidence.no_curves.empty() ? "" : " " + sentence(c.evidence.no_curves);
    return section("dvh", c.say(Text::kDoseAndVolume), "",
                   "<p class=\"foot\">" + c.say(Text::kNoCurves) + why + "</p>");
  }
  return section("dvh", c.say(Text::kDoseAndVolume), "<p>" + c.say(Text::kCumulative) + "</p>", chart);
}

}  // namespace dosegate::html
