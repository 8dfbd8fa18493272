// What a measurement says of the plan: how many points pass and how many were compared, the histogram of gamma, and a
// map of it through its largest value.
#include <algorithm>
#include <array>
#include <cmath>

#include "adapters/html/picture.h"
#include "adapters/html/sections.h"
#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/words.h"

namespace dosegate::html {
namespace {

using present::Text;

class Measurement {
 public:
  Measurement(const Context& context, const GammaEvidence& gamma) : c_(context), g_(gamma), r_(gamma.report) {}

  std::string run() const {
    const std::string drawn = histogram(), seen = map();
    return section("gamma", c_.say(Text::kMeasurement), "<p>" + c_.say(Text::kMeasurementNote) + "</p>",
                   facts() + "<div class=\"gm\">" + drawn + seen + "</div>");
  }

 private:
  std::string amount(double value, const char* unit, int decimals = present::kDecimals) const {
    return typeset(present::fixed(value, decimals) + " " + unit);
  }
  std::string plain(double value, const char* unit) const { return typeset(present::shortest(value) + " " + unit); }

  // Behind a number: its bounds, where they differ as they are written.
  std::string proven(double value, double lower, double upper) const {
    const std::string bounds = present::interval_text(value, lower, upper, c_.language());
    return bounds.empty() ? "" : " (" + c_.say(Text::kLabelled, {c_.say(Text::kProvenBetween), escaped(bounds)}) + ")";
  }

  std::string pass_rate() const {
    const auto& rate = r_.pass_rate_percent();
    std::string out = "<b>" + amount(rate.value(), "%") + "</b>";
    out += proven(rate.value(), rate.lower(), rate.upper());
    for (const present::Group& group : c_.view.groups) {
      for (const present::Row& row : group.rows) {
        if (row.finding->rule_id() == g_.rule_id && !row.limit.empty())
          out += " <span class=\"mu\">" + typeset(row.limit) + " " + name(row.rule) + "</span>";
      }
    }
    return out;
  }

  std::string criteria() const {
    const auto& k = r_.criteria();
    const std::string dose = plain(k.dose_percent(), "%"), distance = plain(k.distance_mm(), "mm");
    return k.normalisation() == v1::GammaNormalisation::LOCAL
               ? c_.say(Text::kGammaLocal, {dose, distance})
               : c_.say(Text::kGammaGlobal, {dose, amount(k.normalisation_gy(), "Gy"), distance});
  }

  // Each reason with its count, or that there is none.
  std::string left_out() const {
    std::vector<std::string> parts;
    const auto& k = r_.criteria();
    const auto& left = r_.left_out();
    if (left.below_cutoff() > 0) {
      parts.push_back(c_.say(Text::kGammaBelow, {present::grouped(left.below_cutoff()), amount(k.cutoff_gy(), "Gy")}));
    }
    if (left.outside() > 0) parts.push_back(c_.say(Text::kGammaOutside, {present::grouped(left.outside())}));
    return parts.empty() ? c_.say(Text::kNone) : present::listing(parts, c_.language());
  }

  std::string largest() const {
    const auto& most = r_.gamma_maximum();
    v1::Location at;
    at.set_x_mm(most.location().x_mm());
    at.set_y_mm(most.location().y_mm());
    at.set_z_mm(most.location().z_mm());
    return c_.say(Text::kLabelled,
                  {"<b>" + present::fixed(most.value()) + "</b>", typeset(present::location_text(at, c_.language()))});
  }

  std::string facts() const {
    std::string out = "<dl class=\"how\">";
    const auto add = [&](Text title, const std::string& what) {
      out += "<dt>" + c_.say(title) + "</dt><dd>" + what + "</dd>";
    };
    add(Text::kGammaPassRate, pass_rate());
    add(Text::kGammaCriteria, criteria());
    add(Text::kGammaCompared,
        c_.say(Text::kGammaPoints, {present::grouped(r_.compared()), present::grouped(r_.failing())}) +
            (r_.has_failing_volume_cc() ? " (" + amount(r_.failing_volume_cc().value(), "cc") + ")" : ""));
    add(Text::kGammaLeftOut, left_out());
    if (r_.has_gamma_mean()) {
      add(Text::kGammaMean,
          present::fixed(r_.gamma_mean()) + proven(r_.gamma_mean(), r_.gamma_mean_lower(), r_.gamma_mean_upper()));
    }
    if (r_.has_gamma_maximum()) add(Text::kGammaLargest, largest());
    return out + "</dl>";
  }

