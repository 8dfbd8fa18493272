#include "core/rules/on_record.h"

#include "core/record/events.h"

namespace dosegate {

Finding finding(FindingStatus status, Prose message, Prose hint) {
  Finding f;
  f.status = status;
  f.message = std::move(message);
  f.hint = std::move(hint);
  return f;
}

std::optional<Finding> no_record(const Context& context) {
  const Subject& c = context.input();
  if (c.options.scope == Scope::kPlan) {
    return finding(FindingStatus::kPending, say<Said::kNotAskedFor>());
  }
  if (c.record) return {};
  return finding(FindingStatus::kNotEvaluable, say<Said::kNoRecord>(), say<Said::kGiveRecord>());
}

std::optional<Day> now(const Context& context) {
  const Subject& c = context.input();
  if (c.options.as_of) return c.options.as_of;
  return c.record ? latest_event(*c.record) : std::nullopt;
}

bool is_before(const Context& context, Day day) {
  const std::optional<Day> today = now(context);
  return today && *today < day;
}

std::set<std::string> drugs_of(const Protocol& protocol) {
  std::set<std::string> drugs;
  const auto add = [&](const std::string& drug) {
    if (!drug.empty()) drugs.insert(drug_name(drug));
  };
  if (protocol.fractionation) add(protocol.fractionation->infusion_drug);
  for (const Rule& rule : protocol.rules) {
    for (const std::string& drug : rule.kind->needs().drugs) add(drug);
  }
  return drugs;
}

}  // namespace dosegate
