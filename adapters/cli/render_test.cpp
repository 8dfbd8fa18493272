#include <catch2/catch.hpp>
#include <sstream>

#include "adapters/cli/display.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/number.h"
#include "adapters/cli/render_dvh.h"
#include "adapters/cli/render_protocol.h"
#include "adapters/cli/render_report.h"

using namespace dosegate::cli;
namespace v1 = dosegate::v1;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The line that holds `part`, or an empty one.
std::string line_with(const std::string& text, const std::string& part) {
  for (const std::string& line : lines_of(text)) {
    if (line.find(part) != std::string::npos) return line;
  }
  return "";
}

std::size_t column_of(const std::string& line, const std::string& part) {
  const std::size_t at = line.find(part);
  REQUIRE(at != std::string::npos);
  return display_width(line.substr(0, at));
}

v1::Finding finding(const char* rule, v1::Finding::Status status, const char* role, const char* roi, const char* metric,
                    double value, double limit, const char* unit) {
  v1::Finding f;
  f.set_rule_id(rule);
  f.set_clause(std::string(rule).substr(0, 4));
  f.set_status(status);
  f.set_mandatory(true);
  f.set_structure(role);
  f.set_roi(roi);
  f.set_metric(metric);
  f.set_value(value);
  f.set_lower(value - 0.01);
  f.set_upper(value + 0.01);
  f.set_unit(unit);
  f.set_comparator(v1::LT);
  f.set_limit(limit);
  return f;
}

// What the first lines say beside the report.
struct ReportContext {
  v1::Plan plan;
  std::string protocol_title;
};

std::string render_report(const v1::Report& report, const ReportContext& context, Style style) {
  return dosegate::cli::render_report(
      dosegate::present::make_view(report, context.plan, context.protocol_title, dosegate::present::Language::kEnglish),
      style);
}

v1::Report sample() {
  v1::Report r;
  r.set_verdict(v1::Report::FAIL);
  r.mutable_protocol()->set_id("ChiCTR2000036385");
  r.mutable_protocol()->set_version("1.0.0");
  r.set_engine_version("0.1.0");
  *r.add_findings() =
      finding("OR-2.V20", v1::Finding::PASS, "Liver-GTV", "\xE8\x82\x9D\xE8\x84\x8F", "V20Gy[%]", 21.4, 49, "%");
  v1::Finding cord = finding("OR-6.Max", v1::Finding::DEVIATION, "SpinalCord", "Cord", "Max[Gy]", 42.31, 40, "Gy");
  cord.set_margin_dose_gy(-2.31);
  cord.set_margin_volume_cc(-0.42);
  cord.mutable_location()->set_x_mm(-12.3);
  cord.mutable_location()->set_y_mm(45);
  cord.mutable_location()->set_z_mm(110);
  cord.mutable_location()->set_kind(v1::Location::HOTTEST_POINT);
  cord.mutable_location()->set_dose_gy(42.31);
  cord.set_message("The spinal cord gets 42.31 Gy where less than 40 Gy is allowed.");
  cord.set_hint("Lower the dose at this point.");
  *r.add_findings() = cord;
  for (const char* rule : {"OR-3.V45", "OR-3.V50"}) {
    v1::Finding f;
    f.set_rule_id(rule);
    f.set_clause("OR-3");
    f.set_status(v1::Finding::NOT_EVALUABLE);
    f.set_mandatory(true);
    f.set_structure("Stomach");
    f.set_message("No structure stands for Stomach.");
    f.set_hint("Pin one with --map Stomach=NAME.");
    *r.add_findings() = f;
  }
  *r.add_findings() = finding("PL-4", v1::Finding::WARNING, "PTV", "PTV", "V49.5Gy[%]", 2.9, 3, "%");
  return r;
}