  // Bars of a tenth of gamma to 2; the last one has all above.
  std::string histogram() const {
    constexpr double kBar = 0.1, kMost = 2.0, kWidth = 420, kLeft = 40, kBase = 180, kTop = 12;
    constexpr std::size_t kBars = 21;
    const auto& h = r_.histogram();
    if (h.counts().empty() || !(h.bin() > 0.0) || r_.compared() <= 0) return "";
    std::array<double, kBars> percent{};
    for (int i = 0; i < h.counts_size(); ++i) {
      const double from = (static_cast<double>(i) + 0.5) * h.bin();  // its middle, so that rounding plays no part
      const std::size_t bar = std::min(static_cast<std::size_t>(from / kBar), kBars - 1);
      percent[bar] += 100.0 * h.counts(i) / r_.compared();
    }
    const double most = *std::max_element(percent.begin(), percent.end());
    const double top = most > 50 ? 100 : most > 20 ? 50 : most > 10 ? 20 : 10;
    const double step = (kWidth - kLeft - 8) / kBars;
    const auto y = [&](double p) { return kBase - (kBase - kTop) * p / top; };
    std::string out = "<figure><svg class=\"gh\" viewBox=\"0 0 420 220\" role=\"img\" aria-label=\"" +
                      c_.say(Text::kGammaHistogram) + "\">";
    for (const double p : {0.0, top / 2, top}) {
      out += "<line class=\"gl\" x1=\"" + coordinate(kLeft) + "\" x2=\"" + coordinate(kWidth) + "\" y1=\"" +
             coordinate(y(p)) + "\" y2=\"" + coordinate(y(p)) + "\"/><text x=\"34\" y=\"" + coordinate(y(p) + 4) +
             "\" text-anchor=\"end\">" + coordinate(p) + "</text>";
    }
    for (std::size_t i = 0; i < kBars; ++i) {
      if (percent[i] <= 0.0) continue;
      const double height = std::max(1.0, kBase - y(percent[i]));  // what there is, is seen
      const bool fails = static_cast<double>(i) * kBar >= 1.0 - 1e-9;
      const std::string from = present::fixed(static_cast<double>(i) * kBar, 1),
                        to = present::fixed(static_cast<double>(i + 1) * kBar, 1);
      out +=
          std::string("<rect class=\"") + (fails ? "x" : "b") + "\" x=\"" +
          coordinate(kLeft + step * static_cast<double>(i) + 1) + "\" y=\"" + coordinate(kBase - height) +
          "\" width=\"" + coordinate(step - 2) + "\" height=\"" + coordinate(height) + "\"><title>" +
          c_.say(Text::kLabelled, {i + 1 == kBars ? c_.say(Text::kGammaAndMore, {from}) : c_.say(Text::kTo, {from, to}),
                                   present::fixed(percent[i]) + " %"}) +
          "</title></rect>";
    }
    for (const double gamma : {0.0, 0.5, 1.0, 1.5, kMost}) {
      const double x = kLeft + step * gamma / kBar;
      out += "<text x=\"" + coordinate(x) + "\" y=\"196\" text-anchor=\"middle\">" + coordinate(gamma) + "</text>";
    }
    const double limit = kLeft + step * 1.0 / kBar;
    out += "<line class=\"lim\" x1=\"" + coordinate(limit) + "\" x2=\"" + coordinate(limit) +
           "\" y1=\"12\" y2=\"180\"/><text x=\"420\" y=\"214\" text-anchor=\"end\">" + c_.say(Text::kGammaAxis) +
           "</text></svg><figcaption class=\"foot\">" + c_.say(Text::kSentence, {c_.say(Text::kGammaHistogram)}) +
           "</figcaption></figure>";
    return out;
  }

