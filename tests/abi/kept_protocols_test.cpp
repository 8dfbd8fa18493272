// What a case has kept from checks against other protocols, of other structures, doses and options, does not show: each
// answer is that of a new case, byte for byte. The protocols call the same things by the same names, and mean others.
#include <random>

#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

constexpr std::int32_t kCtv = 1, kPtv = 2, kBowel = 3, kStomach = 4, kSpare = 5;

Content patient() {
  Content content;
  content.structures = {{kCtv, {"CTV", 0, 0, 0, 20, 6}},
                        {kPtv, {"PTV", -2, 0, 0, 25, 8}},
                        {kBowel, {"Bowel", 40, 0, 0, 22, 10}},
                        {kStomach, {"Stomach", 27, 0, 0, 8, 10}},
                        {kSpare, {"Magen", -60, 20, 20, 8, 4}}};
  return content;
}

// One of many protocols of one id and version.
std::string protocol_text(std::mt19937& random) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  static constexpr const char* kDerived[] = {R"({"base": "Bowel", "plus": ["Stomach"]})",
                                             R"({"base": "Bowel", "minus": ["Stomach"]})",
                                             R"({"base": "Bowel", "within": ["Stomach"]})",
                                             R"({"base": "Stomach", "plus": ["Bowel"]})",
                                             R"({"base": "Stomach", "minus": ["CTV"]})",
                                             R"({"base": "Bowel", "plus": ["Stomach"], "minus": ["CTV"]})",
                                             R"({"base": "Bowel", "plus": ["CTV"], "minus": ["Stomach"]})"};
  const std::string margin = std::to_string(4 + below(3)), other = std::to_string(5 + below(2));
  const std::string gray = below(3) == 0 ? "40" : "45";
  const std::string crop = below(3) == 0 ? R"("within": ["Bowel"])" : R"("croppedBy": ["Barrier"])";
  const auto rule = [](const std::string& id, const std::string& kind) {
    return R"({"id": ")" + id + R"(", "clause": "C", "text": "t", "reading": "r", "source": "s", "mandatory": true, )" +
           kind + "}";
  };
  const auto metric = [&](const std::string& id, const std::string& role, const std::string& name,
                          const std::string& limit) {
    return rule(id, R"("doseMetric": {"structure": ")" + role + R"(", "metric": ")" + name +
                        R"(", "comparator": "LT", "limit": )" + limit + "}");
  };
  return R"({"schema": "dosegate.v1.Protocol", "id": "KEPT", "version": "1.0.0", "title": "t", "source": "s",)" +
         std::string(below(3) == 0 ? R"("betweenSlices": "INTERPOLATE",)" : "") +
         R"("prescription": {"totalDoseGy": )" + gray + R"(, "fractions": 15, "dosePerFractionGy": )" +
         (gray == "40" ? "2.6666666666666665" : "3") + R"(, "targetRole": "PTV"}, "roles": [)" +
         R"({"id": "CTV", "kind": "TARGET"}, {"id": "PTV", "kind": "TARGET"}, )" +
         R"({"id": "Bowel", "kind": "ORGAN_AT_RISK"}, {"id": "Stomach", "kind": "ORGAN_AT_RISK"}, )" +
         R"({"id": "Barrier", "kind": ")" + (below(4) == 0 ? "TARGET" : "ORGAN_AT_RISK") + R"(", "derived": )" +
         kDerived[below(7)] + R"(}], "rules": [)" +
         rule("M", R"("margin": {"from": "CTV", "to": "PTV", "leftMm": )" + margin + R"(, "rightMm": )" + other +
                       R"(, "anteriorMm": 5, "posteriorMm": 5, "cranialMm": )" + margin +
                       R"(, "caudalMm": 5, "toleranceMm": )" + std::to_string(below(2)) + ", " + crop +
                       (below(2) == 0 ? R"(, "excessLimitMm": 2)" : "") + "}") +
         "," + rule("I", R"("containment": {"inner": "CTV", "outer": "PTV", "toleranceMm": )" + other + "}") + "," +
         metric("V", "Barrier", "V20Gy[%]", "50") + "," + metric("D", "Barrier", "D1cc[%]", "90") + "," +
         metric("P", "PTV", "V95%[%]", "98") + "," + metric("A", "Barrier", "Max[Gy]", "44") + "]}";
}

}  // namespace

