// Structures and dose that lie turned in the patient, together or one of them alone. The sound patient keeps every
// rule; turned as a whole it keeps those that do not depend on the patient's directions.
#include <catch2/catch.hpp>

#include "core/frame/test_turned.h"
#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;
using test::turn;

// With a hot spot in the cord and a short CTV, so that there are places to tell.
Case patient() {
  SoundPatient p;
  p.dose["SpinalCord"] = slope(44.0, 0.0, 0.05);
  Case c = p.make();
  for (Contour& contour : structure_named(c, "CTV").contours) {
    for (auto& point : contour.points) point.x() = std::min(point.x(), 16.0);
  }
  return c;
}

enum class What { kBoth, kDose, kStructures };
Case turned(Case c, const Matrix3d& rotation, What what) {
  if (what != What::kStructures) {
    auto grid = test::turned(c.course.doses.at("").grid, rotation);
    REQUIRE(grid);
    REQUIRE(grid->problem().empty());
    c.course.set_dose(*std::move(grid));
  }
  if (what != What::kDose) {
    for (auto& [number, s] : c.course.structures()) s = test::turned(s, rotation);
  }
  return c;
}

bool says(const Finding& f, const std::string& text) { return english(f.message).find(text) != std::string::npos; }

bool has_note(const Report& report, const std::string& words) {
  return std::any_of(report.notes.begin(), report.notes.end(),
                     [&](const Prose& note) { return english(note).find(words) != std::string::npos; });
}

struct Turn {
  const char* angle;  // as told
  Matrix3d rotation;
  bool about_z = false;
};
std::vector<Turn> turns() {
  return {{"12°", turn(12, {0, 0, 1}), true},
          {"20°", turn(-20, {1, 0, 0})},
          {"", turn(25, {1, 2, 3})},
          {"0.08°", turn(0.0802, {1, 1, 0})}};
}

}  // namespace

TEST_CASE("A patient turned together with the dose has the findings of the straight one, places in the patient",
          "[frame][VO-2][OR-6.Max]") {
  for (const BetweenSlices model : {BetweenSlices::kSlab, BetweenSlices::kInterpolate}) {
    if (DOSEGATE_SANITIZED && model == BetweenSlices::kInterpolate) continue;
    Case base = patient();
    base.options.between_slices = model;
    const Report expected = report_of(base);
    for (const Turn& t : turns()) {
      const Report report = report_of(turned(base, t.rotation, What::kBoth));
      INFO("turned by " << t.angle << " " << t.rotation);
      CHECK(has_note(report, "turned against the patient's axes"));
      REQUIRE(report.findings.size() == expected.findings.size());
      for (std::size_t n = 0; n < report.findings.size(); ++n) {
        const Finding &f = report.findings[n], &e = expected.findings[n];
        INFO(f.rule_id << ": " << english(f.message) << "\nstraight: " << english(e.message));
        REQUIRE(f.rule_id == e.rule_id);
        if (f.rule_id == "VO-3" && !t.about_z) {
          // 5 mm across and 10 mm along z of the patient.
          CHECK(f.status == FindingStatus::kNotEvaluable);
          CHECK(says(f, "'CTV'"));
          CHECK(says(f, "directions of the patient"));
          CHECK_FALSE(f.hint.empty());
          continue;
        }
        CHECK(f.status == e.status);
        REQUIRE(f.value.has_value() == e.value.has_value());
        if (f.value) {
          // Both hold the one true value; rows and search of a margin lie elsewhere in it.
          CHECK(*f.value == Approx(*e.value).epsilon(2e-3).margin(1e-4));
          CHECK(*f.lower <= *e.upper * (1 + 1e-9));
          CHECK(*e.lower <= *f.upper * (1 + 1e-9));
        }
        REQUIRE(f.location_mm.has_value() == e.location_mm.has_value());
        // Of a plateau any place is the hottest; the cord's dose has one.
        if (f.rule_id == "OR-6.Max" || f.rule_id == "VO-2") {
          REQUIRE(f.location_mm);
          if (f.rule_id == "OR-6.Max") {
            CHECK(f.location_dose->in_gy() == Approx(e.location_dose->in_gy()));
            const Vector3d own = t.rotation.transpose() * *f.location_mm;
            CHECK(own.x() == Approx(e.location_mm->x()).margin(1e-6));
          }
        }
      }
    }
  }
}

TEST_CASE("Where only the dose or only the structures lie turned, every rule on dose names the structure and the angle",
          "[frame][OR-6.Max]") {
  for (const Turn& t : turns()) {
    for (const What what : {What::kDose, What::kStructures}) {
      const Report report = report_of(turned(patient(), t.rotation, what));
      INFO((what == What::kDose ? "dose" : "structures") << " turned by " << t.angle);
      const Finding f = finding_of(report, "OR-6.Max");
      INFO(english(f.message) << " " << english(f.hint));
      // About z the planes stay those of the grid's slices, on which outlines may have any direction.
      if (t.about_z) {
        CHECK_FALSE(says(f, "°"));
        continue;
      }
      CHECK(report.verdict != Verdict::kPass);
      CHECK(f.status == FindingStatus::kNotEvaluable);
      CHECK(says(f, "'SpinalCord'"));
      CHECK(says(f, t.angle));
      CHECK(says(f, "°"));
      CHECK(english(f.hint).find("along the slices") != std::string::npos);
      // What needs no dose is answered where it is drawn along the patient's axes.
      const Finding margin = finding_of(report, "VO-2");
      CHECK((margin.status != FindingStatus::kNotEvaluable) == (what == What::kDose));
    }
  }
}

TEST_CASE("Stated slices count for structures on them, also where the dose lies turned about their normal",
          "[frame][OR-6.Max]") {
  // On one slice alone nothing but the images tells how thick it is.
  Case c = patient();
  auto& cord = structure_named(c, "SpinalCord");
  std::erase_if(cord.contours, [](const Contour& contour) { return std::abs(contour.points.front().z() + 1.5) > 0.1; });
  const Structure one = cord;
  c.course.structures().clear();
  c.course.structures()[one.roi_number] = one;
  const std::vector<Case> cases = {turned(c, turn(3, {0, 0, 1}), What::kDose),
                                   turned(c, turn(3, {1, 0, 0}), What::kBoth)};
  CHECK(says(finding_of(report_of(cases.front()), "OR-6.Max"), "single plane"));
  for (const Case& unknown : cases) {
    Case stated = unknown;
    stated.slices[{one.frame_of_reference_uid, Axis::kZ}] = {-7.5, -4.5, -1.5, 1.5, 4.5};
    const Finding f = finding_of(report_of(stated), "OR-6.Max");
    INFO(english(f.message));
    // Images along the patient say nothing of a structure that is drawn across them.
    CHECK(says(f, "single plane") == (&unknown != &cases.front()));
  }
}

TEST_CASE("What was kept for a dose along the patient's axes is not used for one that lies turned", "[frame]") {
  // The turned grid has the coordinates of the straight one, each along its own axes.
  const Case straight = patient();
  const Case turned_dose = turned(straight, turn(20, {1, 0, 0}), What::kDose);
  DvhStore store;
  const auto bytes = [&](const Case& c, DvhStore* kept) { return to_json(*check(c, trial(), {}, kept)); };
  const std::string first = bytes(straight, &store);
  CHECK(first == bytes(straight, nullptr));
  store.dose_changed();
  CHECK(bytes(turned_dose, &store) == bytes(turned_dose, nullptr));
  store.dose_changed();
  CHECK(bytes(straight, &store) == first);
}

}  // namespace dosegate::clause_test
