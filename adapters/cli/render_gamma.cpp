#include "adapters/cli/render_gamma.h"

#include <algorithm>

#include "adapters/cli/number.h"
#include "adapters/cli/render_csv.h"
#include "adapters/cli/words.h"

namespace dosegate::cli {
namespace {

using Align = Table::Align;

// AAPM TG-218's universal limits of the pass rate.
constexpr double kTolerance = 95.0, kAction = 90.0;

// With as many decimals as it takes to show on which side of a limit it is, and that it is not all.
std::string percent(const dosegate::v1::GammaRate& rate) {
  const auto shown = [](double value) {
    int decimals = 2;
    const auto hides = [&](double limit) { return value != limit && fixed(value, decimals) == fixed(limit, decimals); };
    while (decimals < 6 && (hides(kTolerance) || hides(kAction) || hides(100.0) || hides(0.0))) ++decimals;
    return fixed(value, decimals);
  };
  std::string out = with_unit(shown(rate.value()), "%");
  if (shown(rate.lower()) != shown(rate.upper()))
    out += " (" + shown(rate.lower()) + " to " + shown(rate.upper()) + " %)";
  return out;
}

// Against TG-218's limits, as far as the bounds decide it.
std::string side_of_limits(const dosegate::v1::GammaRate& rate) {
  if (rate.lower() >= kTolerance) return "within the tolerance limit of 95 %";
  if (rate.upper() < kAction) return "below the action limit of 90 %";
  if (rate.upper() < kTolerance && rate.lower() >= kAction)
    return "below the tolerance limit of 95 %, above the action limit of 90 %";
  return rate.upper() < kTolerance
             ? "below the tolerance limit of 95 %; on which side of the action limit of 90 % is not proven"
         : rate.lower() >= kAction
             ? "above the action limit of 90 %; on which side of the tolerance limit of 95 % is not proven"
             : "on which side of its limits, 95 % and 90 %, is not proven";
}

std::string criteria_text(const dosegate::v1::GammaCriteria& c) {
  using Normalisation = dosegate::v1::GammaNormalisation;
  std::string of;
  switch (c.normalisation()) {
    case Normalisation::PRESCRIPTION:
      of = "global, of the prescription";
      break;
    case Normalisation::DOSE:
      of = "global, of the dose given";
      break;
    case Normalisation::LOCAL:
      of = "local";
      break;
    default:
      of = "global, of the reference's maximum";
      break;
  }
  std::string out = shortest(c.dose_percent()) + " %/" + shortest(c.distance_mm()) + " mm " + of;
  if (c.has_normalisation_gy() && c.normalisation() != Normalisation::LOCAL) {
    out += ", " + with_unit(fixed(c.normalisation_gy(), 3), "Gy") + ": " +
           with_unit(fixed(c.dose_difference_gy(), 3), "Gy");
  }
  out += "; low-dose cut " + shortest(c.cutoff_percent()) + " %";
  if (c.has_cutoff_gy()) out += ", " + with_unit(fixed(c.cutoff_gy(), 3), "Gy");
  const bool simplex = c.interpolation() == dosegate::v1::GammaInterpolation::SIMPLEX;
  return out + "; evaluated dose interpolated " + (simplex ? "in tetrahedra" : "trilinearly");
}

// As the options of `dosegate gamma` say them; of local criteria and of doses that were not compared the Gy are empty.
std::vector<std::string> criteria_fields(const dosegate::v1::GammaCriteria& c) {
  using Normalisation = dosegate::v1::GammaNormalisation;
  const auto is = [&](Normalisation::Of of) { return c.normalisation() == of; };
  const bool is_global = !is(Normalisation::LOCAL);
  return {shortest(c.dose_percent()),
          shortest(c.distance_mm()),
          is(Normalisation::PRESCRIPTION) ? "prescription"
          : is(Normalisation::DOSE)       ? "dose"
          : is_global                     ? "maximum"
                                          : "local",
          is_global && c.has_normalisation_gy() ? shortest(c.normalisation_gy()) : "",
          shortest(c.cutoff_percent()),
          c.interpolation() == dosegate::v1::GammaInterpolation::SIMPLEX ? "simplex" : "trilinear"};
}

template <typename Part>
std::vector<std::string> counts_of(const std::string& name, const Part& p) {
  return {name,
          p.has_pass_rate_percent() ? percent(p.pass_rate_percent()) : "-",
          std::to_string(p.compared()),
          p.has_failing() ? std::to_string(p.failing()) : "",
          p.has_failing_volume_cc() ? with_unit(fixed(p.failing_volume_cc().value()), "cc") : "",
          std::to_string(p.left_out().below_cutoff()),
          std::to_string(p.left_out().outside()),
          std::to_string(p.left_out().roi())};
}

// "..####": how many of the points, on a line of so many columns at most.
std::string bar(std::int32_t count, std::int32_t most) {
  constexpr std::int64_t kBarColumns = 40;
  if (most <= 0 || count <= 0) return {};
  return std::string(static_cast<std::size_t>(std::max<std::int64_t>(1, count * kBarColumns / most)), '#');
}

void histogram(Page& page, const dosegate::v1::GammaHistogram& h) {
  if (h.counts().empty()) return;
  // Bins of the answer joined in fours.
  constexpr int kJoined = 4;
  std::vector<std::int32_t> counts;
  for (int i = 0; i < h.counts_size(); ++i) {
    if (i % kJoined == 0) counts.push_back(0);
    counts.back() += h.counts(i);
  }
  while (counts.size() > 5 && counts.back() == 0) counts.pop_back();
  const std::int32_t most = *std::max_element(counts.begin(), counts.end());
  Table table({{"Gamma", Align::kRight}, {"Points", Align::kRight}, {""}});
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double from = static_cast<double>(i) * kJoined * h.bin();
    const bool is_last = (i + 1) * kJoined > static_cast<std::size_t>(h.counts_size());
    table.add({is_last ? fixed(from, 1) + " and more" : fixed(from, 1) + " to " + fixed(from + kJoined * h.bin(), 1),
               std::to_string(counts[i]), bar(counts[i], most)});
  }
  page.blank();
  page.heading("Histogram");
  page.table(table);
}

void maximum(Page& page, const dosegate::v1::GammaReport& r) {
  if (!r.has_gamma_maximum()) return;
  const auto& m = r.gamma_maximum();
  dosegate::v1::Location place;
  place.set_x_mm(m.location().x_mm());
  place.set_y_mm(m.location().y_mm());
  place.set_z_mm(m.location().z_mm());
  const auto number = [](double value, double lower, double upper) {
    return fixed(value, 4) + " (" + fixed(lower, 4) + " to " + fixed(upper, 4) + ")";
  };
  page.paragraph("Mean gamma " + number(r.gamma_mean(), r.gamma_mean_lower(), r.gamma_mean_upper()) + ", largest " +
                     number(m.value(), m.lower(), m.upper()) + " at " + location_text(place) + ".",
                 2, 2);
}

}  // namespace

