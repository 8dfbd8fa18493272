#include "core/rules/staging.h"

namespace dosegate {

Message text_of(const Staging& s) {
  const auto digit = [](const auto& v) { return v ? std::to_string(static_cast<int>(*v) - 1) : std::string("?"); };
  const std::string vp = "Vp" + digit(s.vp), vv = "Vv" + digit(s.vv);
  return s.date ? say<Said::kStagingOf>(vp, vv, *s.date) : say<Said::kStagingUndated>(vp, vv);
}

const Staging* baseline(const Record& record) {
  const std::optional<Day> enrolled = record.eligibility ? record.eligibility->date : std::nullopt;
  const Staging *first = nullptr, *at_enrolment = nullptr;
  for (const Staging& s : record.staging) {
    if (first == nullptr || s.date < first->date) first = &s;  // none is less than any day
    if (!s.date || !enrolled || *s.date > *enrolled) continue;
    if (at_enrolment == nullptr || *s.date > *at_enrolment->date) at_enrolment = &s;
  }
  return first != nullptr && first->date && at_enrolment != nullptr ? at_enrolment : first;
}

const Staging* latest_staging(const Record& record) {
  const Staging* last = nullptr;
  for (const Staging& s : record.staging) {
    if (last == nullptr || s.date >= last->date) last = &s;
  }
  return last;
}

}  // namespace dosegate
