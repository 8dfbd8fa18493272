#include "adapters/cli/render_csv.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "adapters/cli/display.h"
#include "adapters/cli/number.h"

namespace dosegate::cli {
namespace {

constexpr std::array<const char*, 9> kColumns = {"roi",   "roi_number", "roi_volume_cc", "metric", "value",
                                                 "lower", "upper",      "unit",          "problem"};
constexpr std::array<const char*, 5> kCurveColumns = {"dose_gy", "volume_cc", "volume_percent", "volume_lower_cc",
                                                      "volume_upper_cc"};

// Full-width = + - @ in UTF-8.
constexpr std::array<std::string_view, 8> kFormulaStarts = {
    "=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

class Rows {
 public:
  explicit Rows(std::size_t columns) : columns_(columns) {}

  void add(std::vector<std::string> fields) {
    fields.resize(columns_);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) text_ += ',';
      text_ += fields[i];
    }
    text_ += "\r\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::size_t columns_;
  std::string text_;
};

}  // namespace

std::string csv_text(std::string_view text) {
  std::string safe = printable(text);
  const std::string_view begins = std::string_view(safe).substr(std::min(safe.find_first_not_of(' '), safe.size()));
  const bool is_formula = std::any_of(kFormulaStarts.begin(), kFormulaStarts.end(),
                                      [&](std::string_view start) { return begins.substr(0, start.size()) == start; });
  if (is_formula) safe.insert(0, 1, '\'');
  if (safe.find_first_of(",\"") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string render_csv(const dosegate::v1::DvhReport& report, CsvCurve curve) {
  const bool with_curve = curve == CsvCurve::kInclude;
  Rows rows(kColumns.size() + (with_curve ? kCurveColumns.size() : 0));
  std::vector<std::string> header(kColumns.begin(), kColumns.end());
  if (with_curve) header.insert(header.end(), kCurveColumns.begin(), kCurveColumns.end());
  rows.add(header);
  for (const auto& roi : report.rois()) {
    const std::vector<std::string> start = {csv_text(roi.name()), std::to_string(roi.roi_number()),
                                            roi.has_volume_cc() ? shortest(roi.volume_cc()) : ""};
    const auto add = [&](std::vector<std::string> rest) {
      std::vector<std::string> fields = start;
      std::move(rest.begin(), rest.end(), std::back_inserter(fields));
      rows.add(std::move(fields));
    };
    if (!roi.problem().empty()) add({"", "", "", "", "", csv_text(roi.problem())});
    for (const auto& m : roi.metrics()) {
      add({csv_text(m.metric()), m.has_value() ? shortest(m.value()) : "", m.has_lower() ? shortest(m.lower()) : "",
           m.has_upper() ? shortest(m.upper()) : "", csv_text(m.unit()), csv_text(m.problem())});
    }
    if (!with_curve || !roi.has_curve()) continue;
    for (int i = 0; i < roi.curve().volume_cc_size(); ++i) {
      const double cc = roi.curve().volume_cc(i);
      // Bins are tenths of a Gy: i * 0.1 would show what binary fractions do to them.
      add({"", "", "", "", "", "", fixed(i * roi.curve().bin_gy(), 3), shortest(cc),
           roi.volume_cc() > 0.0 ? shortest(100.0 * cc / roi.volume_cc()) : "",
           i < roi.curve().lower_cc_size() ? shortest(roi.curve().lower_cc(i)) : "",
           i < roi.curve().upper_cc_size() ? shortest(roi.curve().upper_cc(i)) : ""});
    }
  }
  return rows.text();
}

}  // namespace dosegate::cli
