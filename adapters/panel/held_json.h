// What pages are told of a held plan: the list's entry, and the findings of its reports.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>

#include "adapters/panel/held_plans.h"

namespace dosegate::panel {

// A line of `dosegate gate list --json`. Throws std::exception where it is none.
HeldPlan read_held(std::string_view line);

struct HeldContext {
  const std::filesystem::path& queue;
  present::Language language = present::Language::kEnglish;
  Identifiers identifiers = Identifiers::kHidden;
  const DecideAs& decide_as;
};

// With the reasons that may be shown, what goes on by itself, and the commands that decide. Without identifiers a
// reason of a missing record or a failure, which may name the patient's file, is left out.
boost::json::object entry_json(const HeldPlan& plan, const HeldContext& context);

// Of each report-N.json in the plan's folder: protocol, verdict, findings, and which rules can be waived.
boost::json::object reports_json(const HeldPlan& plan, const HeldContext& context);

}  // namespace dosegate::panel