  std::string map() const {
    if (g_.plane.size() != g_.columns * g_.rows || g_.plane.empty()) return "";
    constexpr double kBlack = 0, kLeast = 40, kMost = 235, kWhite = 2.0;  // greys of nothing, of 0, and of 2 and more
    std::vector<std::uint8_t> grey;
    grey.reserve(g_.plane.size());
    std::string fails;
    for (std::size_t r = 0; r < g_.rows; ++r) {
      for (std::size_t k = 0; k < g_.columns; ++k) {
        const double gamma = static_cast<double>(g_.plane[r * g_.columns + k]);
        const double part = std::clamp(gamma / kWhite, 0.0, 1.0);
        grey.push_back(static_cast<std::uint8_t>(std::isnan(gamma) ? kBlack : kLeast + part * (kMost - kLeast)));
      }
      // Runs of what fails.
      for (std::size_t k = 0; k < g_.columns;) {
        std::size_t end = k;
        while (end < g_.columns && g_.plane[r * g_.columns + end] > 1.0F) ++end;
        if (end > k) {
          fails += "M" + coordinate(g_.x_mm + (static_cast<double>(k) - 0.5) * g_.dx_mm) + "," +
                   coordinate(g_.y_mm + (static_cast<double>(r) - 0.5) * g_.dy_mm) + "h" +
                   coordinate(static_cast<double>(end - k) * g_.dx_mm) + "v" + coordinate(g_.dy_mm) + "h" +
                   coordinate(-static_cast<double>(end - k) * g_.dx_mm) + "z";
        }
        k = std::max(end, k + 1);
      }
    }
    const double width = static_cast<double>(g_.columns) * g_.dx_mm, height = static_cast<double>(g_.rows) * g_.dy_mm;
    const double u0 = g_.x_mm - g_.dx_mm / 2, v0 = g_.y_mm - g_.dy_mm / 2, pixel = width / 360.0;
    const auto& at = r_.gamma_maximum().location();
    const std::string url = png_url(grey, g_.columns, g_.rows);
    const auto text = [&](double u, double v, const char* anchor, const std::string& what) {
      return "<text x=\"" + coordinate(u) + "\" y=\"" + coordinate(v) + "\" text-anchor=\"" + anchor + "\">" + what +
             "</text>";
    };
    const double u = at.x_mm(), v = at.y_mm(), arm = 6 * pixel;
    return "<figure><svg class=\"slc gmap\" viewBox=\"" + coordinate(u0) + " " + coordinate(v0) + " " +
           coordinate(width) + " " + coordinate(height) + "\" font-size=\"" + coordinate(12 * pixel, 2) +
           "\" role=\"img\" aria-label=\"" + c_.say(Text::kGammaMap) + "\"><image href=\"" + url + "\" x=\"" +
           coordinate(u0) + "\" y=\"" + coordinate(v0) + "\" width=\"" + coordinate(width) + "\" height=\"" +
           coordinate(height) + "\" preserveAspectRatio=\"none\"/><path class=\"wr\" d=\"" + fails +
           "\"/><path class=\"pt\" d=\"M" + coordinate(u - arm, 2) + "," + coordinate(v, 2) + "h" +
           coordinate(2 * arm, 2) + "M" + coordinate(u, 2) + "," + coordinate(v - arm, 2) + "v" +
           coordinate(2 * arm, 2) + "\"/>" +
           text(u0 + 6 * pixel, v0 + 15 * pixel, "start",
                c_.say(Text::kAxial, {signed_number(present::fixed(g_.z_mm, 1))})) +
           text(u0 + 6 * pixel, v0 + height / 2, "start", "R") +
           text(u0 + width - 6 * pixel, v0 + height / 2, "end", "L") +
           text(u0 + width / 2, v0 + 30 * pixel, "middle", "A") +
           text(u0 + width / 2, v0 + height - 7 * pixel, "middle", "P") + "</svg><figcaption class=\"foot\">" +
           c_.say(Text::kSentence, {c_.say(Text::kGammaMap)}) + std::string(present::sentence_gap(c_.language())) +
           c_.say(Text::kGammaMapNote) + "</figcaption></figure>";
  }

  const Context& c_;
  const GammaEvidence& g_;
  const v1::GammaReport& r_;
};

}  // namespace

std::string measurement(const Context& c) { return c.evidence.gamma ? Measurement(c, *c.evidence.gamma).run() : ""; }

}  // namespace dosegate::html
