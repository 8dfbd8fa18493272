// What every rule on the clinical record asks first: whether there is a record, and which day it is.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "core/context/context.h"
#include "core/report/report.h"

namespace dosegate {

// The finding of a rule that needs the clinical record and cannot have it: PENDING where the plan alone is checked
// (Scope::kPlan), NOT_EVALUABLE where there is no record. None where there is a record and it is asked for.
std::optional<Finding> no_record(const Context& context);

// The day on which the case is looked at: as_of where the caller states it, else the latest day of which the record
// tells, else none. It is never taken from the machine's clock.
std::optional<Day> now(const Context& context);

// Whether that day is earlier than `day`. False where it is not known, so that what is missing counts as missing, not
// as still to come.
bool is_before(const Context& context, Day day);

// The drugs of the protocol's therapy, in lower case.
std::set<std::string> drugs_of(const Protocol& protocol);

// A finding without a value.
Finding finding(FindingStatus status, Prose message, Prose hint = {});

}  // namespace dosegate
