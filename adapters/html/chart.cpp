// Cumulative dose-volume histograms with the limits. The curves are drawn in the coordinates of dose and volume inside
// an SVG of their own, so that zooming is a matter of its view box; everything beside them carries its dose and volume
// in data-d and data-v, which is all that the page's script needs to move it (adapters/web).
#include "adapters/html/chart.h"

#include <algorithm>
#include <cmath>

#include "adapters/html/chart_names.h"
#include "adapters/html/colour.h"
#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/typeset.h"

namespace dosegate::html {
namespace {

using present::Text;

constexpr double kStepGy = 10, kStepPercent = 20, kUpperStep = 25;

// On an earlier curve, all along, so that the one would hide the other.
bool is_covered(const Overlay& overlay, std::size_t i) {
  constexpr double kApart = 0.4;  // %, less than a line is wide
  const std::vector<double>& mine = overlay.structures[i].value;
  return std::any_of(overlay.structures.begin(), overlay.structures.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const Structure& s) {
                       return s.value.size() == mine.size() && !mine.empty() &&
                              std::equal(mine.begin(), mine.end(), s.value.begin(),
                                         [](double a, double b) { return std::abs(a - b) < kApart; });
                     });
}

class Chart {
 public:
  explicit Chart(const Overlay& overlay)
      : c_(overlay),
        limits_(overlay.limits),
        scale_{most_dose()},
        read_at_(first_reading()),
        names_(c_, scale_, read_at_) {}

  bool empty() const {
    return std::none_of(c_.structures.begin(), c_.structures.end(),
                        [](const Structure& s) { return !s.value.empty(); });
  }

  std::string svg() const {
    std::string out = "<svg class=\"dvh\" id=\"chart\" viewBox=\"0 0 700 430\" data-most=\"" +
                      coordinate(scale_.most_gy) + "\" data-rx=\"" + coordinate(c_.prescription_gy, 3) +
                      "\" data-at=\"" + coordinate(read_at_) + "\" tabindex=\"0\" role=\"slider\" aria-label=\"" +
                      say(Text::kChartLabel) + "\" aria-valuemin=\"0\" aria-valuemax=\"" + coordinate(scale_.most_gy) +
                      "\" aria-valuenow=\"" + coordinate(read_at_) + "\" aria-valuetext=\"" + coordinate(read_at_) +
                      " Gy\">";
    out += axes();
    out += "<svg class=\"plot\" x=\"44\" y=\"40\" width=\"642\" height=\"346\" viewBox=\"0 0 " +
           coordinate(scale_.most_gy) + " 100\" preserveAspectRatio=\"none\">";
    for (std::size_t i = 0; i < c_.structures.size(); ++i) out += curve(i);
    out += "</svg>";
    for (const Limit& l : limits_) out += marker(l);
    out += names_.svg();
    out += "<line class=\"cur\" data-d=\"" + coordinate(read_at_) + "\" y1=\"40\" y2=\"386\"" +
           moved(read_at_, 100, true) + "/>";
    return out + "</svg>";
  }

  // Where the table of readings has room: beside the chart, or below it.
  std::string layout() const {
    std::size_t plans = 0;
    for (const Structure& s : c_.structures) plans = std::max(plans, s.plan + 1);
    return plans < 2 ? "" : plans < 4 ? " wide" : " below";
  }

  std::string readings() const {
    std::string out =
        "<p class=\"rt\">" + say(Text::kAtDose, {"<b id=\"at\">" + present::fixed(read_at_, 1) + " Gy</b>"});
    if (c_.prescription_gy > 0.0) {
      out += ", <span id=\"atp\">" + present::fixed(100.0 * read_at_ / c_.prescription_gy, 1) + " %</span>";
    }
    out += "</p>" + readings_table(c_, read_at_);
    out += "<p class=\"rl\">" + say(Text::kLimitsHere) + "</p><ul class=\"rn\" id=\"near\" data-none=\"" +
           say(Text::kNone) + "\">" + near() + "</ul>";
    const std::string missing = without_curve();
    if (!missing.empty()) out += "<p class=\"rl\">" + say(Text::kWithoutCurve, {missing}) + "</p>";
    return out;
  }

