// The report that the engine writes, read by the schema.
#include <catch2/catch.hpp>
#include <limits>

#include "core/checker.h"
#include "core/protocol/protocol.h"
#include "core/protocols/load.h"
#include "core/report/report.h"
#include "dosegate/v1/report.pb.h"
#include "tests/proto/strict.h"

namespace dosegate {
namespace {

using proto_test::parse;

Finding full_finding(FindingStatus status, Comparator comparator) {
  Finding f;
  f.rule_id = "OR-6.max";
  f.clause = "OR-6";
  f.status = status;
  f.roi = "Mark \"alt\"\n\\ ü 脊髓";
  f.structure = "SpinalCord";
  f.metric = "Max[Gy]";
  f.value = 41.25;
  f.lower = 41.0;
  f.upper = 41.5;
  f.unit = "Gy";
  f.comparator = comparator;
  f.limit = 40.0;
  f.margin_dose = Dose::gy(-1.25);
  f.margin_dose_lower = Dose::gy(-1.5);
  f.margin_dose_upper = Dose::gy(-1.0);
  f.margin_volume = Volume::cc(-0.1);
  f.margin_volume_lower = Volume::cc(-0.2);
  f.margin_volume_upper = Volume::cc(-0.05);
  f.location_mm = Eigen::Vector3d(1.5, -2.25, 1e-7);
  f.location_kind = LocationKind::kHottestPoint;
  f.location_dose = Dose::gy(41.25);
  f.message = "message";
  f.hint = "hint";
  return f;
}

Report full_report() {
  Report r;
  r.verdict = Verdict::kFail;
  r.protocol_id = "ChiCTR2000036385";
  r.protocol_version = "1.0.0";
  r.as_of = *parse_day("2026-11-23");
  r.held = CourseSummary{{{"primary", "LIVER", "1.2.3.4", "CT1"}}, {{"CT1", 12}}, {{"sum", {"primary"}, "CT1"}}};
  r.inputs = {{"RTPLAN", "1.2.3", std::string(64, 'a')}};
  r.prescription = {"PTV", Dose::gy(45), 15, "dose reference 1", "a problem"};
  r.dose.maximum = Dose::gy(48.5);
  r.dose.scale_factor = 15.0;
  r.dose.reading = "as tagged";
  r.structures = {{"Stomach", "Magen", 7, "alias 'Magen' of the protocol", Volume::cc(210.5), "a problem"}};
  r.findings = {full_finding(FindingStatus::kDeviation, Comparator::kLess)};
  r.notes = {"a note"};
  return r;
}

}  // namespace

TEST_CASE("A report with everything in it is a Report of the schema that leaves no field out") {
  const auto message = parse<v1::Report>(to_json(full_report()));
  std::vector<std::string> unset;
  proto_test::unset_fields(message, "Report", unset);
  // What was accepted in spite of a rule, the gate adds.
  CHECK(unset == std::vector<std::string>{"Report.protocol_deviations"});

  CHECK(message.verdict() == v1::Report::FAIL);
  CHECK(message.engine_version() == kEngineVersion);
  CHECK(message.dose().maximum_gy() == 48.5);
  CHECK(message.structures(0).roi_number() == 7);
  CHECK(message.structures(0).volume_cc() == 210.5);
  const auto& f = message.findings(0);
  CHECK(f.status() == v1::Finding::DEVIATION);
  CHECK(f.mandatory());
  CHECK(f.roi() == "Mark \"alt\"\n\\ ü 脊髓");
  CHECK(f.value() == 41.25);
  CHECK(f.margin_dose_gy() == -1.25);
  CHECK(f.margin_dose_lower_gy() == -1.5);
  CHECK(f.margin_dose_upper_gy() == -1.0);
  CHECK(f.margin_volume_lower_cc() == -0.2);
  CHECK(f.margin_volume_upper_cc() == -0.05);
  CHECK(f.location().dose_gy() == 41.25);
  CHECK(f.location().z_mm() == 1e-7);
  CHECK(message.notes(0) == "a note");
  CHECK(message.note_sentences(0).sentences(0).id() == "Verbatim");
}

TEST_CASE("Every verdict, status, comparator and kind of place has its name in the schema") {
  for (const auto& [verdict, expected] :
       {std::pair(Verdict::kPass, v1::Report::PASS), std::pair(Verdict::kFail, v1::Report::FAIL),
        std::pair(Verdict::kIncomplete, v1::Report::INCOMPLETE)}) {
    Report r = full_report();
    r.verdict = verdict;
    CHECK(parse<v1::Report>(to_json(r)).verdict() == expected);
  }
  for (const auto& [status, expected] :
       {std::pair(FindingStatus::kPass, v1::Finding::PASS), std::pair(FindingStatus::kWarning, v1::Finding::WARNING),
        std::pair(FindingStatus::kDeviation, v1::Finding::DEVIATION),
        std::pair(FindingStatus::kIndeterminate, v1::Finding::INDETERMINATE),
        std::pair(FindingStatus::kNotEvaluable, v1::Finding::NOT_EVALUABLE)}) {
    Report r = full_report();
    r.findings = {full_finding(status, Comparator::kLess)};
    CHECK(parse<v1::Report>(to_json(r)).findings(0).status() == expected);
  }
  for (const auto& [comparator, expected] :
       {std::pair(Comparator::kLess, v1::LT), std::pair(Comparator::kLessOrEqual, v1::LE),
        std::pair(Comparator::kGreater, v1::GT), std::pair(Comparator::kGreaterOrEqual, v1::GE)}) {
    Report r = full_report();
    r.findings = {full_finding(FindingStatus::kPass, comparator)};
    CHECK(parse<v1::Report>(to_json(r)).findings(0).comparator() == expected);
  }
  for (const auto& [kind, expected] : {std::pair(LocationKind::kUnspecified, v1::Location::KIND_UNSPECIFIED),
                                       std::pair(LocationKind::kHottestPoint, v1::Location::HOTTEST_POINT),
                                       std::pair(LocationKind::kColdestPoint, v1::Location::COLDEST_POINT),
                                       std::pair(LocationKind::kLargestShortfall, v1::Location::LARGEST_SHORTFALL),
                                       std::pair(LocationKind::kFurthestExcess, v1::Location::FURTHEST_EXCESS)}) {
    Report r = full_report();
    r.findings.front().location_kind = kind;
    CHECK(parse<v1::Report>(to_json(r)).findings(0).location().kind() == expected);
  }
}

TEST_CASE("What a finding does not have is absent from the report, not zero") {
  Report r;
  r.findings.resize(1);
  r.structures.resize(1);
  const auto message = parse<v1::Report>(to_json(r));
  CHECK(message.verdict() == v1::Report::INCOMPLETE);
  const auto& f = message.findings(0);
  CHECK_FALSE(f.has_value());
  CHECK_FALSE(f.has_limit());
  CHECK_FALSE(f.has_comparator());
  CHECK_FALSE(f.has_margin_dose_gy());
  CHECK_FALSE(f.has_location());
  CHECK_FALSE(f.has_roi());
  CHECK_FALSE(message.structures(0).has_roi());
  CHECK_FALSE(message.structures(0).has_volume_cc());
  CHECK_FALSE(message.dose().has_maximum_gy());
}

TEST_CASE("Every kind of argument of a sentence is one of the schema, and stands where the words name it") {
  Listing list = listing(std::vector<std::string>(10, "name"));
  Report r = full_report();
  Finding& f = r.findings.front();
  f.message = say<Said::kDoseDifference>();
  f.message += say<Said::kOfRole>("{role}", Prose(say<Said::kDoseGiven>(number(0.0, 2, "Gy"))));
  f.message += say<Said::kTooFewFractions>(std::int64_t{1} << 40, 15);
  f.message += say<Said::kSurgeryWasOn>(*parse_day("2026-02-28"));
  f.message += say<Said::kBeamsSeveralMachines>(list);
  f.message += say<Said::kOfRole>("PTV", Prose());
  const auto message = parse<v1::Report>(to_json(r));
  const auto& sentences = message.findings(0).message_sentences();
  REQUIRE(sentences.size() == 6);
  CHECK(sentences[0].id() == "DoseDifference");
  CHECK(sentences[0].arguments().empty());
  CHECK(sentences[1].arguments(0).text() == "{role}");
  const auto& dose = sentences[1].arguments(1).sentences().sentences(0).arguments(0);
  CHECK(dose.kind_case() == v1::Argument::kNumber);
  CHECK(dose.number() == 0.0);
  CHECK(dose.decimals() == 2);
  CHECK(dose.unit() == "Gy");
  CHECK(sentences[2].arguments(0).count() == std::int64_t{1} << 40);
  CHECK(sentences[3].arguments(0).day() == "2026-02-28");
  CHECK(sentences[4].arguments(0).list().items_size() == 8);
  CHECK(sentences[4].arguments(0).list().more() == 2);
  CHECK(sentences[5].arguments(1).kind_case() == v1::Argument::kSentences);
  CHECK(
      message.findings(0).message() ==
      "The dose grid holds a dose difference (DoseType ERROR), not a dose. {role}: 0 Gy given 1099511627776 fractions "
      "are planned or given; the protocol has 15. Surgery was on Sat 2026-02-28. The beams are on several machines: "
      "name, name, name, name, name, name, name, name and 2 more. PTV: ");
  for (const auto& [join, expected] :
       {std::pair(Join::kAnd, v1::ArgumentList::AND), std::pair(Join::kOr, v1::ArgumentList::OR),
        std::pair(Join::kComma, v1::ArgumentList::COMMA), std::pair(Join::kSemicolon, v1::ArgumentList::SEMICOLON)}) {
    list.join = join;
    f.message = say<Said::kBeamsSeveralMachines>(list);
    CHECK(parse<v1::Report>(to_json(r)).findings(0).message_sentences(0).arguments(0).list().join() == expected);
  }
}

TEST_CASE("Numbers in a report come back to the last bit") {
  for (const double value :
       {0.1, 1.0 / 3.0, 1e-300, 5e-324, 1.7976931348623157e308, 123456789.123456789, -0.0, 42.75}) {
    Report r = full_report();
    r.findings[0].value = value;
    CHECK(parse<v1::Report>(to_json(r)).findings(0).value() == value);
  }
}

TEST_CASE("The report of an empty case is a Report, has one finding for every rule at least, and is not a pass") {
  const auto protocol = load_protocol(builtin_protocols().front().json);
  REQUIRE(protocol);
  const auto report = check(Case{}, *protocol);
  REQUIRE(report);
  const auto message = parse<v1::Report>(to_json(*report));
  CHECK(message.verdict() == v1::Report::INCOMPLETE);
  CHECK(message.protocol().id() == "ChiCTR2000036385");
  CHECK(message.findings_size() >= static_cast<int>(protocol->rules.size()));
}

}  // namespace dosegate
