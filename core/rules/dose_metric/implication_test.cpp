#include "core/rules/dose_metric/implication.h"

#include <catch2/catch.hpp>

#include "core/rules/dose_metric/dose_metric.h"

namespace dosegate {

TEST_CASE("Implication is decided only where it is certain", "[lint]") {
  const auto statement = [](const std::string& metric, Comparator c, double limit) {
    DoseMetricRule rule;
    rule.metric = *parse_metric(metric);
    rule.limit = Limit{c, limit, 0.0};
    return *dvh_statement(rule, Dose::gy(45));
  };
  using enum Comparator;
  CHECK(implies(statement("Max[Gy]", kLess, 20), statement("V20Gy[%]", kLess, 5)));
  // At most 20 Gy everywhere may mean 20 Gy everywhere.
  CHECK_FALSE(implies(statement("Max[Gy]", kLessOrEqual, 20), statement("V20Gy[%]", kLess, 5)));
  CHECK(implies(statement("Max[Gy]", kLessOrEqual, 20), statement("V21Gy[%]", kLess, 5)));
  CHECK_FALSE(implies(statement("V20Gy[cc]", kLess, 5), statement("V25Gy[%]", kLess, 50)));
  CHECK_FALSE(implies(statement("V20Gy[%]", kLess, 5), statement("V20Gy[%]", kLess, 5)));
  CHECK_FALSE(implies(statement("V20Gy[%]", kLessOrEqual, 5), statement("V25Gy[%]", kLess, 5)));
  CHECK(implies(statement("Min[Gy]", kGreaterOrEqual, 43), statement("V42Gy[%]", kGreaterOrEqual, 97)));
  CHECK_FALSE(implies(statement("V95%[%]", kGreaterOrEqual, 97), statement("V110%[%]", kLess, 3)));
  CHECK(implies(statement("CV20Gy[%]", kGreater, 60), statement("V20Gy[%]", kLess, 50)));
  CHECK_FALSE(contradict(statement("V95%[%]", kGreaterOrEqual, 97), statement("V110%[%]", kLess, 3)));
  CHECK(contradict(statement("Min[Gy]", kGreater, 30), statement("D50%[Gy]", kLess, 25)));
  DoseMetricRule mean;
  mean.metric = *parse_metric("Mean[Gy]");
  mean.limit = Limit{kLess, 24, 0};
  CHECK_FALSE(dvh_statement(mean, Dose::gy(45)));
}

}  // namespace dosegate
