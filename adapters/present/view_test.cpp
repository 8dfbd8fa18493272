#include "adapters/present/view.h"

#include <catch2/catch.hpp>
#include <set>

#include "adapters/present/says.h"

using namespace dosegate::present;
namespace v1 = dosegate::v1;

namespace {

v1::Finding& add(v1::Report& r, const char* rule, v1::Finding::Status status, bool mandatory = true) {
  v1::Finding& f = *r.add_findings();
  f.set_rule_id(rule);
  f.set_status(status);
  f.set_mandatory(mandatory);
  f.set_message(std::string("What was found of ") + rule + ".");
  return f;
}

v1::Finding& add_metric(v1::Report& r, const char* rule, v1::Finding::Status status, const char* metric,
                        const char* unit, double value, v1::Comparator comparator, double limit) {
  v1::Finding& f = add(r, rule, status);
  f.set_structure("PTV");
  f.set_metric(metric);
  f.set_unit(unit);
  f.set_value(value);
  f.set_lower(value);
  f.set_upper(value);
  f.set_comparator(comparator);
  f.set_limit(limit);
  return f;
}

// "ID" with texts as arguments.
v1::Sentence sentence(const char* id, std::initializer_list<const char*> texts = {}) {
  v1::Sentence s;
  s.set_id(id);
  for (const char* text : texts) s.add_arguments()->set_text(text);
  return s;
}

View view_of(const v1::Report& r, Language language = Language::kEnglish) { return make_view(r, {}, "", language); }

// The numbers of the places in a pattern, and how many forms it has.
std::set<char> places(std::string_view pattern) {
  std::set<char> found;
  for (std::size_t i = 0; i + 2 < pattern.size(); ++i) {
    if (pattern[i] == '{' && pattern[i + 2] == '}') found.insert(pattern[i + 1]);
  }
  return found;
}

}  // namespace

TEST_CASE("catalogue: no sentence is missing in a language or has other arguments there", "[present]") {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Text::kCount); ++i) {
    const auto id = static_cast<Text>(i);
    const std::string_view english = pattern(id, Language::kEnglish);
    INFO(english);
    CHECK_FALSE(english.empty());
    for (const Language language : {Language::kGerman, Language::kChinese}) {
      const std::string_view other = pattern(id, language);
      INFO(other);
      CHECK_FALSE(other.empty());
      CHECK(places(other) == places(english));
      // A sentence that depends on a number has a form for one and one for others where the language has them.
      const bool has_forms = english.find('|') != std::string_view::npos;
      if (language == Language::kGerman) CHECK((other.find('|') != std::string_view::npos) == has_forms);
      if (language == Language::kChinese) CHECK(other.find('|') == std::string_view::npos);
    }
  }
}

TEST_CASE("catalogue: every form of a sentence has all of its arguments", "[present]") {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Text::kCount); ++i) {
    for (const Language language : kLanguages) {
      const std::string_view all = pattern(static_cast<Text>(i), language);
      const std::size_t bar = all.find('|');
      if (bar == std::string_view::npos) continue;
      INFO(all);
      CHECK(places(all.substr(0, bar)) == places(all.substr(bar + 1)));
    }
  }
}

TEST_CASE("catalogue: one takes the form for one, and an argument is not looked into", "[present]") {
  CHECK(say_count(Text::kCountBroken, Language::kEnglish, 1) == "1 rule is broken");
  CHECK(say_count(Text::kCountBroken, Language::kEnglish, 2) == "2 rules are broken");
  CHECK(say_count(Text::kCountBroken, Language::kGerman, 0) == "0 Regeln sind nicht erfüllt");
  CHECK(say_count(Text::kCountBroken, Language::kChinese, 1) == "1 条规则不符合");
  CHECK(say(Text::kLabelled, Language::kEnglish, {"{1}", "b"}) == "{1}: b");
  CHECK(language_of("zh") == Language::kChinese);
  CHECK_FALSE(language_of("fr"));
}

TEST_CASE("view: what is broken, open, undecided, near, pending, passed and for information stand apart", "[present]") {
  v1::Report r;
  add(r, "A", v1::Finding::PASS);
  add(r, "B", v1::Finding::WARNING);
  add(r, "C", v1::Finding::DEVIATION);
  add(r, "D", v1::Finding::DEVIATION, false);
  add(r, "E", v1::Finding::INDETERMINATE);
  add(r, "F", v1::Finding::NOT_EVALUABLE);
  add(r, "G", v1::Finding::PENDING);
  v1::Finding& information = add(r, "H", v1::Finding::PASS);
  information.set_metric("D2%[Gy]");
  information.set_value(46);
  add(r, "I", static_cast<v1::Finding::Status>(77));
  const View v = view_of(r);
  const auto rules = [&](Status status) {
    std::string all;
    for (const Row& row : v.group(status).rows) all += row.rule;
    return all;
  };
  CHECK(rules(Status::kBroken) == "C");
  CHECK(rules(Status::kNear) == "BD");
  CHECK(rules(Status::kUndecided) == "E");
  CHECK(rules(Status::kNotKnown) == "FI");
  CHECK(rules(Status::kPending) == "G");
  CHECK(rules(Status::kPassed) == "A");
  CHECK(rules(Status::kInformation) == "H");
  CHECK(v.summary ==
        "1 rule is broken, 2 could not be evaluated, 1 too close to the limit to decide, 1 pending, 2 warnings, 1 "
        "passed.");
}

