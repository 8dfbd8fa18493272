#include "plugin/statistics.h"

#include "core/statistics/binomial.h"
#include "plugin/call.h"

namespace dosegate::plugin {
namespace {

dosegate_status interval(std::uint64_t successes, std::uint64_t n, double level, double* lower, double* upper,
                         dosegate_error** error) {
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (lower == nullptr) return null_argument("lower");
    if (upper == nullptr) return null_argument("upper");
    const Result<ProportionInterval> found = dosegate::clopper_pearson(successes, n, level);
    if (!found) return found.error();
    *lower = found->lower;
    *upper = found->upper;
    return ok();
  });
}

dosegate_status size(double p0, double p1, double alpha, double power, std::uint64_t* least, std::uint64_t* most,
                     std::uint64_t* reject_from, dosegate_error** error) {
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (least == nullptr) return null_argument("least");
    if (most == nullptr) return null_argument("most");
    if (reject_from == nullptr) return null_argument("reject_from");
    const Result<SampleSize> found = exact_sample_size(p0, p1, alpha, power);
    if (!found) return found.error();
    *least = found->least;
    *most = found->most;
    *reject_from = found->reject_from;
    return ok();
  });
}

}  // namespace

constexpr dosegate_statistics kStatistics = {sizeof(dosegate_statistics), 0, interval, size};

}  // namespace dosegate::plugin