ReportContext context() {
  ReportContext c;
  c.plan.set_label("liver A");
  auto* reference = c.plan.add_dose_references();
  reference->set_type("TARGET");
  reference->set_target_prescription_dose_gy(45);
  c.plan.add_fraction_groups()->set_fractions_planned(15);
  return c;
}

}  // namespace

TEST_CASE("report: the verdict comes first, then what is wrong, open, warned of and passed", "[cli]") {
  const std::string text = render_report(sample(), context(), {});
  const auto at = [&](const char* part) {
    const std::size_t place = text.find(part);
    INFO(part << "\n" << text);
    REQUIRE(place != std::string::npos);
    return place;
  };
  CHECK(text.rfind("FAIL  Plan \"liver A\", 45 Gy in 15 fractions\n", 0) == 0);
  CHECK(at("ChiCTR2000036385 version 1.0.0") < at("Broken rules (1)"));
  CHECK(at("Broken rules (1)") < at("Could not be evaluated (2)"));
  CHECK(at("Could not be evaluated (2)") < at("Warnings (1)"));
  CHECK(at("Warnings (1)") < at("Passed (1)"));
}

TEST_CASE("report: a broken rule says value, limit, excess in Gy and cc, and where", "[cli]") {
  const std::string text = render_report(sample(), context(), {});
  const std::string row = line_with(text, "OR-6.Max");
  for (const char* part : {"SpinalCord (Cord)", "Max[Gy]", "42.31 Gy", "< 40 Gy", "2.31 Gy, 0.42 cc"}) {
    INFO(row);
    CHECK(row.find(part) != std::string::npos);
  }
  CHECK(row.find("-2.31") == std::string::npos);
  CHECK(text.find("Hottest point: x -12.3 mm (right), y 45.0 mm (posterior), z 110.0 mm (superior)") !=
        std::string::npos);
  CHECK(text.find("What to do: Lower the dose at this point.") != std::string::npos);
}

TEST_CASE("report: what matters most stands first, with its number, and what it means for approval", "[cli]") {
  const std::string text = render_report(sample(), context(), {});
  const std::size_t first = text.find("First of all"), group = text.find("Broken rules (1)");
  REQUIRE(first != std::string::npos);
  CHECK(first < group);
  CHECK(text.find("Not to be approved as it is: the plan breaks the protocol.") < first);
  const std::size_t cord = text.find("- SpinalCord (Cord) Max is 42.31 Gy; the limit is < 40 Gy.");
  const std::size_t stomach = text.find("- No structure stands for Stomach. 2 rules depend on it.");
  CHECK(first < cord);
  CHECK(cord < stomach);
  CHECK(stomach < group);
}

TEST_CASE("report: one thing alone is not said in two places", "[cli]") {
  v1::Report r = sample();
  r.mutable_findings()->DeleteSubrange(2, r.findings_size() - 2);  // one that passed, and the cord
  const std::string text = render_report(r, context(), {});
  CHECK(text.find("Broken rules (1)") != std::string::npos);
  CHECK(text.find("First of all") == std::string::npos);
}

TEST_CASE("report: rules with one reason state it once", "[cli]") {
  const std::string whole = render_report(sample(), context(), {});
  const std::size_t group = whole.find("Could not be evaluated (");
  REQUIRE(group != std::string::npos);
  const std::string text = whole.substr(group);
  const std::size_t first = text.find("No structure stands for Stomach.");
  REQUIRE(first != std::string::npos);
  CHECK(text.find("No structure stands for Stomach.", first + 1) == std::string::npos);
  CHECK(line_with(text, "OR-3.V45") != "");
  CHECK(line_with(text, "OR-3.V50") != "");
}