std::string render_gamma(const dosegate::v1::GammaReport& report, const GammaNames& names, Style style) {
  Page page(style);
  const bool answered = report.problem().empty();
  if (answered) {
    page.heading("Gamma pass rate " + percent(report.pass_rate_percent()));
  } else {
    page.marked("NOT EVALUABLE", Tone::kBad, report.problem());
    if (!report.hint().empty()) page.paragraph("What to do: " + report.hint(), 2, 2);
  }
  page.paragraph("Reference  " + names.reference, 2, 13);
  page.paragraph("Evaluated  " + names.evaluated, 2, 13);
  page.paragraph("Criteria   " + criteria_text(report.criteria()), 2, 13);
  if (answered) {
    page.paragraph("TG-218     " + side_of_limits(report.pass_rate_percent()) +
                       " (universal limits are meant for 3 %/2 mm, global, cut 10 %)",
                   2, 13);
  }
  maximum(page, report);
  if (report.has_left_out()) {
    page.blank();
    Table table({{"Where"},
                 {"Pass rate", Align::kRight},
                 {"Compared", Align::kRight},
                 {"Failing", Align::kRight},
                 {"Volume", Align::kRight},
                 {"Left out: below the cut", Align::kRight},
                 {"outside", Align::kRight},
                 {"not in the ROI", Align::kRight}});
    table.add(counts_of(report.rois().empty() ? "all points" : "any of the ROIs", report));
    for (const auto& roi : report.rois()) table.add(counts_of(roi.name(), roi));
    page.table(table);
  }
  if (report.has_histogram()) histogram(page, report.histogram());
  if (!report.notes().empty()) page.blank();
  for (const std::string& note : report.notes()) page.paragraph("- " + note, 2, 4);
  return page.text();
}

std::string render_gamma_csv(const dosegate::v1::GammaReport& report) {
  std::string out =
      "roi,pass_rate_percent,pass_rate_lower,pass_rate_upper,compared,below_cutoff,outside,not_in_roi,failing,"
      "failing_cc,gamma_mean,gamma_maximum,gamma_maximum_lower,gamma_maximum_upper,x_mm,y_mm,z_mm,problem,"
      "gamma_mean_lower,gamma_mean_upper,failing_cc_lower,failing_cc_upper,dose_percent,distance_mm,normalisation,"
      "normalisation_gy,cutoff_percent,interpolation\r\n";
  const std::vector<std::string> criteria = criteria_fields(report.criteria());
  const auto add = [&](const std::string& name, const auto& p, const std::string& problem) {
    std::vector<std::string> f = {csv_text(name)};
    const auto rate = p.pass_rate_percent();
    for (const double v : {rate.value(), rate.lower(), rate.upper()}) {
      f.push_back(p.has_pass_rate_percent() ? shortest(v) : "");
    }
    for (const auto n : {p.compared(), p.left_out().below_cutoff(), p.left_out().outside(), p.left_out().roi()}) {
      f.push_back(std::to_string(n));
    }
    f.push_back(p.has_failing() ? std::to_string(p.failing()) : "");
    f.push_back(p.has_failing_volume_cc() ? shortest(p.failing_volume_cc().value()) : "");
    f.push_back(p.has_gamma_mean() ? shortest(p.gamma_mean()) : "");
    const auto& m = p.gamma_maximum();
    for (const double v :
         {m.value(), m.lower(), m.upper(), m.location().x_mm(), m.location().y_mm(), m.location().z_mm()}) {
      f.push_back(p.has_gamma_maximum() ? shortest(v) : "");
    }
    f.push_back(csv_text(problem));
    f.push_back(p.has_gamma_mean_lower() ? shortest(p.gamma_mean_lower()) : "");
    f.push_back(p.has_gamma_mean_upper() ? shortest(p.gamma_mean_upper()) : "");
    for (const double v : {p.failing_volume_cc().lower(), p.failing_volume_cc().upper()}) {
      f.push_back(p.has_failing_volume_cc() ? shortest(v) : "");
    }
    f.insert(f.end(), criteria.begin(), criteria.end());
    for (std::size_t i = 0; i < f.size(); ++i) out += (i == 0 ? "" : ",") + f[i];
    out += "\r\n";
  };
  add("", report, report.problem());
  for (const auto& roi : report.rois()) add(roi.name(), roi, "");
  return out;
}

}  // namespace dosegate::cli
