// A case that passes, and what is asked of its report, for the tests of which prescription, structure, plan and scale
// hold.
#pragma once

#include <string>

#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test::prescribed {

constexpr auto kPass = FindingStatus::kPass, kWarning = FindingStatus::kWarning, kDeviation = FindingStatus::kDeviation,
               kNotEvaluable = FindingStatus::kNotEvaluable;

// Plan, structures and dose of the sound patient, judged as a plan.
inline Case sound() {
  static const Case c = [] {
    Case made = SoundPatient().make();
    made.options.scope = Scope::kPlan;
    made.record.reset();
    return made;
  }();
  return c;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
inline bool has(const Prose& prose, const std::string& part) { return has(english(prose), part); }

// The engine's own finding of this id; none: null.
inline const Finding* engine_finding(const Report& report, const std::string& id) {
  for (const Finding& f : report.findings) {
    if (f.rule_id == "dosegate." + id) return &f;
  }
  return nullptr;
}

inline std::size_t engine_findings(const Report& report) {
  std::size_t n = 0;
  for (const Finding& f : report.findings) n += f.rule_id.rfind(kEngineRulePrefix, 0) == 0 ? 1U : 0U;
  return n;
}

}  // namespace dosegate::clause_test::prescribed
