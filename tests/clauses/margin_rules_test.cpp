// VO-2, VO-3: margins between GTV, CTV and PTV.
#include <catch2/catch.hpp>

#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test {
namespace {

// Every point beyond x mm moved back to it.
void cut_at(Structure& s, double x) {
  for (Contour& c : s.contours) {
    for (auto& p : c.points) p.x() = std::min(p.x(), x);
  }
}

// What an enlarged liver breaks: it is hot then.
const std::set<std::string> kHotLiver = {"OR-1",     "OR-2.V15", "OR-2.V20", "OR-2.V25",
                                         "OR-2.V30", "OR-2.V35", "OR-2.V40"};

// The sound patient's liver ends at its GTV: what is missing of the CTV would count as cropped. Here the liver holds
// all that the CTV has to hold.
void enlarge_liver(Case& c) {
  Structure& liver = structure_named(c, "Liver");
  for (const Contour& gtv : structure_named(c, "GTV").contours) {
    std::erase_if(liver.contours, [&](const Contour& other) { return other.points == gtv.points; });
  }
  const Structure& ctv = structure_named(c, "CTV");
  liver.contours.insert(liver.contours.end(), ctv.contours.begin(), ctv.contours.end());
}

const RuleTests margins({
    {"VO-2", "a CTV that is 4 mm short on the left is a deviation",
     [] {
       Case c = SoundPatient().make();
       enlarge_liver(c);
       cut_at(structure_named(c, "CTV"), 16.0);
       // Against it the PTV is 4 mm too large.
       std::set<std::string> along = kHotLiver;
       along.insert("VO-3");
       check_only(c, {"VO-2", FindingStatus::kDeviation, {}, 1e-6, along});
     }},
    {"VO-2.inside", "a GTV that reaches out of the CTV is a deviation and the margin is broken too",
     [] {
       Case c = SoundPatient().make();
       enlarge_liver(c);
       cut_at(structure_named(c, "CTV"), 5.0);
       // x from 5 to 10 of the GTV's 20 mm.
       std::set<std::string> along = kHotLiver;
       along.insert({"VO-2", "VO-3"});
       check_only(c, {"VO-2.inside", FindingStatus::kDeviation, 25.0, 1e-6, along});
     }},
    {"VO-3", "a PTV that is 3 mm short on the left is a deviation",
     [] {
       Case c = SoundPatient().make();
       cut_at(structure_named(c, "PTV"), 22.0);
       check_only(c, {"VO-3", FindingStatus::kDeviation});
     }},
    {"VO-3.inside", "a CTV that reaches out of the PTV is a deviation and the margin is broken too",
     [] {
       Case c = SoundPatient().make();
       cut_at(structure_named(c, "PTV"), 17.0);
       check_only(c, {"VO-3.inside", FindingStatus::kDeviation, {}, 1e-6, {"VO-3"}});
     }},
});

// Every point moved away from the targets' axis by so many mm, in plane.
void grow(Structure& s, double mm) {
  for (Contour& c : s.contours) {
    Eigen::Vector3d middle = Eigen::Vector3d::Zero();
    for (const auto& p : c.points) middle += p / static_cast<double>(c.points.size());
    for (auto& p : c.points) {
      const Eigen::Vector3d out = p - middle;
      p += mm * out.normalized();
    }
  }
}

Case without_ctv() {
  Case c = SoundPatient().make();
  structure_named(c, "CTV").name = "Something else";
  return c;
}

}  // namespace

TEST_CASE("Without a CTV neither margin is evaluated", "[VO-2][VO-3]") {
  const Report report = report_of(without_ctv());
  for (const char* id : {"VO-2", "VO-2.inside", "VO-3", "VO-3.inside"}) {
    const Finding f = finding_of(report, id);
    INFO(english(f.message));
    CHECK(f.status == FindingStatus::kNotEvaluable);
    CHECK(english(f.message).find("CTV") != std::string::npos);
    CHECK_FALSE(f.hint.empty());
  }
}

TEST_CASE("Cropping at the liver is a warning that states its share", "[VO-2]") {
  Case c = SoundPatient().make();
  cut_at(structure_named(c, "CTV"), 16.0);
  const Finding f = finding_of(report_of(c), "VO-2");
  INFO(english(f.message));
  CHECK(f.status == FindingStatus::kWarning);
  CHECK(english(f.message).find("cropped") != std::string::npos);
  CHECK(english(f.message).find("outside Liver") != std::string::npos);
  CHECK(english(f.message).find("at worst 4 mm left") != std::string::npos);
}

TEST_CASE("A target that is much larger than its margin is a warning, a little larger it is none", "[VO-2][VO-3]") {
  for (const auto& [rule, name] : {std::pair("VO-2", "CTV"), std::pair("VO-3", "PTV")}) {
    for (const double mm : {1.5, 5.0, 20.0}) {
      Case c = SoundPatient().make();
      grow(structure_named(c, name), mm);
      const Finding f = finding_of(report_of(c), rule);
      INFO(mm << " mm: " << english(f.message));
      CHECK(f.status == (mm > 3.0 ? FindingStatus::kWarning : FindingStatus::kPass));
      CHECK(english(f.message).find("Beyond the margin") != std::string::npos);
      CHECK(f.hint.empty() == (mm < 3.0));
    }
  }
}

TEST_CASE("Structures of different frames of reference have no margin", "[VO-2][VO-3]") {
  Case c = SoundPatient().make();
  structure_named(c, "CTV").frame_of_reference_uid = "9.9";
  CHECK(finding_of(report_of(c), "VO-2").status == FindingStatus::kNotEvaluable);
  structure_named(c, "CTV").frame_of_reference_uid = "";
  CHECK(finding_of(report_of(c), "VO-3").status == FindingStatus::kNotEvaluable);
}

TEST_CASE("Margins are kept until one of their structures changes", "[VO-2][VO-3]") {
  Case c = SoundPatient().make();
  DvhStore store;
  const auto vo3 = [&] { return finding_of(*check(c, trial(), {}, &store), "VO-3").status; };
  CHECK(vo3() == FindingStatus::kPass);
  Structure& ptv = structure_named(c, "PTV");
  cut_at(ptv, 22.0);
  store.structure_changed(ptv.roi_number);
  CHECK(vo3() == FindingStatus::kDeviation);
}

}  // namespace dosegate::clause_test
