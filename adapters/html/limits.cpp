#include "adapters/html/limits.h"

#include <charconv>
#include <string_view>

namespace dosegate::html {
namespace {

using present::Row;
using present::Status;

constexpr double kGyOfCgy = 0.01;

struct Amount {
  double value = 0.0;
  std::string_view unit;
};

// "45Gy" -> 45, Gy.
std::optional<Amount> amount_of(std::string_view text) {
  Amount a;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), a.value);
  if (error != std::errc()) return std::nullopt;
  a.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return a;
}

std::optional<double> gy(double value, std::string_view unit, double percent_of_gy) {
  if (unit == "Gy") return value;
  if (unit == "cGy") return value * kGyOfCgy;
  if (unit == "%" && percent_of_gy > 0.0) return value * percent_of_gy / 100.0;
  return std::nullopt;
}

std::optional<double> percent(double value, std::string_view unit, double volume_cc) {
  if (unit == "%") return value;
  if (unit == "cc" && volume_cc > 0.0) return 100.0 * value / volume_cc;
  return std::nullopt;
}

std::optional<Limit> place(const Context& context, const Row& row, const Structure& structure) {
  const v1::Finding& f = *row.finding;
  const bool is_upper = f.comparator() == v1::LT || f.comparator() == v1::LE;
  const std::string_view metric = std::string_view(f.metric()).substr(0, f.metric().find('['));
  const double of_gy = context.percent_of_gy(f.rule_id());
  Limit limit;
  limit.row = &row;
  limit.is_hit = row.status == Status::kBroken;
  if (metric.starts_with('V')) {
    const auto dose = amount_of(metric.substr(1));
    const auto at = dose ? gy(dose->value, dose->unit, of_gy) : std::nullopt;
    const auto volume = percent(f.limit(), f.unit(), structure.volume_cc);
    const auto value = percent(f.value(), f.unit(), structure.volume_cc);
    if (!at || !volume || !value) return std::nullopt;
    limit.dose_gy = limit.value_gy = *at;
    limit.volume_percent = *volume;
    limit.value_percent = *value;
    limit.side = is_upper ? Limit::Side::kDown : Limit::Side::kUp;
    return limit;
  }
  const auto dose = gy(f.limit(), f.unit(), of_gy), value = gy(f.value(), f.unit(), of_gy);
  if (!dose || !value) return std::nullopt;
  limit.dose_gy = *dose;
  limit.value_gy = *value;
  limit.side = is_upper ? Limit::Side::kLeft : Limit::Side::kRight;
  if (metric == "Mean") {
    limit.is_mean = true;
  } else if (metric.starts_with('D')) {
    const auto volume = amount_of(metric.substr(1));
    const auto at = volume ? percent(volume->value, volume->unit, structure.volume_cc) : std::nullopt;
    if (!at) return std::nullopt;
    limit.volume_percent = limit.value_percent = *at;
  } else if (metric == "Min") {
    limit.volume_percent = limit.value_percent = 100.0;
  } else if (metric == "Median") {
    limit.volume_percent = limit.value_percent = 50.0;
  } else if (metric != "Max") {
    return std::nullopt;
  }
  return limit;
}

}  // namespace

std::vector<Limit> limits_of(const Context& context) {
  std::vector<Limit> all;
  for (const Status status : {Status::kBroken, Status::kUndecided, Status::kNear, Status::kPassed}) {
    for (const Row& row : context.view.group(status).rows) {
      const v1::Finding& f = *row.finding;
      if (!f.has_value() || !f.has_limit() || f.metric().empty() || f.comparator() == v1::COMPARATOR_UNSPECIFIED)
        continue;
      for (std::size_t i = 0; i < context.structures.size(); ++i) {
        if (context.structures[i].role != f.structure()) continue;
        if (auto limit = place(context, row, context.structures[i])) {
          limit->structure = i;
          all.push_back(*limit);
        }
      }
    }
  }
  return all;
}

}  // namespace dosegate::html
