#include "adapters/panel/curves_json.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

#include "adapters/html/colour.h"
#include "adapters/html/limits.h"
#include "adapters/present/display.h"
#include "adapters/present/number.h"
#include "adapters/present/typeset.h"

namespace dosegate::panel {
namespace {

namespace json = boost::json;
using present::Text;

constexpr double kThousandths = 1000.0;

// Of a percentage in thousandths, rounded to the side that keeps a bound one.
enum class Round { kNearest, kDown, kUp };
json::array thousandths(const std::vector<double>& percent, Round round) {
  json::array out;
  for (const double p : percent) {
    const double x = kThousandths * p;
    out.emplace_back(static_cast<std::int64_t>(round == Round::kNearest ? std::round(x)
                                               : round == Round::kDown  ? std::floor(x)
                                                                        : std::ceil(x)));
  }
  return out;
}

std::string_view side_of(html::Limit::Side side) {
  constexpr std::string_view kSides[] = {"down", "up", "left", "right"};
  return kSides[static_cast<std::size_t>(side)];
}

}  // namespace

json::object curves_json(const html::Context& c, std::uint64_t revision) {
  json::array curves, limits;
  double most = 0.0;
  std::string without;
  for (std::size_t i = 0; i < c.structures.size(); ++i) {
    const html::Structure& s = c.structures[i];
    if (s.value.empty()) continue;
    most = std::max(most, s.bin_gy * static_cast<double>(s.value.size()));
    curves.push_back(json::object{{"n", i},
                                  {"role", present::printable(s.role)},
                                  {"light", html::hex(html::readable_on(html::kLightPage, s.colour))},
                                  {"dark", html::hex(html::readable_on(html::kDarkPage, s.colour))},
                                  {"bin", s.bin_gy},
                                  {"cc", s.volume_cc},
                                  {"v", thousandths(s.value, Round::kNearest)},
                                  {"l", thousandths(s.lower, Round::kDown)},
                                  {"u", thousandths(s.upper, Round::kUp)}});
  }
  double at = 0.0;
  for (const html::Limit& l : html::limits_of(c)) {
    if (c.structures[l.structure].value.empty()) continue;
    if (l.is_hit && at == 0.0) at = l.dose_gy;
    const std::string metric = l.row->metric.substr(0, l.row->metric.find('['));
    limits.push_back(
        json::object{{"n", l.structure},
                     {"d", l.dose_gy},
                     {"v", l.volume_percent},
                     {"d2", l.value_gy},
                     {"v2", l.value_percent},
                     {"side", side_of(l.side)},
                     {"hit", l.is_hit},
                     {"mean", l.is_mean},
                     {"text", present::say(Text::kLimitIs, c.language(),
                                           {present::printable(l.row->structure), metric,
                                            present::typeset(l.row->limit), present::typeset(l.row->value)})}});
  }
  const double rx = c.prescription_gy();
  if (at == 0.0) at = rx > 0.0 ? rx : most / 2;
  return {
      {"revision", revision},
      {"most", std::ceil((most + 1.0) / 2.0) * 2.0},
      {"rx", rx},
      {"at", std::round(10.0 * at) / 10.0},
      {"xAxis", present::say(Text::kDoseAxis, c.language())},
      {"uAxis", rx > 0.0 ? present::say(Text::kDosePercentAxis, c.language(), {present::shortest(rx) + " Gy"}) : ""},
      {"yAxis", present::say(Text::kVolumeAxis, c.language())},
      {"mean", present::say(Text::kMean, c.language())},
      {"curves", std::move(curves)},
      {"limits", std::move(limits)}};
}

json::object curves_before(const html::Context& c, std::uint64_t revision) {
  json::array curves;
  for (std::size_t i = 0; i < c.structures.size(); ++i) {
    const html::Structure& s = c.structures[i];
    if (s.value.empty()) continue;
    curves.push_back(json::object{
        {"role", present::printable(s.role)}, {"bin", s.bin_gy}, {"v", thousandths(s.value, Round::kNearest)}});
  }
  return {{"revision", revision},
          {"note", present::say(Text::kCurvesPrevious, c.language(), {std::to_string(revision)})},
          {"curves", std::move(curves)}};
}

}  // namespace dosegate::panel
