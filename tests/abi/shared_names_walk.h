// Random sequences of changes of a case, and protocols whose roles share names but not derivations: what is kept of the
// one must not show in the answer of the other.
#pragma once

#include <random>
#include <string>

#include "tests/abi/course_changes.h"
#include "tests/abi/small_patient.h"

namespace dosegate::abi_test {

inline constexpr std::int32_t kCtv = 1, kPtv = 2, kBowel = 3, kStomach = 4, kSpare = 5;

inline Content shared_names_patient() {
  Content content;
  content.structures = {{kCtv, {"CTV", 0, 0, 0, 20, 6}},
                        {kPtv, {"PTV", -2, 0, 0, 25, 8}},
                        {kBowel, {"Bowel", 40, 0, 0, 22, 10}},
                        {kStomach, {"Stomach", 27, 0, 0, 8, 10}},
                        {kSpare, {"Magen", -60, 20, 20, 8, 4}}};
  return content;
}

// One of many protocols of one id and version.
inline std::string shared_names_protocol(std::mt19937& random) {
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
         metric("P", "PTV", "V95%[%]", "98") + "," + metric("A", "Barrier", "Max[Gy]", "44") + "," +
         rule("F", R"("prescription": {"quantity": "FRACTIONS"})") + "," +
         rule("L", R"("lab": {"analytes": ["TOTAL_BILIRUBIN"], "comparator": "LE", "limit": )" +
                       std::to_string(1 + below(2)) + R"(, "windowDays": 14})") +
         "," +
         rule("E", R"("eligibility": {"criterion": "AGE", "least": 18, "most": )" + std::to_string(60 + 10 * below(2)) +
                       "}") +
         "]}";
}

// One case and what it should hold, changed together.
class SharedNamesWalk {
 public:
  SharedNamesWalk(unsigned seed, dosegate_case* c) : random_(seed), case_(c), content_(shared_names_patient()) {
    content_.fill(case_);
  }

  const Content& content() const { return content_; }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  // Answers what was done.
  std::string step() {
    const auto roi = static_cast<std::int32_t>(1 + below(5));
    switch (below(19)) {
      case 0:
      case 1:
      case 2:
        return replace(roi);
      case 3:
        return exchange_names();
      case 4:
        return remove(roi);
      case 5:
        return set_dose();
      case 6:
      case 7:
        return set_planes();
      case 8:
        return set_options();
      case 9:
        return set_images();
      case 10:
        return set_record();
      case 11:
      case 12:
      case 13:
        return CourseChanges(*this, case_, content_).change();
      case 14:
        return remove_and_put_back(roi);
      case 15:
        return options_there_and_back();
      default:
        return set_plan();
    }
  }

