#include "core/rules/tally.h"

#include "core/rules/on_record.h"

namespace dosegate {
namespace {

constexpr std::size_t kShown = 8;

Prose text_of(const std::vector<Prose>& sentences) {
  Prose text;
  for (std::size_t i = 0; i < sentences.size() && i < kShown; ++i) text += sentences[i];
  if (sentences.size() > kShown) text += say<Said::kAndMoreOfTheKind>(sentences.size() - kShown);
  return text;
}

Prose joined(Prose a, Prose b) {
  a += std::move(b);
  return a;
}

}  // namespace

Finding Tally::finding(const Prose& summary, const Prose& mend, const Prose& supply) const {
  if (!deviations_.empty()) {
    return dosegate::finding(FindingStatus::kDeviation, joined(text_of(deviations_), text_of(missing_)), mend);
  }
  if (!missing_.empty()) return dosegate::finding(FindingStatus::kNotEvaluable, text_of(missing_), supply);
  if (!warnings_.empty()) {
    return dosegate::finding(FindingStatus::kWarning, joined(text_of(warnings_), text_of(pending_)), mend);
  }
  if (met_ == 0) {
    // Nothing was looked at: never a pass.
    if (pending_.empty())
      return dosegate::finding(FindingStatus::kNotEvaluable, say<Said::kRecordHoldsNothing>(), supply);
    return dosegate::finding(FindingStatus::kPending, text_of(pending_));
  }
  return dosegate::finding(FindingStatus::kPass, joined(summary, text_of(pending_)));
}

std::string enumerated(const std::vector<std::string>& items) {
  std::string text;
  const std::size_t count = std::min(items.size(), kShown);
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count && items.size() <= kShown;
    text += (i == 0 ? "" : last ? " and " : ", ") + items[i];
  }
  if (items.size() > kShown) text += " and " + std::to_string(items.size() - kShown) + " more";
  return text;
}

}  // namespace dosegate