TEST_CASE("what was kept under other protocols, structures, doses and options does not show in an answer") {
  const unsigned seed = GENERATE(1U, 2U, 3U, 4U);
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  std::vector<ProtocolHandle> protocols;
  for (int n = 0; n < 4; ++n) protocols.push_back(loaded(protocol_text(random)));
  const dosegate_host host = host_of(seed % 3);
  const CaseHandle c = make_case(&host);
  Content content = patient();
  content.fill(c.get());
  std::string path, last;
  int changed = 0;
  constexpr int kSteps = DOSEGATE_SANITIZED ? 4 : 14;
  for (int step = 0; step < kSteps; ++step) {
    const std::uint32_t what = below(9);
    const auto roi = static_cast<std::int32_t>(1 + below(5));
    if (what < 3) {
      Oval oval = patient().structures.at(roi);
      oval.x += below(7) - 3.0;
      oval.across += below(3);
      oval.slices += static_cast<int>(below(3));
      content.structures.insert_or_assign(roi, oval).first->second.set(c.get(), roi);
      path += "\nedited " + std::to_string(roi);
    } else if (what == 3) {
      // Names go round: another structure stands under the number, or under the name.
      std::string first = content.structures.begin()->second.name;
      for (auto next = content.structures.begin(); next != content.structures.end(); ++next) {
        const auto after = std::next(next);
        next->second.name = after == content.structures.end() ? first : after->second.name;
        next->second.set(c.get(), next->first);
      }
      path += "\nnames exchanged";
    } else if (what == 4) {
      // Gone, and another one of its number.
      if (content.structures.erase(roi) > 0) {
        REQUIRE(api().case_remove_structure(c.get(), roi, nullptr) == DOSEGATE_OK);
      }
      if (below(3) != 0) {
        Oval oval = patient().structures.at(roi);
        oval.y += below(5);
        content.structures.emplace(roi, oval).first->second.set(c.get(), roi);
      }
      path += "\nremoved " + std::to_string(roi);
    } else if (what == 5) {
      content.dose = Dose(Planes::kUpwards, below(2) == 0 ? 10.0 : 8.0, below(50));
      REQUIRE(content.dose.set(c.get()) == DOSEGATE_OK);
      path += "\ndose";
    } else if (what == 6) {
      const std::uint32_t plane = below(content.dose.plane_count);
      content.dose.fill_plane(plane, below(50));
      REQUIRE(content.dose.set_planes(c.get(), plane, 1) == DOSEGATE_OK);
      path += "\nplane";
    } else if (what == 7) {
      constexpr const char* kOptions[] = {"{}", R"({"outsideGrid": "ZERO"})", R"({"betweenSlices": "INTERPOLATE"})",
                                          R"({"structureMap": {"Stomach": "Magen"}})",
                                          R"({"doseMeaning": "FRACTION"})"};
      content.options = kOptions[below(5)];
      REQUIRE(api().case_set_options(c.get(), text(content.options), nullptr) == DOSEGATE_OK);
      path += "\n" + content.options;
    }
    const std::uint32_t which = below(4);
    path += " against " + std::to_string(which);
    const std::string answer = report_of(c.get(), protocols[which].get());
    const CaseHandle fresh = make_case();
    content.fill(fresh.get());
    INFO("seed " << seed << path);
    REQUIRE(answer == report_of(fresh.get(), protocols[which].get()));
    changed += answer == last ? 0 : 1;
    last = answer;
  }
  CHECK(changed > kSteps / 2);
}