TEST_CASE("report: rules of one structure share their reason though each message names its metric", "[cli]") {
  v1::Report r = sample();
  r.clear_findings();
  for (const char* metric : {"V45Gy[%]", "V50Gy[%]"}) {
    auto* f = r.add_findings();
    f->set_rule_id(std::string("OR-3.") + metric);
    f->set_status(v1::Finding::NOT_EVALUABLE);
    f->set_mandatory(true);
    f->set_structure("Stomach");
    f->set_metric(metric);
    f->set_message(std::string("Stomach: ") + metric + " cannot be evaluated. There is no dose grid.");
    v1::Sentence* what = f->add_message_sentences();
    what->set_id("CannotBeEvaluated");
    what->add_arguments()->set_text("Stomach");
    what->add_arguments()->set_text(metric);
    f->add_message_sentences()->set_id("NoDoseGrid");
  }
  r.mutable_findings(1)->set_mandatory(false);
  const std::string text = render_report(r, context(), {});
  CHECK(line_with(text, "V45Gy[%]").find("advisory") == std::string::npos);
  CHECK(line_with(text, "V50Gy[%]").find("advisory") != std::string::npos);
  CHECK(text.find("cannot be evaluated") == std::string::npos);
  const std::size_t first = text.find("There is no dose grid.");
  REQUIRE(first != std::string::npos);
  CHECK(text.find("There is no dose grid.", first + 1) == std::string::npos);
}

TEST_CASE("report: columns line up under wide characters", "[cli]") {
  v1::Report r = sample();
  r.clear_findings();
  *r.add_findings() =
      finding("OR-2.V20", v1::Finding::PASS, "Liver", "\xE8\x82\x9D\xE8\x84\x8F", "V20Gy[%]", 21.4, 49, "%");
  *r.add_findings() = finding("OR-3.V45", v1::Finding::PASS, "Stomach", "Magen", "V45Gy[%]", 1.5, 25, "%");
  const std::string text = render_report(r, context(), {});
  const std::string a = line_with(text, "OR-2.V20"), b = line_with(text, "OR-3.V45");
  CHECK(column_of(a, "V20Gy[%]") == column_of(b, "V45Gy[%]"));
  CHECK(column_of(a, "< 49 %") == column_of(b, "< 25 %"));
  CHECK(column_of(a, "21.40 %") + 1 == column_of(b, "1.50 %"));  // right-aligned
}

TEST_CASE("report: no line is wider than the page", "[cli]") {
  v1::Report r = sample();
  r.mutable_findings(1)->set_message(std::string(30, 'x') + " long words and then some more " + std::string(300, 'y'));
  r.mutable_findings(1)->set_roi(std::string(60, 'n'));
  r.add_notes(std::string(500, 'z'));
  for (const std::size_t width : {60u, 80u, 100u, 200u}) {
    for (const std::string& line : lines_of(render_report(r, context(), {Colour::kOff, width}))) {
      INFO(width << ": " << line);
      // A table of numbers can be narrowed only so far.
      CHECK(display_width(line) <= std::max<std::size_t>(width, 100));
    }
  }
}

TEST_CASE("report: escape sequences in names, labels and messages are shown, not sent", "[cli]") {
  v1::Report r = sample();
  const std::string hostile = "A\x1b]0;owned\x07\x1b[31m\r\nPASS";
  r.mutable_findings(1)->set_roi(hostile);
  r.mutable_findings(1)->set_message(hostile);
  r.mutable_findings(1)->set_hint(hostile);
  r.add_notes(hostile);
  auto* match = r.add_structures();
  match->set_role("PTV");
  match->set_roi(hostile);
  match->set_how(hostile);
  r.add_inputs()->set_sop_instance_uid(hostile);
  r.mutable_dose()->set_reading(hostile);
  r.mutable_protocol()->set_id(hostile);
  ReportContext c = context();
  c.plan.set_label(hostile);
  c.protocol_title = hostile;
  const std::string text = render_report(r, c, {});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find("\nPASS") == std::string::npos);
  CHECK(text.find("\\u{1B}") != std::string::npos);
}