 private:
  std::string replace(std::int32_t roi) {
    Oval oval = shared_names_patient().structures.at(roi);
    oval.x += below(7) - 3.0;
    oval.across += below(3);
    oval.slices += static_cast<int>(below(3));
    if (below(4) == 0) oval.empty = 1U << (1 + below(4));
    content_.structures.insert_or_assign(roi, oval).first->second.set(case_, roi, content_.set_name);
    return "edited " + std::to_string(roi);
  }
  // Names go round: another structure stands under the number, or under the name.
  std::string exchange_names() {
    if (content_.structures.empty()) return "nothing";
    const std::string first = content_.structures.begin()->second.name;
    for (auto next = content_.structures.begin(); next != content_.structures.end(); ++next) {
      const auto after = std::next(next);
      next->second.name = after == content_.structures.end() ? first : after->second.name;
      next->second.set(case_, next->first, content_.set_name);
    }
    return "names exchanged";
  }
  // Gone, and mostly another one of its number.
  std::string remove(std::int32_t roi) {
    if (content_.structures.erase(roi) > 0) {
      REQUIRE(api().case_remove_structure_of_set(case_, content_.set_name.c_str(), roi, nullptr) == DOSEGATE_OK);
    }
    if (below(3) != 0) {
      Oval oval = shared_names_patient().structures.at(roi);
      oval.y += below(5);
      content_.structures.emplace(roi, oval).first->second.set(case_, roi, content_.set_name);
    }
    return "removed " + std::to_string(roi);
  }
  // The very same: as if nothing had been.
  std::string remove_and_put_back(std::int32_t roi) {
    const auto held = content_.structures.find(roi);
    if (held == content_.structures.end()) return "nothing to put back";
    REQUIRE(api().case_remove_structure_of_set(case_, content_.set_name.c_str(), roi, nullptr) == DOSEGATE_OK);
    held->second.set(case_, roi, content_.set_name);
    return "removed and put back " + std::to_string(roi);
  }
  std::string options_there_and_back() {
    const std::string before = content_.options, there = set_options();
    content_.options = before;
    REQUIRE(api().case_set_options(case_, text(before), nullptr) == DOSEGATE_OK);
    return there + " and back";
  }
  std::string set_dose() {
    content_.dose = Dose(below(4) == 0 ? Planes::kDownwards : Planes::kUpwards, below(2) == 0 ? 10.0 : 8.0, below(50));
    if (below(6) == 0) content_.dose.defect = "The dose of beam 2 is missing.";
    REQUIRE(content_.dose.set(case_, content_.label) == DOSEGATE_OK);
    return "dose";
  }
  std::string set_planes() {
    Dose& dose = content_.dose;
    const std::uint32_t first = below(dose.plane_count), count = 1 + below(std::min(3U, dose.plane_count - first));
    if (!dose.defect.empty()) {
      REQUIRE(dose.set_planes(case_, first, count, content_.label.name) == DOSEGATE_NOT_FOUND);
      return "planes of no dose";
    }
    const unsigned seed = below(50);
    for (std::uint32_t p = first; p < first + count; ++p) dose.fill_plane(p, seed);
    REQUIRE(dose.set_planes(case_, first, count, content_.label.name) == DOSEGATE_OK);
    return "planes " + std::to_string(first) + " + " + std::to_string(count);
  }
  std::string set_options() {
    constexpr const char* kOptions[] = {"{}",
                                        R"({"outsideGrid": "ZERO"})",
                                        R"({"betweenSlices": "INTERPOLATE"})",
                                        R"({"betweenSlices": "SLAB", "doseMeaning": "FRACTION"})",
                                        R"({"structureMap": {"Stomach": "Magen"}})",
                                        R"({"structureMap": {"Bowel": "Stomach", "Stomach": "Bowel"}})",
                                        R"({"separatePieces": ["PTV", "Bowel"], "asOf": "2026-11-30"})",
                                        R"({"prescriptions": [{"role": "PTV", "totalDoseGy": 45}]})",
                                        R"({"scope": "PLAN_ONLY"})"};
    content_.options = kOptions[below(9)];
    REQUIRE(api().case_set_options(case_, text(content_.options), nullptr) == DOSEGATE_OK);
    return content_.options;
  }
  std::string set_images() {
    content_.images.clear();
    const double first = below(2) == 0 ? -60.0 : -57.5;
    for (std::uint32_t n = below(3) == 0 ? 0 : 20; n > 0; --n) content_.images.push_back(first + 5.0 * n);
    REQUIRE(content_.set_images(case_) == DOSEGATE_OK);
    return "images " + std::to_string(content_.images.size());
  }
  std::string set_record() {
    content_.record.clear();
    if (below(3) != 0) {
      content_.record = R"({"eligibility": {"date": "2026-11-23", "ageYears": )" + std::to_string(55 + below(20)) +
                        R"(}, "labs": [{"date": "2026-11-)" + std::to_string(10 + below(13)) +
                        R"(", "analyte": "TOTAL_BILIRUBIN", "value": )" + std::to_string(15 + below(20)) +
                        R"(, "unit": "umol/L", "upperLimitNormal": 20}]})";
    }
    Failure error;
    const dosegate_status status = api().case_set_record(case_, text(content_.record), error.out());
    INFO(error.path() << ": " << error.message());
    REQUIRE(status == DOSEGATE_OK);
    return "record " + content_.record;
  }
  std::string set_plan() {
    std::string plan = kAbiPlan;
    const auto put = [&](const std::string& from, const std::string& to) {
      plan.replace(plan.find(from), from.size(), to);
    };
    if (below(3) == 0) put("\"fractionsPlanned\": 15", "\"fractionsPlanned\": 3");
    if (below(3) == 0) put("\"targetPrescriptionDoseGy\": 45", "\"targetPrescriptionDoseGy\": 40");
    if (below(3) == 0) put("\"roiNumber\": 3", "\"roiNumber\": " + std::to_string(1 + below(3)));
    if (below(4) == 0) put("\"UNAPPROVED\"", "\"REJECTED\"");
    content_.plan = plan;
    content_.set_plan(case_);
    return "plan";
  }

  std::mt19937 random_;
  dosegate_case* case_;
  Content content_;
};

}  // namespace dosegate::abi_test
