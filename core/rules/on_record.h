// What every rule on the clinical record asks first: is there one, and which day is it?
#pragma once

#include <optional>
#include <set>
#include <string>

#include "core/context/context.h"
#include "core/report/report.h"

namespace dosegate {

// The finding of a rule that needs the clinical record where there is none: PENDING where the plan alone is checked
// (Scope::kPlan), else NOT_EVALUABLE. None: there is a record, and it is asked for.
std::optional<Finding> no_record(const Context& context);

// The day on which the case is looked at: as_of where the caller states it, else the latest day of which the record
// tells. None: neither. Never the machine's clock.
std::optional<Day> now(const Context& context);

// That day is earlier than `day`. False where it is not known: what is missing is then missing.
bool is_before(const Context& context, Day day);

// The drugs of the protocol's therapy, in lower case.
std::set<std::string> drugs_of(const Protocol& protocol);

// A finding without a value.
Finding finding(FindingStatus status, Prose message, Prose hint = {});

}  // namespace dosegate