TEST_CASE("view: rules that are open for one reason make one cause", "[present]") {
  v1::Report r;
  for (const char* rule : {"RX-1", "CTV-1", "RX-2"}) {
    v1::Finding& f = add(r, rule, v1::Finding::NOT_EVALUABLE);
    // Told by the id: the English text may be anything.
    f.set_message(rule[0] == 'R' ? "No clinical record was given." : "No ROI stands for CTV.");
    *f.add_message_sentences() = rule[0] == 'R' ? sentence("NoRecord") : sentence("NoRoi", {"CTV"});
    if (rule[0] == 'C') f.set_structure("CTV");
  }
  const View v = view_of(r);
  CHECK(view_of(r, Language::kGerman).group(Status::kNotKnown).causes == v.group(Status::kNotKnown).causes);
  const Group& open = v.group(Status::kNotKnown);
  REQUIRE(open.causes == std::vector<std::vector<std::size_t>>{{0, 2}, {1}});
  CHECK(open.is_rules_alone(open.causes[0]));
  CHECK_FALSE(open.is_rules_alone(open.causes[1]));
  // The cause that more rules hang on comes first.
  REQUIRE(v.headlines.size() == 2);
  CHECK(v.row(v.headlines[0]).reason == "No clinical record was given.");
  CHECK(v.headlines[0].rules == 2);
}

TEST_CASE("view: rules that lack the same share one cause, each with what of it is open", "[present]") {
  v1::Report r;
  const auto of_role = [](const v1::Sentence& why) {
    v1::Sentence s = sentence("OfRole", {"CTV"});
    *s.add_arguments()->mutable_sentences()->add_sentences() = why;
    return s;
  };
  v1::Finding& margin = add(r, "VO-2", v1::Finding::NOT_EVALUABLE);
  *margin.add_message_sentences() = sentence("MarginCannotBeVerified", {"GTV", "CTV"});
  *margin.add_message_sentences() = of_role(sentence("NoRoi", {"CTV"}));
  v1::Finding& metric = add(r, "PL-3", v1::Finding::NOT_EVALUABLE);
  metric.set_structure("CTV");
  metric.set_metric("V95%[%]");
  *metric.add_message_sentences() = sentence("CannotBeEvaluated", {"CTV", "V95%[%]"});
  *metric.add_message_sentences() = sentence("NoRoi", {"CTV"});
  v1::Finding& empty = add(r, "VO-9", v1::Finding::NOT_EVALUABLE);
  *empty.add_message_sentences() = sentence("MarginCannotBeVerified", {"GTV", "CTV"});
  *empty.add_message_sentences() = sentence("Verbatim", {"GTV is empty"});
  const View v = view_of(r);
  const Group& open = v.group(Status::kNotKnown);
  CHECK(open.causes == std::vector<std::vector<std::size_t>>{{0, 1}, {2}});
  CHECK(open.rows[0].what == "The margin from GTV to CTV cannot be verified.");
  CHECK(open.rows[0].cause == "no ROI stands for CTV: none has that name");
  CHECK(open.rows[1].what.empty());
  CHECK(open.rows[2].cause == "GTV is empty");
  const View german = view_of(r, Language::kGerman);
  CHECK(german.group(Status::kNotKnown).causes == open.causes);
  CHECK(german.group(Status::kNotKnown).rows[0].what == "Der Saum von GTV zu CTV kann nicht geprüft werden.");
}

TEST_CASE("view: what a newer library says and this catalogue does not know stays English", "[present]") {
  v1::Report r;
  v1::Finding& f = add(r, "NEW-1", v1::Finding::WARNING);
  *f.add_message_sentences() = sentence("SaidByTheNextVersion");
  *f.add_hint_sentences() = sentence("CheckContours");
  f.set_hint("Check the contours in the planning system.");
  const View v = view_of(r, Language::kGerman);
  CHECK(v.group(Status::kNear).rows[0].reason == "What was found of NEW-1.");
  CHECK(v.group(Status::kNear).rows[0].hint == "Prüfen Sie die Konturen im Planungssystem.");
}

