// A case that holds several plans, structure sets and doses by name, as a host meets it.
#include <array>

#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

std::string dvh_of(dosegate_case* c, dosegate_status expected, Failure& error) {
  dosegate_document* raw = nullptr;
  REQUIRE(api().dvh(c, text(R"({"metrics": ["Mean[Gy]"]})"), &raw, error.out()) == expected);
  const std::string json = raw == nullptr ? "" : string(api().document_json(raw));
  api().document_release(raw);
  return json;
}

bool has(const std::string& report, const std::string& what) { return report.find(what) != std::string::npos; }

dosegate_verdict verdict_of(dosegate_case* c, const dosegate_protocol* protocol) {
  dosegate_report* raw = nullptr;
  REQUIRE(api().check(c, protocol, &raw, nullptr) == DOSEGATE_OK);
  const ReportHandle report(raw, api().report_release);
  return api().report_verdict(raw);
}

}  // namespace

TEST_CASE("the report of the short form says nothing of a course, and that of names lists what is held") {
  const ProtocolHandle protocol = builtin();
  Content content;
  const CaseHandle c = make_case();
  content.fill(c.get());
  const std::string unnamed = report_of(c.get(), protocol.get());
  CHECK_FALSE(has(unnamed, "\"course\""));
  content.plan_name = "primary";
  content.plan_set = content.set_name = "CT1";
  content.label = {"sum", {"primary"}, "CT1"};
  const CaseHandle other = make_case();
  content.fill(other.get());
  std::string report = report_of(other.get(), protocol.get());
  const auto begin = report.find("  \"course\""), end = report.find("  \"prescription\"");
  REQUIRE(begin < end);
  const std::string course = report.substr(begin, end - begin);
  CHECK(has(course, R"("name": "primary")"));
  CHECK(has(course, R"("label": "BOX")"));
  CHECK(has(course, R"("structureSet": "CT1")"));
  CHECK(has(course, R"("structures": 6)"));
  CHECK(has(course, R"("name": "sum")"));
  report.erase(begin, end - begin);
  CHECK(report == unnamed);
}

TEST_CASE("a second plan, dose or structure set keeps a case from passing until it is removed again") {
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_full_case();
  REQUIRE(verdict_of(c.get(), protocol.get()) == DOSEGATE_VERDICT_PASS);
  const std::string before = report_of(c.get(), protocol.get());
  const Content content;
  const auto is_held_back = [&](const char* id, const char* sentence) {
    CHECK(verdict_of(c.get(), protocol.get()) == DOSEGATE_VERDICT_INCOMPLETE);
    const std::string report = report_of(c.get(), protocol.get());
    CHECK(has(report, std::string("\"ruleId\": \"dosegate.") + id));
    CHECK(has(report, sentence));
  };
  SECTION("a plan") {
    REQUIRE(api().case_set_plan(c.get(), text(named(kAbiPlan, "boost")), nullptr) == DOSEGATE_OK);
    is_held_back("plans", "The case holds 2 plans, one without a name and 'boost'");
    REQUIRE(api().case_remove_plan(c.get(), "boost", nullptr) == DOSEGATE_OK);
  }
  SECTION("a dose") {
    REQUIRE(content.dose.set(c.get(), {"boost", {}, {}}) == DOSEGATE_OK);
    is_held_back("doses", "The case holds 2 doses, one without a name and 'boost'");
    REQUIRE(api().case_remove_dose(c.get(), "boost", nullptr) == DOSEGATE_OK);
  }
  SECTION("a structure set") {
    content.structures.at(1).set(c.get(), 1, "CT2");
    is_held_back("structure_sets", "The case holds 2 structure sets, one without a name and 'CT2'");
    SECTION("as a whole") { REQUIRE(api().case_remove_structure_set(c.get(), "CT2", nullptr) == DOSEGATE_OK); }
    SECTION("by its last structure") {
      REQUIRE(api().case_remove_structure(c.get(), "CT2", 1, nullptr) == DOSEGATE_OK);
    }
  }
  CHECK(report_of(c.get(), protocol.get()) == before);
}

