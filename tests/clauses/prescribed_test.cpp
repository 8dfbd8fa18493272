// Which prescription, which structure, which plan: each told on evidence, said, and asked for where it is in doubt.
#include "tests/clauses/prescribed_test.h"

#include <catch2/catch.hpp>

#include "core/protocols/load.h"
#include "tests/clauses/clause_test.h"

namespace dosegate::clause_test::prescribed {
namespace {

std::int32_t number_of(const Case& c, const std::string& name) { return structure_named(c, name).roi_number; }

DoseReference reference(double gy, const std::string& type, std::optional<std::int32_t> roi = {},
                        const std::string& description = "") {
  DoseReference r;
  r.type = "TARGET";
  r.structure_type = type;
  r.roi_number = roi;
  r.description = description;
  r.target_prescription_dose = Dose::gy(gy);
  return r;
}

Case with_references(std::vector<DoseReference> references) {
  Case c = sound();
  for (std::size_t i = 0; i < references.size(); ++i) references[i].number = static_cast<std::int32_t>(i + 1);
  c.course.plan().dose_references = std::move(references);
  return c;
}

// A structure of this name beside the others: a copy of `like`, moved by so many mm in z.
std::int32_t add_copy(Case& c, const std::string& name, const std::string& like, double shift_mm,
                      const std::string& type = "") {
  Structure s = structure_named(c, like);
  s.name = name;
  s.interpreted_type = type;
  s.roi_number = c.course.structures().rbegin()->first + 1;
  for (Contour& contour : s.contours) {
    for (auto& p : contour.points) p.z() += shift_mm;
  }
  c.course.structures()[s.roi_number] = s;
  return s.roi_number;
}

void check_prescribed(const Case& c, std::optional<double> gy, const std::string& how) {
  const Report report = report_of(c);
  const Finding f = finding_of(report, "RX-1");
  INFO(english(report.prescription.how) << english(report.prescription.problem) << " " << english(f.message) << " "
                                        << english(f.hint));
  CHECK(report.prescription.role == "PTV");
  CHECK(has(english(report.prescription.how) + english(report.prescription.problem), how));
  CHECK(report.prescription.total.has_value() == gy.has_value());
  if (gy) {
    CHECK(report.prescription.total->in_gy() == Approx(*gy).epsilon(1e-9));
    CHECK(f.value == Approx(*gy).epsilon(1e-9));
  } else {
    CHECK(f.status == kNotEvaluable);
    CHECK(has(f.hint, "--prescription PTV="));
    CHECK(report.verdict != Verdict::kPass);
  }
}

}  // namespace

TEST_CASE("The number of the ROI, then its name in the description, tell whose a prescription is", "[RX-1]") {
  const std::int32_t ptv = number_of(sound(), "PTV"), gtv = number_of(sound(), "GTV");
  check_prescribed(with_references({reference(45, "VOLUME", ptv)}), 45, "refers to 'PTV'");
  check_prescribed(with_references({reference(30, "VOLUME", gtv), reference(45, "VOLUME", ptv)}), 45,
                   "refers to 'PTV'");
  check_prescribed(with_references({reference(30, "SITE", {}, "LN"), reference(45, "SITE", {}, "ptv ")}), 45,
                   "is described as 'PTV'");
  // A name of the role that nothing drawn has.
  check_prescribed(with_references({reference(30, "SITE", {}, "LN"), reference(45, "SITE", {}, "PTV_4500")}), 45,
                   "is described as 'PTV_4500'");
  // The number goes before a description that speaks of another dose.
  Case both = with_references({reference(45, "VOLUME", ptv), reference(50, "SITE", {}, "PTV")});
  check_prescribed(both, 45, "refers to 'PTV'");
  CHECK(finding_of(report_of(both), "RX-1").status == kWarning);
  CHECK(has(finding_of(report_of(both), "RX-1").message, "50 Gy"));
}

TEST_CASE("A site or a volume goes before a calculation point", "[RX-1]") {
  check_prescribed(with_references({reference(45, "SITE"), reference(44.1234, "COORDINATES", {}, "CALC POINT")}), 45,
                   "(SITE) names no ROI");
  check_prescribed(with_references({reference(44.1234, "POINT"), reference(45, "VOLUME")}), 45, "(VOLUME)");
  check_prescribed(with_references({reference(45, "COORDINATES", {}, "iso")}), 45, "is of a point");
  // A point that is drawn is no structure that a dose is prescribed to.
  Case c = sound();
  const std::int32_t point = add_copy(c, "Norm point", "GTV", 0.0);
  for (Contour& contour : c.course.structures()[point].contours) contour.type = ContourType::kPoint;
  c.course.plan().dose_references = {reference(44.1234, "POINT", point), reference(45, "SITE")};
  check_prescribed(c, 45, "(SITE)");
}

TEST_CASE("What is prescribed to another structure is not the PTV's", "[RX-1]") {
  const std::int32_t gtv = number_of(sound(), "GTV");
  check_prescribed(with_references({reference(45, "VOLUME", gtv)}), {}, "nothing to the PTV");
  check_prescribed(with_references({reference(45, "VOLUME", gtv), reference(44, "COORDINATES")}), {},
                   "nothing to the PTV");
  check_prescribed(with_references({reference(45, "VOLUME", 99)}), {}, "no ROI of the number");
  check_prescribed(with_references({reference(45, "SITE", {}, "GTV")}), {}, "nothing to the PTV");
  // A site is also called by the organ.
  check_prescribed(with_references({reference(45, "SITE", {}, "Liver")}), 45, "names no ROI");
  // Without structures, numbers say nothing.
  Case bare = with_references({reference(45, "VOLUME", 99)});
  bare.course.structures().clear();
  check_prescribed(bare, 45, "names no ROI");
}

TEST_CASE("Doses that differ by a rounding are one, others are asked for", "[RX-1]") {
  check_prescribed(with_references({reference(45, "SITE"), reference(44.9999999999996, "SITE")}), 45, "names no ROI");
  check_prescribed(with_references({reference(45, "SITE", {}, "a"), reference(44.98, "SITE", {}, "b")}), {},
                   "45 Gy ('a', SITE) and 44.98 Gy ('b', SITE)");
  check_prescribed(with_references({reference(45, "SITE"), reference(30, "SITE")}), {}, "add up to 45 Gy");
}

TEST_CASE("The site says what is prescribed, but not the contrary of the plan", "[RX-1]") {
  const std::int32_t ptv = number_of(sound(), "PTV");
  for (const char* role : {"", "PTV"}) {
    Case c = with_references({reference(45, "SITE"), reference(30, "SITE")});
    c.options.prescriptions = {{role, Dose::gy(45)}};
    check_prescribed(c, 45, "stated by the site");
    CHECK(finding_of(report_of(c), "RX-1").status == kPass);
    CHECK(report_of(c).verdict == Verdict::kPass);
  }
  Case none = with_references({});
  none.options.prescriptions = {{"PTV", Dose::gy(45)}};
  check_prescribed(none, 45, "stated by the site");
  CHECK(finding_of(report_of(none), "RX-1").status == kWarning);
  Case against = with_references({reference(50, "VOLUME", ptv)});
  against.options.prescriptions = {{"PTV", Dose::gy(45)}};
  CHECK(finding_of(report_of(against), "RX-1").status == kNotEvaluable);
  CHECK(has(finding_of(report_of(against), "RX-1").message, "50 Gy"));
  Case elsewhere = sound();
  elsewhere.options.prescriptions = {{"PTV_9", Dose::gy(45)}};
  CHECK(has(english(report_of(elsewhere).notes.back()), "PTV_9"));
}

TEST_CASE("Less to the tumour inside the PTV is a warning, more to another target is a note", "[RX-1]") {
  const std::int32_t ptv = number_of(sound(), "PTV"), gtv = number_of(sound(), "GTV");
  const auto with_gtv = [&](double gy) {
    return report_of(with_references({reference(45, "VOLUME", ptv), reference(gy, "VOLUME", gtv)}));
  };
  CHECK(finding_of(with_gtv(45), "RX-1").status == kPass);
  CHECK(with_gtv(45).notes.empty());
  CHECK(finding_of(with_gtv(40), "RX-1").status == kWarning);
  CHECK(has(finding_of(with_gtv(40), "RX-1").message, "'GTV' (ROI"));
  CHECK(finding_of(with_gtv(54), "RX-1").status == kPass);
  REQUIRE(with_gtv(54).notes.size() == 1);
  CHECK(has(english(with_gtv(54).notes[0]), "54 Gy to 'GTV'"));
  // A level of its own outside the PTV.
  Case c = sound();
  const std::int32_t apart = add_copy(c, "PTV_elective", "GTV", 60.0);
  c.course.plan().dose_references = {reference(45, "VOLUME", ptv), reference(30, "VOLUME", apart)};
  CHECK(finding_of(report_of(c), "RX-1").status == kPass);
}

TEST_CASE("A further structure of a role's name or kind is said, and a pin answers", "[VO-1][VO-3]") {
  struct {
    const char *name, *like;
    double shift;
    const char *type, *role;
  } const further[] = {{"PTV_Total", "PTV", 8.0, "PTV", "PTV"},      {"PVTT", "GTV", 25.0, "", "GTV"},
                       {"GTVn", "GTV", 25.0, "GTV", "GTV"},          {"Segment 8", "GTV", 25.0, "GTV", "GTV"},
                       {"CTV 4500", "CTV", 5.0, "", "CTV"},          {"PTV_2", "PTV", 30.0, "", "PTV"},
                       {"Magen", "Stomach", 5.0, "ORGAN", "Stomach"}};
  for (const auto& f : further) {
    INFO(f.name);
    Case c = sound();
    add_copy(c, f.name, f.like, f.shift, f.type);
    const Report report = report_of(c);
    REQUIRE(engine_findings(report) == 1);
    const Finding* said = engine_finding(report, std::string("match.") + f.role);
    REQUIRE(said != nullptr);
    CHECK(said->status == kWarning);
    CHECK(said->mandatory);
    CHECK(has(said->message, std::string("'") + f.name + "'"));
    const std::string pin = std::string("--map ") + f.role + "=\"" + f.role + "\"";
    CHECK(has(said->hint, pin));
    c.options.structure_map = {{f.role, f.role}};
    CHECK(engine_findings(report_of(c)) == 0);
  }
}

TEST_CASE("Everyday helpers, parts and copies of a target raise no doubt", "[VO-1]") {
  Case c = sound();
  for (const char* name : {"zPTV", "PTV_eval", "PTV_opt", "Ring_PTV", "PTV 3mm", "GTV_50%"}) {
    add_copy(c, name, "PTV", 20.0, "PTV");
  }
  add_copy(c, "PTV_Total", "PTV", 0.0, "PTV");  // the same
  add_copy(c, "GTVp", "GTV", 0.0, "GTV");
  for (const char* name : {"PTV_boost", "PTV-Liver", "PTV_cold"}) add_copy(c, name, "GTV", 0.0, "PTV");  // inside
  c.course.structures()[900] = structure_named(c, "GTV");
  c.course.structures()[900].roi_number = 900;
  c.course.structures()[900].name = "GTV_empty";
  c.course.structures()[900].contours.clear();
  const Report report = report_of(c);
  CHECK(engine_findings(report) == 0);
  CHECK(report.verdict == Verdict::kPass);
}

TEST_CASE("A prescription to the other of two candidates leaves the match undecided", "[RX-1]") {
  Case c = sound();
  const std::int32_t total = add_copy(c, "PTV_Total", "PTV", 8.0, "PTV");
  c.course.plan().dose_references = {reference(45, "VOLUME", total, "PTV_Total")};
  const Report report = report_of(c);
  REQUIRE(engine_finding(report, "match.PTV") != nullptr);
  CHECK(engine_finding(report, "match.PTV")->status == kNotEvaluable);
  CHECK(has(engine_finding(report, "match.PTV")->hint, "--map PTV=\"PTV_Total\""));
  CHECK(finding_of(report, "RX-1").status == kNotEvaluable);
  CHECK(report.verdict != Verdict::kPass);
}

TEST_CASE("A plan that is rejected, or no treatment, does not pass, and what is usual is silent", "[plan]") {
  const auto with = [](const std::string& approval, const std::string& intent) {
    Case c = sound();
    c.course.plan().approval_status = approval;
    c.course.plan().intent = intent;
    return report_of(c);
  };
  for (const char* approval : {"", "APPROVED", "UNAPPROVED"}) {
    for (const char* intent : {"", "CURATIVE", "PALLIATIVE", "PROPHYLACTIC"}) {
      const Report report = with(approval, intent);
      CHECK(engine_findings(report) == 0);
      CHECK(report.notes.empty());
      CHECK(report.verdict == Verdict::kPass);
    }
  }
  CHECK(engine_finding(with("REJECTED", "CURATIVE"), "approval")->status == kNotEvaluable);
  CHECK(with("REJECTED", "").verdict == Verdict::kIncomplete);
  for (const char* intent : {"VERIFICATION", "MACHINE_QA", "SERVICE"}) {
    CHECK(has(engine_finding(with("APPROVED", intent), "intent")->message, intent));
    CHECK(with("APPROVED", intent).verdict == Verdict::kIncomplete);
  }
  CHECK(has(english(with("", "RESEARCH").notes.at(0)), "RESEARCH"));
  CHECK(has(english(with("WITHDRAWN", "").notes.at(0)), "WITHDRAWN"));
}

namespace {

// 45 Gy to PTV, and a rule on a second target in per cent.
Protocol two_targets(const std::string& more) {
  const auto protocol = load_protocol(R"({
    "schema": "dosegate.v1.Protocol", "id": "TWO", "version": "1.0.0", "title": "t", "source": "s",
    "prescription": {"totalDoseGy": 45, "fractions": 15, "dosePerFractionGy": 3, "targetRole": "PTV"},
    "roles": [{"id": "PTV", "kind": "TARGET"}, {"id": "GTV", "kind": "TARGET"}],
    "rules": [{"id": "H", "clause": "H", "text": "t", "reading": "r", "source": "s", "mandatory": true,
               "doseMetric": {"structure": "GTV", "metric": "V95%[%]", "comparator": "GE", "limit": 95)" +
                                      more + "}}]}");
  REQUIRE(protocol);
  return *protocol;
}

}  // namespace

TEST_CASE("Per cent of another target are decided only where it is plain what they are of", "[PL-3]") {
  const std::int32_t ptv = number_of(sound(), "PTV"), gtv = number_of(sound(), "GTV");
  const auto h = [](const Case& c, const std::string& more = "") {
    return finding_of(report_of(c, two_targets(more)), "H");
  };
  // 45 Gy everywhere.
  const Case same = with_references({reference(45, "VOLUME", ptv), reference(45, "VOLUME", gtv)});
  CHECK(h(same).status == kPass);
  CHECK(has(h(same).message, "95 % are 42.75 Gy, of 45 Gy"));
  Case higher = with_references({reference(45, "VOLUME", ptv), reference(54, "VOLUME", gtv)});
  CHECK(h(higher).status == kNotEvaluable);
  CHECK(has(h(higher).message, "54 Gy"));
  CHECK(has(h(higher).hint, "--prescription GTV=54Gy"));
  CHECK(h(higher, R"(, "percentOfGy": 45)").status == kPass);
  CHECK(h(higher, R"(, "percentOfGy": 54)").status == kDeviation);  // 45 of 51.3 Gy
  higher.options.prescriptions = {{"GTV", Dose::gy(54)}};
  CHECK(h(higher).status == kDeviation);
  CHECK(has(h(higher).message, "51.3 Gy"));
  Case unclear = with_references({reference(45, "VOLUME", ptv), reference(54, "SITE", {}, "boost")});
  CHECK(h(unclear).status == kNotEvaluable);
  unclear.options.prescriptions = {{"GTV", Dose::gy(45)}};
  CHECK(h(unclear).status == kPass);
}

TEST_CASE("Rule ids of the engine's own findings are no protocol's", "[plan]") {
  std::string text(trial().json);
  const std::size_t at = text.find("\"id\": \"RX-1\"");
  REQUIRE(at != std::string::npos);
  text.replace(at, 12, "\"id\": \"dosegate.match.PTV\"");
  const auto loaded = load_protocol(text);
  REQUIRE_FALSE(loaded);
  CHECK(has(loaded.error().message, "dosegate."));
}

TEST_CASE("A beam that goes through one aperture but for a twentieth is modulated in name only", "[PL-1]") {
  const auto status = [](std::vector<ControlPoint> points) {
    Case c = sound();
    c.course.plan().beams[0].points = std::move(points);
    return finding_of(report_of(c), "PL-1");
  };
  CHECK(status({{0.0, 60.0, 1}, {0.95, 60.0, 1}, {0.95, 60.0, 2}, {1.0, 60.0, 2}}).status == kWarning);
  CHECK(status({{0.0, 60.0, 1}, {0.95, 60.0, 1}, {1.0, 60.0, 2}}).status == kWarning);
  CHECK(has(status({{0.0, 60.0, 1}, {0.95, 60.0, 1}, {1.0, 60.0, 2}}).message, "95 % of its meterset"));
  CHECK(status({{0.0, 60.0, 1}, {0.5, 60.0, 1}, {0.5, 60.0, 2}, {1.0, 60.0, 2}}).status == kPass);
  CHECK(status({{0.0, 60.0, 1}, {0.5, 60.0, 2}, {1.0, 60.0, 3}}).status == kPass);
  CHECK(status({{0.0, 60.0, 1}, {1.0, 60.0, 1}}).status == kDeviation);
}

}  // namespace dosegate::clause_test::prescribed
