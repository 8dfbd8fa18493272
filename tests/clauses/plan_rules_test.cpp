// RX-1 to RX-3, VO-1, VO-4: what plan and structure set state.
#include <catch2/catch.hpp>

#include "core/geometry/test_shapes.h"
#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

Case with_plan(double total_gy, int fractions) {
  Case c = SoundPatient().make();
  c.plan = plan_of(total_gy, fractions);
  return c;
}

const RuleTests prescription({
    {"RX-1", "0.05 Gy too much in total is a deviation and nothing else is",
     [] {
       check_only(with_plan(45.05, 15), {"RX-1", FindingStatus::kDeviation, 45.05});
     }},
    {"RX-2", "sixteen fractions of 3 Gy are a deviation and so is their total",
     [] {
       check_only(with_plan(48, 16), {"RX-2", FindingStatus::kDeviation, 16.0, 1e-6, {"RX-1"}});
     }},
    {"RX-3", "45 Gy in sixteen fractions are a deviation and so is their number",
     [] {
       check_only(with_plan(45, 16), {"RX-3", FindingStatus::kDeviation, 45.0 / 16.0, 1e-6, {"RX-2"}});
     }},
});

const RuleTests volumes({
    {"VO-1", "without a GTV it cannot be evaluated nor can what is measured on it",
     [] {
       Case c = SoundPatient().make();
       structure_named(c, "GTV").name = "Something else";
       std::set<std::string> along;
       for (const Rule& r : trial().rules) {
         const auto* dose = std::get_if<DoseMetricRule>(&r.kind);
         if (dose != nullptr && (dose->structure == "GTV" || dose->structure == "Liver-GTV")) along.insert(r.id);
         if (std::holds_alternative<DerivedCheckRule>(r.kind)) along.insert(r.id);
         const auto* margin = std::get_if<MarginRule>(&r.kind);
         if (margin != nullptr && margin->from == "GTV") along.insert(r.id);
         const auto* inside = std::get_if<ContainmentRule>(&r.kind);
         if (inside != nullptr && inside->inner == "GTV") along.insert(r.id);
       }
       check_only(c, {"VO-1", FindingStatus::kNotEvaluable, {}, 1e-6, along});
     }},
    {"VO-4.drawn", "a drawn normal liver that is 3 % too small is a warning and nothing else is",
     [] {
       Case c = SoundPatient().make();
       Structure drawn = test::prism("Liver-GTV", {test::box_ring(-50, 0, 47, 10)}, test::planes(-12, 12, 3), 99);
       c.structures[99] = drawn;
       check_only(c, {"VO-4.drawn", FindingStatus::kWarning, kLength * kArea / 1000.0, 1e-6, {}, false});
     }},
});

}  // namespace
}  // namespace dosegate::clause_test