TEST_CASE("of two doses the one that stays is judged, planes changed meanwhile included") {
  const ProtocolHandle protocol = builtin();
  Content content;
  const CaseHandle c = make_case();
  content.fill(c.get());
  (void)answers_of(c.get(), protocol.get());
  Dose second = content.dose;
  for (std::uint32_t p = 0; p < second.plane_count; ++p) second.fill_plane(p, 5);
  REQUIRE(second.set(c.get(), {"second", {}, {}}) == DOSEGATE_OK);
  (void)answers_of(c.get(), protocol.get());
  second.fill_plane(3, 9);
  REQUIRE(second.set_planes(c.get(), 3, 1, "second") == DOSEGATE_OK);
  content.dose.fill_plane(2, 4);
  REQUIRE(content.dose.set_planes(c.get(), 2, 1) == DOSEGATE_OK);
  const bool first_stays = GENERATE(true, false);
  REQUIRE(api().case_remove_dose(c.get(), first_stays ? "second" : "", nullptr) == DOSEGATE_OK);
  if (!first_stays) content.dose = second, content.label.name = "second";
  CHECK(answers_of(c.get(), protocol.get()) == fresh_answers(content, protocol.get()));
}

TEST_CASE("a dose that belongs to a plan or structure set that is not held is refused by name") {
  const ProtocolHandle protocol = builtin();
  Content content;
  content.label = {"sum", {"primary"}, {}};
  const CaseHandle c = make_case();
  content.fill(c.get());
  CHECK(has(report_of(c.get(), protocol.get()),
            "Dose 'sum' is of plan 'primary', which the case does not hold; it holds the plan without a name."));
  REQUIRE(api().case_remove_plan(c.get(), nullptr, nullptr) == DOSEGATE_OK);
  content.plan_name = "primary";
  content.set_plan(c.get());
  CHECK(report_of(c.get(), protocol.get()).find("dosegate.doses") == std::string::npos);
  content.label.structure_set = "CT9";
  REQUIRE(content.dose.set(c.get(), content.label) == DOSEGATE_OK);
  CHECK(has(report_of(c.get(), protocol.get()), "Dose 'sum' belongs to structure set 'CT9'"));
}

TEST_CASE("DVHs of several doses have a problem, and of several structure sets there are none") {
  const Content content;
  const CaseHandle c = make_case();
  content.fill(c.get());
  Failure error;
  REQUIRE(content.dose.set(c.get(), {"boost", {}, {}}) == DOSEGATE_OK);
  const std::string dvh = dvh_of(c.get(), DOSEGATE_OK, error);
  CHECK(has(dvh, "The case holds 2 doses"));
  CHECK_FALSE(has(dvh, "\"value\""));
  content.structures.at(1).set(c.get(), 1, "CT2");
  (void)dvh_of(c.get(), DOSEGATE_NOT_FOUND, error);
  CHECK(error.path() == "rois");
  CHECK(has(error.message(), "The case holds 2 structure sets"));
}