TEST_CASE("view: a pass rate stands with what was compared, a dose with its numbers alone", "[present][QA-1]") {
  v1::Report r;
  v1::Finding& rate = add_metric(r, "QA-1", v1::Finding::PASS, "", "%", 99.9, v1::GT, 95);
  *rate.add_message_sentences() = sentence(std::string(dosegate::name_of(dosegate::Said::kGammaMeasured)).c_str());
  add_metric(r, "OR-1", v1::Finding::PASS, "Max[Gy]", "Gy", 30, v1::LT, 40);
  const View v = view_of(r);
  REQUIRE(v.group(Status::kPassed).rows.size() == 2);
  CHECK(v.group(Status::kPassed).rows[0].needs_reason);
  CHECK_FALSE(v.group(Status::kPassed).rows[1].needs_reason);
}

TEST_CASE("view: the share of a limit is beyond 1 where the limit is broken, whichever side it is on", "[present]") {
  v1::Report r;
  const auto share = [&](const char* metric, const char* unit, double value, v1::Comparator comparator, double limit) {
    return share_of_limit(add_metric(r, "A", v1::Finding::PASS, metric, unit, value, comparator, limit));
  };
  CHECK(share("Max[Gy]", "Gy", 42, v1::LT, 40)->value == Approx(1.05));
  CHECK(share("V20Gy[%]", "%", 24.5, v1::LE, 49)->value == Approx(0.5));
  // 98.5 % where 97 % is asked for uses half of what may be missing; 96 % is beyond.
  CHECK(share("V95%[%]", "%", 98.5, v1::GE, 97)->value == Approx(0.5));
  CHECK(share("V95%[%]", "%", 96, v1::GE, 97)->value == Approx(4.0 / 3.0));
  CHECK(share("D95%[Gy]", "Gy", 50, v1::GE, 45)->value == Approx(0.9));
  CHECK(share("D95%[Gy]", "Gy", 40, v1::GT, 45)->value == Approx(1.125));
  // A rate is a share of 100 as a volume is: 98.5 % where more than 95 % is asked for.
  CHECK(share("", "%", 98.5, v1::GT, 95)->value == Approx(0.3));
  // Where there is no number, there is no bar.
  CHECK_FALSE(share("Max[Gy]", "Gy", 1, v1::LT, 0));
  CHECK_FALSE(share("V0Gy[%]", "%", 100, v1::GE, 100));
  CHECK_FALSE(share("Max[Gy]", "Gy", 1, v1::COMPARATOR_UNSPECIFIED, 2));
  v1::Finding& wide = add_metric(r, "B", v1::Finding::PASS, "V95%[%]", "%", 98, v1::GE, 97);
  wide.set_lower(97.5);
  wide.set_upper(99);
  const auto s = share_of_limit(wide);
  CHECK(s->lower == Approx(1.0 / 3.0));
  CHECK(s->upper == Approx(2.5 / 3.0));
}

TEST_CASE("view: the largest excess is said first, and no more than three things", "[present]") {
  v1::Report r;
  add_metric(r, "Small", v1::Finding::DEVIATION, "Max[Gy]", "Gy", 41, v1::LT, 40);
  add_metric(r, "Large", v1::Finding::DEVIATION, "Max[Gy]", "Gy", 60, v1::LT, 40);
  add(r, "Open", v1::Finding::NOT_EVALUABLE);
  add_metric(r, "Near", v1::Finding::WARNING, "Max[Gy]", "Gy", 39.9, v1::LT, 40);
  const View v = view_of(r);
  REQUIRE(v.headlines.size() == 3);
  CHECK(v.row(v.headlines[0]).rule == "Large");
  CHECK(v.row(v.headlines[1]).rule == "Small");
  CHECK(v.row(v.headlines[2]).rule == "Open");
}

TEST_CASE("view: a language changes headings and places, never a number, a name or the engine's sentence",
          "[present]") {
  v1::Report r;
  v1::Finding& f = add_metric(r, "OR-6.Max", v1::Finding::DEVIATION, "Max[Gy]", "Gy", 42, v1::LT, 40);
  f.set_margin_dose_gy(-2);
  f.mutable_location()->set_x_mm(-2.5);
  f.mutable_location()->set_kind(v1::Location::HOTTEST_POINT);
  const View english = view_of(r), german = view_of(r, Language::kGerman), chinese = view_of(r, Language::kChinese);
  for (const View* v : {&german, &chinese}) {
    const Row &a = english.group(Status::kBroken).rows[0], &b = v->group(Status::kBroken).rows[0];
    CHECK(a.value == b.value);
    CHECK(a.limit == b.limit);
    CHECK(a.room == b.room);
    CHECK(a.reason == b.reason);
    CHECK(english.group(Status::kBroken).title != v->group(Status::kBroken).title);
  }
  CHECK(german.group(Status::kBroken).rows[0].place == "Punkt höchster Dosis: x -2.5 mm (rechts), y 0.0 mm, z 0.0 mm");
}