  // For the page's script; "<" cannot stand in it.
  std::string data() const {
    std::string out = R"(<script type="application/json" id="curves">{"curves":[)";
    bool first = true;
    for (std::size_t i = 0; i < c_.structures.size(); ++i) {
      const Structure& s = c_.structures[i];
      if (s.value.empty()) continue;
      out += std::string(first ? "" : ",") + "{\"n\":" + std::to_string(i) + ",\"bin\":" + coordinate(s.bin_gy, 6) +
             ",\"cc\":" + coordinate(s.volume_cc, 6) + ",\"v\":" + list(s.value, 0) + ",\"l\":" + list(s.lower, -1) +
             ",\"u\":" + list(s.upper, 1) + "}";
      first = false;
    }
    return out + "]}</script>";
  }

 private:
  static double last_dose(const Structure& s) { return s.bin_gy * static_cast<double>(s.value.size()); }
  double most_dose() const {
    double most = 0.0;
    for (const Structure& s : c_.structures) most = std::max(most, last_dose(s));
    for (const Limit& l : limits_) most = std::max(most, std::min(l.dose_gy, 1.5 * std::max(most, 1.0)));
    return std::ceil((most + 1.0) / 2.0) * 2.0;
  }

  // At a limit, so that what the table says is what the finding says: of one that is near only where it lies on the
  // table's doses.
  double first_reading() const {
    const auto rounded = [](double gy) { return std::round(gy * 10.0) / 10.0; };
    for (const present::Status status :
         {present::Status::kBroken, present::Status::kUndecided, present::Status::kNear}) {
      for (const Limit& l : limits_) {
        const bool is_there = status == present::Status::kBroken || std::abs(rounded(l.dose_gy) - l.dose_gy) < 1e-6;
        if (l.row->status == status && is_there && l.dose_gy <= scale_.most_gy) return rounded(l.dose_gy);
      }
    }
    return std::round(std::min(c_.prescription_gy > 0.0 ? c_.prescription_gy : scale_.most_gy / 2, scale_.most_gy) *
                      10.0) /
           10.0;
  }

  double x(double gy) const { return scale_.x(gy); }
  static double y(double percent) { return ChartScale::y(percent); }
  std::string moved(double gy, double percent, bool only_x = false) const {
    return " transform=\"translate(" + coordinate(x(gy)) + " " + (only_x ? "0" : coordinate(y(percent))) + ")\"";
  }

  std::string axes() const {
    std::string out = "<g id=\"ticks\">";
    for (double v = 0; v <= 100.0; v += kStepPercent) {
      out += "<g class=\"ty\" transform=\"translate(0 " + coordinate(y(v)) +
             ")\"><line class=\"gl\" x1=\"44\" x2=\"686\"/><text x=\"37\" y=\"4\" text-anchor=\"end\">" +
             coordinate(v) + "</text></g>";
    }
    for (double d = 0; d <= scale_.most_gy; d += kStepGy) {
      out += "<g class=\"tx\" transform=\"translate(" + coordinate(x(d)) +
             " 386)\"><line class=\"tk\" y2=\"5\"/><text y=\"18\" text-anchor=\"middle\">" + coordinate(d) +
             "</text></g>";
    }
    const double rx = c_.prescription_gy;
    for (double p = 0; rx > 0.0 && p * rx / 100.0 <= scale_.most_gy; p += kUpperStep) {
      out += "<g class=\"tu\" transform=\"translate(" + coordinate(x(p * rx / 100.0)) +
             " 40)\"><line class=\"tk\" y2=\"-5\"/><text y=\"-9\" text-anchor=\"middle\">" + coordinate(p) +
             "</text></g>";
    }
    out += "</g>";
    if (rx > 0.0)
      out +=
          "<line class=\"rx\" data-d=\"" + coordinate(rx, 3) + "\" y1=\"35\" y2=\"386\"" + moved(rx, 100, true) + "/>";
    out += "<text class=\"axt\" id=\"xt\" x=\"686\" y=\"424\" text-anchor=\"end\">" + say(Text::kDoseAxis) + "</text>";
    if (rx > 0.0) {
      out += "<text class=\"axt\" id=\"ut\" x=\"686\" y=\"15\" text-anchor=\"end\">" +
             say(Text::kDosePercentAxis, {coordinate(rx, 3) + " Gy"}) + "</text>";
    }
    return out + "<text class=\"axt\" x=\"0\" y=\"15\">" + say(Text::kVolumeAxis) + "</text>";
  }