TEST_CASE("what is not held cannot be removed, and its planes not changed") {
  const Content content;
  const CaseHandle c = make_case();
  content.fill(c.get());
  Failure error;
  CHECK(api().case_remove_plan(c.get(), "boost", error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.message() == "The case holds no plan named 'boost'.");
  CHECK(api().case_remove_dose(c.get(), "boost", error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.path() == "name_in_case");
  CHECK(api().case_remove_structure_set(c.get(), "boost", error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.path() == "structure_set");
  CHECK(api().case_remove_structure(c.get(), "boost", 1, error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.path() == "structure_set");
  CHECK(content.dose.set_planes(c.get(), 0, 1, "boost") == DOSEGATE_NOT_FOUND);
  const CaseHandle empty = make_case();
  CHECK(api().case_remove_plan(empty.get(), nullptr, error.out()) == DOSEGATE_NOT_FOUND);
  CHECK(error.message() == "The case holds no plan without a name.");
}

TEST_CASE("names that are too long, hold control characters or are no UTF-8 are refused by their field") {
  const CaseHandle c = make_case();
  Failure error;
  struct Bad {
    std::string name;
    dosegate_status status;
  };
  const Bad bad = GENERATE(Bad{std::string(65, 'n'), DOSEGATE_LIMIT_EXCEEDED}, Bad{"a\nb", DOSEGATE_INVALID_DATA},
                           Bad{"\x7f", DOSEGATE_INVALID_DATA}, Bad{"M\xe4rz", DOSEGATE_INVALID_DATA});
  SmallDose dose;
  dose.d.name_in_case = bad.name.c_str();
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == bad.status);
  CHECK(error.path() == "dose.name_in_case");
  dose.d.name_in_case = nullptr;
  dose.d.structure_set = bad.name.c_str();
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == bad.status);
  CHECK(error.path() == "dose.structure_set");
  dose.d.structure_set = nullptr;
  const char* plans[] = {"primary", bad.name.c_str()};
  dose.d.plans = plans;
  dose.d.plan_count = 2;
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == bad.status);
  CHECK(error.path() == "dose.plans[1]");
  SmallStructure structure;
  structure.s.structure_set = bad.name.c_str();
  CHECK(api().case_set_structure(c.get(), &structure.s, error.out()) == bad.status);
  CHECK(error.path() == "structure.structure_set");
  CHECK(api().case_remove_plan(c.get(), bad.name.c_str(), error.out()) == bad.status);
  CHECK(error.path() == "name_in_case");
  if (bad.name != "a\nb") {  // which JSON refuses itself
    CHECK(api().case_set_plan(c.get(), text(named(kAbiPlan, bad.name)), error.out()) != DOSEGATE_OK);
  }
  const std::string longest(64, 'n');
  CHECK(api().case_set_plan(c.get(), text(named(kAbiPlan, longest)), nullptr) == DOSEGATE_OK);
  CHECK(api().case_remove_plan(c.get(), longest.c_str(), nullptr) == DOSEGATE_OK);
}

TEST_CASE("the plans that a dose names are checked before they are read") {
  const CaseHandle c = make_case();
  Failure error;
  SmallDose dose;
  dose.d.plan_count = 1;
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "dose.plans");
  const char* plans[] = {""};
  dose.d.plans = plans;
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == DOSEGATE_INVALID_DATA);
  CHECK(error.path() == "dose.plans[0]");
  plans[0] = nullptr;
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == DOSEGATE_INVALID_DATA);
  dose.d.plan_count = 65;
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == DOSEGATE_LIMIT_EXCEEDED);
  CHECK(error.path() == "dose.plan_count");
  dose.d.plan_count = ~std::uint64_t{0};
  CHECK(api().case_set_dose(c.get(), &dose.d, error.out()) == DOSEGATE_LIMIT_EXCEEDED);
}

TEST_CASE("a case holds 64 plans, structure sets and doses, and replaces those that it has") {
  const CaseHandle c = make_case();
  Failure error;
  SmallDose dose;
  SmallStructure structure;
  const auto set = [&](const std::string& name) {
    dose.d.name_in_case = name.c_str();
    structure.s.structure_set = name.c_str();
    return std::array{api().case_set_plan(c.get(), text(named(kAbiPlan, name)), nullptr),
                      api().case_set_dose(c.get(), &dose.d, nullptr),
                      api().case_set_structure(c.get(), &structure.s, error.out())};
  };
  for (int i = 0; i < 64; ++i) {
    for (const dosegate_status s : set(std::to_string(i))) REQUIRE(s == DOSEGATE_OK);
  }
  for (const dosegate_status s : set("64")) CHECK(s == DOSEGATE_LIMIT_EXCEEDED);
  CHECK(error.path() == "structure.structure_set");
  for (const dosegate_status s : set("63")) CHECK(s == DOSEGATE_OK);
  REQUIRE(api().case_remove_dose(c.get(), "0", nullptr) == DOSEGATE_OK);
  dose.d.name_in_case = "64";
  CHECK(api().case_set_dose(c.get(), &dose.d, nullptr) == DOSEGATE_OK);
}
