#include "core/doubts/contradictions.h"

#include <algorithm>

#include "core/record/contradictions.h"
#include "core/record/events.h"
#include "core/rules/on_record.h"

namespace dosegate {
namespace {

using Gravity = Contradiction::Gravity;

// True: the finding says it.
bool doubt_one(Finding& f, const Contradiction& c) {
  const bool impossible = c.gravity == Gravity::kImpossible;
  switch (f.status) {
    case FindingStatus::kPending:
      if (!impossible) return false;
      [[fallthrough]];
    case FindingStatus::kPass:
    case FindingStatus::kWarning:
      f.status = impossible ? FindingStatus::kNotEvaluable : FindingStatus::kWarning;
      f.hint = say<Said::kFindWrongFact>();
      if (impossible) {  // what was found is not known to be so
        f.message.clear();
        f.value = f.lower = f.upper = std::nullopt;
      }
      break;
    default:
      if (f.hint.empty()) f.hint = say<Said::kFindWrongFact>();
      break;
  }
  f.message += c.text;
  return true;
}

}  // namespace

void doubt(const Context& context, std::vector<Finding>& findings, std::vector<Prose>& notes) {
  const Subject& c = context.input();
  if (!c.record || c.options.scope == Scope::kPlan) return;
  auto all = contradictions_in(*c.record, drugs_of(context.protocol()), now(context));
  // What is impossible first: it clears what the finding said.
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.gravity > b.gravity; });
  const std::vector<Rule>& rules = context.protocol().rules;
  std::vector<bool> said(all.size(), false);
  constexpr std::size_t kMostSaid = 8;  // in one finding, as in a tally, and in the notes
  for (std::size_t r = 0; r < rules.size(); ++r) {
    const std::set<Topic> topics = rules[r].kind->needs().topics;
    std::size_t count = 0;
    for (std::size_t i = 0; i < all.size() && count < kMostSaid; ++i) {
      const bool touched =
          std::any_of(all[i].topics.begin(), all[i].topics.end(), [&](Topic t) { return topics.count(t) > 0; });
      if (!touched) continue;
      const bool cleared = count > 0 && findings[r].status == FindingStatus::kNotEvaluable;
      if (cleared) {
        findings[r].message += all[i].text;
        said[i] = true;
      } else {
        said[i] = doubt_one(findings[r], all[i]) || said[i];
      }
      ++count;
    }
  }
  std::size_t noted = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!said[i] && noted++ < kMostSaid) notes.push_back(say<Said::kInTheRecord>(all[i].text));
  }
}

}  // namespace dosegate