  // Points that lie on the line between their neighbours, to 0.005 % of the volume, are left out; and what follows
  // where nothing is left of the volume, as far as its bounds reach: a line along the axis looks like a dose that is
  // there.
  static std::string path(const Structure& s) {
    constexpr double kStraight = 0.005;
    std::string d = "M0,0";
    constexpr double kNothing = 0.0005;  // %
    const auto end = std::partition_point(s.value.begin(), s.value.end(), [](double v) { return v >= kNothing; });
    const auto size = static_cast<std::size_t>(end - s.value.begin());
    std::size_t from = 0;
    const auto volume = [&](std::size_t i) { return i < size ? s.value[i] : 0.0; };
    const auto is_straight = [&](std::size_t to) {
      for (std::size_t k = from + 1; k < to; ++k) {
        const double t = static_cast<double>(k - from) / static_cast<double>(to - from);
        if (std::abs(volume(from) + t * (volume(to) - volume(from)) - volume(k)) > kStraight) return false;
      }
      return true;
    };
    constexpr std::size_t kLongest = 200;
    while (from < size) {
      std::size_t to = from + 1;
      while (to < size && to - from < kLongest && is_straight(to + 1)) ++to;
      d += "L" + coordinate(s.bin_gy * static_cast<double>(to), 2) + "," + coordinate(100.0 - volume(to), 3);
      from = to;
    }
    return d;
  }

  // Of plans that are compared each but the first has its own dashes.
  static std::string plan_class(const Structure& s) { return s.plan == 0 ? "" : " p" + std::to_string(s.plan); }

  std::string curve(std::size_t i) const {
    const Structure& s = c_.structures[i];
    if (s.value.empty()) return "";
    const std::string n = std::to_string(i), d = path(s);
    std::string out = "<g class=\"c\" data-curve=\"" + n + "\"><path class=\"band k" + n + "\"/>";
    const std::string style = line_style(c_, i);
    if (style == "cw") out += "<path class=\"cc\" d=\"" + d + "\"/>";
    return out + "<path class=\"cv k" + n + (style.empty() ? "" : " " + style) + plan_class(s) + "\" d=\"" + d +
           "\"/></g>";
  }

  std::string limit_words(const Limit& l) const {
    const present::Row& r = *l.row;
    const std::string_view metric = std::string_view(r.metric).substr(0, r.metric.find('['));
    return say(Text::kLimitIs, {short_text(c_.structures[l.structure].label(), 24), short_text(metric),
                                escaped(present::typeset(r.limit)), escaped(present::typeset(r.value))});
  }

  std::string marker(const Limit& l) const {
    if (c_.structures[l.structure].value.empty() || l.dose_gy > scale_.most_gy) return "";
    constexpr const char* kHeads[] = {"M-4.5,0h9l-4.5,7z", "M-4.5,0h9l-4.5,-7z", "M0,-4.5v9l-7,-4.5z",
                                      "M0,-4.5v9l7,-4.5z"};
    const std::string n = std::to_string(l.structure);
    std::string out = "<g class=\"m" + std::string(l.is_hit ? " hit" : "") + "\" data-curve=\"" + n + "\" data-d=\"" +
                      coordinate(l.dose_gy, 3) + "\" data-v=\"" + coordinate(l.volume_percent, 3) + "\" data-hit=\"" +
                      (l.is_hit ? "1" : "0") + "\"" + moved(l.dose_gy, l.volume_percent) + "><path class=\"ah k" + n +
                      "\" d=\"" + kHeads[static_cast<std::size_t>(l.side)] + "\"><title>" + limit_words(l) +
                      "</title></path>";
    if (l.is_mean) {
      out += "<text class=\"al\"" +
             std::string(names_.is_mean_right(l) ? " x=\"4\" y=\"-8\"" : " x=\"-4\" y=\"-8\" text-anchor=\"end\"") +
             ">" + say(Text::kMean) + "</text>";
    }
    out += "</g>";
    if (!l.is_hit) return out;
    return out + "<line class=\"ex\" data-curve=\"" + n + "\" data-d=\"" + coordinate(l.dose_gy, 3) + "\" data-v=\"" +
           coordinate(l.volume_percent, 3) + "\" data-d2=\"" + coordinate(l.value_gy, 3) + "\" data-v2=\"" +
           coordinate(l.value_percent, 3) + "\" x1=\"" + coordinate(x(l.dose_gy)) + "\" y1=\"" +
           coordinate(y(l.volume_percent)) + "\" x2=\"" + coordinate(x(std::min(l.value_gy, scale_.most_gy))) +
           "\" y2=\"" + coordinate(y(l.value_percent)) + "\"/>";
  }