TEST_CASE("report: the short form has all that is not met and nothing that is, and says that there is more", "[cli]") {
  const v1::Report report = sample();
  const dosegate::present::View view =
      dosegate::present::make_view(report, v1::Plan(), "", dosegate::present::Language::kEnglish);
  const std::string whole = dosegate::cli::render_report(view, {}, Length::kFull);
  const std::string brief = dosegate::cli::render_report(view, {}, Length::kShort);
  CHECK(whole == dosegate::cli::render_report(view, {}));
  CHECK(brief.size() < whole.size());
  for (const auto status : {dosegate::present::Status::kBroken, dosegate::present::Status::kNotKnown,
                            dosegate::present::Status::kUndecided, dosegate::present::Status::kNear}) {
    for (const dosegate::present::Row& row : view.group(status).rows) CHECK(brief.find(row.rule) != std::string::npos);
  }
  CHECK(brief.find("--full") != std::string::npos);
  CHECK(brief.find("SHA-256") == std::string::npos);
  CHECK(whole.find("--full") == std::string::npos);
}

TEST_CASE("report: colour changes no word", "[cli]") {
  const std::string plain = render_report(sample(), context(), {Colour::kOff, 100});
  const std::string coloured = render_report(sample(), context(), {Colour::kOn, 100});
  CHECK(plain.find('\x1b') == std::string::npos);
  REQUIRE(coloured.find("\x1b[1;31mFAIL\x1b[0m") == 0);
  std::string stripped;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
    } else {
      stripped += coloured[i];
    }
  }
  CHECK(stripped == plain);
}

TEST_CASE("report: a status or verdict that is not known is no pass", "[cli]") {
  v1::Report r = sample();
  r.clear_findings();
  r.set_verdict(v1::Report::VERDICT_UNSPECIFIED);
  r.add_findings()->set_rule_id("X-1");
  const std::string text = render_report(r, context(), {});
  CHECK(text.rfind("NO VERDICT", 0) == 0);
  CHECK(text.find("Could not be evaluated (1)") != std::string::npos);
  CHECK(text.find("Passed") == std::string::npos);
}

TEST_CASE("report: an advisory deviation stands with the warnings and says so", "[cli]") {
  v1::Report r = sample();
  r.mutable_findings(1)->set_mandatory(false);
  const std::string text = render_report(r, context(), {});
  CHECK(text.find("Broken rules") == std::string::npos);
  CHECK(text.find("Warnings (2)") != std::string::npos);
  CHECK(text.find("Advisory: does not decide the verdict") != std::string::npos);
}

TEST_CASE("documents: a name that is given twice in one object is found, and one in two objects is none", "[cli]") {
  using dosegate::support::problem_of_json;
  const auto twice = [](const std::string& name) { return "\"" + name + "\" is given twice in one object; keep one"; };
  CHECK(problem_of_json(R"({"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]})").empty());
  CHECK(problem_of_json(R"({"fastingHours": 2, "gated": true, "fastingHours": 5})") == twice("fastingHours"));
  CHECK(problem_of_json(R"({"x": [{"fastingHours": 2, "fasting_hours": 5}]})") == twice("fastingHours"));
  CHECK(problem_of_json(R"({"given": false, "\u0067iven": true})") == twice("given"));
  CHECK(problem_of_json(R"({"a\/b": false, "a\u002Fb": true})") == twice("a/b"));
  CHECK(problem_of_json(R"({"a": "a", "b": "a", "c": "\"a\": {\"a\""})").empty());
  v1::DeliveredFraction fraction;
  CHECK(read_document(R"({"cbctBefore": false, "cbctBefore": true})", fraction) == twice("cbctBefore"));
  for (const char* escaped :
       {R"({"cbctBefore": false, "c\bctBefore": true})", R"({"cbctBefore": false, "cb\ctBefore": true})",
        R"({"cbctBefore": false, "\x63bctBefore": true})", R"({"cbctBefore": false, 'cbctBefore': true})"})
    CHECK_FALSE(read_document(escaped, fraction).empty());
}

TEST_CASE("documents: what is no JSON is none, though protobuf's reader would take it, and its place is told",
          "[cli]") {
  using dosegate::support::problem_of_json;
  using namespace std::string_literals;
  for (const std::string& broken : {""s,
                                    "}"s,
                                    "{\"a"s,
                                    "{\"a\\"s,
                                    "[,,\"a\"]"s,
                                    "\"\\"s,
                                    "{a: 1}"s,
                                    "{'a': 1}"s,
                                    "{\"\\a\": 1}"s,
                                    "{\"a\": 1,}"s,
                                    "[1,]"s,
                                    "[1"s,
                                    "{\"a\": 1"s,
                                    "{\"a\": /*x*/ 1}"s,
                                    "{} {}"s,
                                    "{}\0"s,
                                    "{}\0{}"s,
                                    "{\"a\0\": 1}"s,
                                    "{\"a\": \"\xFF\"}"s,
                                    "{\"a\": 01}"s,
                                    "{\"a\": NaN}"s,
                                    std::string(200, '[') + std::string(200, ']')}) {
    INFO(broken);
    CHECK_FALSE(problem_of_json(broken).empty());
  }
  CHECK(problem_of_json("{\n  \"a\": 1,\n}").find("line 3, column 1") != std::string::npos);
  for (const std::string& good : {"{}"s, " [1, -2.5e3, true, null, \"\\u00e9\\ud83d\\ude00\"] \n"s, "\xEF\xBB\xBF{}"s,
                                  std::string(90, '[') + std::string(90, ']')}) {
    INFO(good);
    CHECK(problem_of_json(good).empty());
  }
  std::string many = "{";
  for (int i = 0; i < 200000; ++i) many += "\"" + std::to_string(i) + "\":0,";
  CHECK_FALSE(problem_of_json(many + "\"x\":0}").empty());
}

TEST_CASE("dvh: the table says why a value is missing", "[cli]") {
  v1::DvhReport report;
  auto* roi = report.add_rois();
  roi->set_name("PTV\x1b[0m");
  auto* m = roi->add_metrics();
  m->set_metric("V95%[%]");
  m->set_problem("no prescription");
  auto* d = roi->add_metrics();
  d->set_metric("Mean[Gy]");
  d->set_value(45.5);
  d->set_unit("Gy");
  const std::string text = render_dvh(report, {});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(line_with(text, "V95%[%]").find("no prescription") != std::string::npos);
  CHECK(line_with(text, "Mean[Gy]").find("45.50 Gy") != std::string::npos);
  CHECK_FALSE(is_complete(report));
  report.mutable_rois(0)->mutable_metrics()->DeleteSubrange(0, 1);
  CHECK(is_complete(report));
}

TEST_CASE("lint: an entry of a severity that is not known counts as an error", "[cli]") {
  v1::LintReport report;
  CHECK_FALSE(has_errors(report));
  auto* entry = report.add_entries();
  entry->set_severity(v1::LintReport::Entry::WARNING);
  entry->set_path("$.rules[1]");
  entry->set_message("odd");
  CHECK_FALSE(has_errors(report));
  CHECK(render_lint(report, "my.json", {}).rfind("my.json: $.rules[1]: warning: odd\n", 0) == 0);
  entry->set_severity(v1::LintReport::Entry::SEVERITY_UNSPECIFIED);
  CHECK(has_errors(report));
}

TEST_CASE("documents: an unknown field is refused", "[cli]") {
  CHECK(parse_document<v1::Report>(R"({"verdict":"PASS"})").verdict() == v1::Report::PASS);
  CHECK_THROWS_AS(parse_document<v1::Report>(R"({"verdict":"PASS","extra":1})"), dosegate::support::Error);
  CHECK_THROWS_AS(parse_document<v1::Report>(R"({"verdict":"MAYBE"})"), dosegate::support::Error);
  CHECK_THROWS_AS(parse_document<v1::Report>("{"), dosegate::support::Error);
}