  std::string near() const {
    constexpr double kNear = 0.55;  // Gy
    std::string out;
    for (const Limit& l : limits_) {
      if (std::abs(l.dose_gy - read_at_) >= kNear) continue;
      out += std::string("<li") + (l.is_hit ? " class=\"hit\"" : "") + ">" + limit_words(l) + "</li>";
    }
    return out.empty() ? "<li>" + say(Text::kNone) + "</li>" : out;
  }

  std::string without_curve() const {
    std::vector<std::string> names;
    for (const Structure& s : c_.structures) {
      const bool has_one = std::any_of(c_.structures.begin(), c_.structures.end(), [&](const Structure& other) {
        return other.role == s.role && !other.value.empty();
      });
      const bool is_named = s.plan > 0 || has_one;
      if (!is_named) names.push_back(name(s.role, 24));
    }
    return present::listing(names, c_.language);
  }

  // In thousandths of %, rounded to nearest, or down (-1) or up (1), so that bounds stay bounds.
  static std::string list(const std::vector<double>& values, int direction) {
    std::string out = "[";
    for (const double v : values) {
      const double scaled = v * 1000.0;
      const double whole = direction < 0 ? std::floor(scaled) : direction > 0 ? std::ceil(scaled) : std::round(scaled);
      if (out.size() > 1) out += ',';
      out += std::to_string(static_cast<long>(std::clamp(whole, 0.0, 100000.0)));
    }
    return out + "]";
  }

  std::string say(Text id, std::initializer_list<std::string> arguments = {}) const {
    return phrase(id, c_.language, arguments);
  }

  const Overlay& c_;
  const std::vector<Limit>& limits_;
  const ChartScale scale_;
  const double read_at_;
  const CurveNames names_;
};

}  // namespace

std::string line_style(const Overlay& overlay, std::size_t i) {
  const auto& all = overlay.structures;
  const Structure& self = all[i];
  const bool is_hit = std::any_of(overlay.limits.begin(), overlay.limits.end(),
                                  [&](const Limit& l) { return l.is_hit && l.structure == i; });
  if (is_hit) return self.plan == 0 ? "cw" : "tk2";
  if (is_covered(overlay, i)) return "dash";
  const bool is_like = std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i), [&](const Structure& s) {
    return !s.value.empty() && is_alike(readable_on(kLightPage, s.colour), readable_on(kLightPage, self.colour));
  });
  const bool is_alone = self.mark.empty();  // of several plans dashes say which
  return is_like && is_alone ? "like" : "";
}

std::string dose_volume_chart(const Overlay& overlay, const std::string& foot) {
  const Chart chart(overlay);
  if (chart.empty()) return "";
  const auto word = [&](Text id) { return phrase(id, overlay.language); };
  const std::string zoom = "<p class=\"zoom\" hidden><button type=\"button\" data-zoom=\"in\">" + word(Text::kZoomIn) +
                           "</button> <button type=\"button\" data-zoom=\"out\">" + word(Text::kZoomOut) +
                           "</button> <button type=\"button\" data-zoom=\"all\">" + word(Text::kZoomAll) +
                           "</button></p>";
  return "<div class=\"dv" + chart.layout() + "\"><div class=\"ch\">" + chart.svg() + zoom + "<p class=\"foot\">" +
         foot + std::string(present::sentence_gap(overlay.language)) + "<span class=\"use\">" + word(Text::kChartUse) +
         "</span></p></div><div class=\"ro\">" + chart.readings() + "</div></div>" + chart.data();
}

}  // namespace dosegate::html
