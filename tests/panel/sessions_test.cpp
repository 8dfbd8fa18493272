// What pages are told of the sessions that are followed.
#include "adapters/panel/sessions.h"

#include <malloc.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

#include "adapters/panel/watch.h"

using namespace dosegate;
using namespace dosegate::panel;
namespace json = boost::json;

namespace {

using Parts = v1::FollowSessionsResponse;

v1::Finding finding(const std::string& rule, v1::Finding::Status status, double value = 0) {
  v1::Finding f;
  f.set_rule_id(rule);
  f.set_mandatory(true);
  f.set_status(status);
  if (status == v1::Finding::NOT_EVALUABLE) {
    f.set_message("There is no dose grid.");
    return f;
  }
  f.set_structure("SpinalCord");
  f.set_metric("Max[Gy]");
  f.set_unit("Gy");
  f.set_value(value);
  f.set_limit(40);
  f.set_comparator(v1::LT);
  return f;
}

// Feeds it and reads, of each topic, what pages are told last.
class Told {
 public:
  explicit Told(Identifiers identifiers = Identifiers::kHidden)
      : sessions(feed, present::Language::kEnglish, identifiers) {
    sessions.set_connected(true);
  }

  void begin(const std::string& name) {
    Parts part;
    part.set_session(name);
    part.mutable_begun()->set_protocol_json(R"({"id":"P","version":"1.0.0","title":"A trial"})");
    sessions.take(part);
  }
  void state(const std::string& name, bool connected, bool stale) {
    Parts part;
    part.set_session(name);
    part.mutable_state()->set_connected(connected);
    part.mutable_state()->set_stale(stale);
    sessions.take(part);
  }
  void check(const std::string& name, std::uint64_t revision, v1::Report::Verdict verdict,
             const std::vector<v1::Finding>& findings) {
    Parts part;
    part.set_session(name);
    auto& checked = *part.mutable_checked();
    checked.set_revision(revision);
    checked.set_event(10 * revision);
    checked.mutable_report()->set_verdict(verdict);
    checked.mutable_report()->add_notes("Made for Jane Doe.");
    for (const v1::Finding& f : findings) *checked.mutable_report()->add_findings() = f;
    auto& match = *checked.mutable_report()->add_structures();
    match.set_role("SpinalCord");
    match.set_roi_number(7);
    match.set_volume_cc(10);
    checked.add_plans()->set_label("DOE^JANE");
    sessions.take(part);
  }
  // Of a structure, where `volume_cc` is none: of none, as without a dose.
  void curves(const std::string& name, std::uint64_t revision, double volume_cc = 0) {
    Parts part;
    part.set_session(name);
    auto& curves = *part.mutable_curves();
    curves.set_revision(revision);
    if (volume_cc > 0) {
      auto& roi = *curves.mutable_dvh()->add_rois();
      roi.set_roi_number(7);
      roi.set_volume_cc(volume_cc);
      roi.mutable_curve()->set_bin_gy(1);
      for (const double share : {1.0, 0.5, 0.0}) {
        roi.mutable_curve()->add_volume_cc(share * volume_cc);
        roi.mutable_curve()->add_lower_cc(share * volume_cc);
        roi.mutable_curve()->add_upper_cc(share * volume_cc);
      }
    }
    sessions.take(part);
  }
  void heartbeat() {
    Parts part;
    part.mutable_heartbeat()->set_count(1);
    sessions.take(part);
  }

  json::object last(const std::string& kind, const std::string& session = "") {
    Feed::Reader reader(feed, [] {});
    json::object found;
    while (const auto text = reader.next()) {
      all += *text;
      if (text->rfind("event: " + kind + "\n", 0) != 0) continue;
      const std::size_t from = text->find("data: ") + 6;
      json::object object = json::parse(text->substr(from)).as_object();
      if (session.empty() ||
          (object["session"].is_string() && object["session"].as_string() == std::string_view(session)))
        found = std::move(object);
    }
    return found;
  }
  std::string state_of(std::size_t index) {
    return std::string(last("sessions").at("sessions").as_array().at(index).at("state").as_string());
  }

  Feed feed;
  Sessions sessions;
  std::string all;
};

std::string text(const json::value& value) { return std::string(value.as_string()); }

}  // namespace

TEST_CASE("a finding that moves is told with what it was, one that appears as new, one that goes as resolved") {
  Told told;
  told.begin("sessions/a");
  told.check("sessions/a", 1, v1::Report::FAIL,
             {finding("A", v1::Finding::DEVIATION, 46.11), finding("B", v1::Finding::PASS, 20),
              finding("C", v1::Finding::DEVIATION, 41)});
  CHECK(told.last("findings").at("changes").as_object().empty());
  told.check("sessions/a", 2, v1::Report::FAIL,
             {finding("A", v1::Finding::DEVIATION, 42), finding("B", v1::Finding::DEVIATION, 40.5),
              finding("C", v1::Finding::PASS, 39)});
  const json::object findings = told.last("findings");
  const json::object& changes = findings.at("changes").as_object();
  const json::object& moved = changes.at("A|SpinalCord|Max[Gy]").as_object();
  CHECK(text(moved.at("kind")) == "moved");
  CHECK(text(moved.at("was")) == "was 46.11 Gy");
  CHECK(text(findings.at("rows").at("A|SpinalCord|Max[Gy]").at("value")) == "42.00 Gy");
  CHECK(text(findings.at("rows").at("A|SpinalCord|Max[Gy]").at("raw").at("value")) == "42");
  CHECK(text(changes.at("B|SpinalCord|Max[Gy]").at("kind")) == "new");
  CHECK(text(changes.at("C|SpinalCord|Max[Gy]").at("kind")) == "resolved");
  CHECK(findings.at("items").as_array() == json::array({"A|SpinalCord|Max[Gy]", "B|SpinalCord|Max[Gy]"}));
}

TEST_CASE("beside the curves stand those of the revision before, where it has any, and of one that is asked for") {
  Told told;
  told.begin("sessions/a");
  const auto has_before = [&](std::uint64_t revision) {
    return json::parse(*told.sessions.undo("s1", revision)).as_object().contains("before");
  };
  told.check("sessions/a", 1, v1::Report::INCOMPLETE, {finding("A", v1::Finding::NOT_EVALUABLE)});
  told.curves("sessions/a", 1);
  told.check("sessions/a", 2, v1::Report::FAIL, {finding("A", v1::Finding::DEVIATION, 42)});
  told.curves("sessions/a", 2, 10);
  CHECK_FALSE(told.last("curves").contains("before"));                                        // no dose, no curves
  told.check("sessions/a", 3, v1::Report::FAIL, {finding("A", v1::Finding::DEVIATION, 43)});  // changed too soon
  told.check("sessions/a", 4, v1::Report::PASS, {finding("A", v1::Finding::PASS, 39)});
  told.curves("sessions/a", 4, 10);
  CHECK_FALSE(told.last("curves").contains("before"));
  CHECK_FALSE(has_before(1));
  CHECK(has_before(2));
  CHECK_FALSE(has_before(3));
}

TEST_CASE("undoing says what it would bring back, against what is now, and changes nothing") {
  Told told;
  told.begin("sessions/a");
  told.check("sessions/a", 1, v1::Report::FAIL,
             {finding("A", v1::Finding::DEVIATION, 46.11), finding("B", v1::Finding::PASS, 20)});
  told.check("sessions/a", 2, v1::Report::PASS,
             {finding("A", v1::Finding::PASS, 38), finding("B", v1::Finding::PASS, 21)});
  const json::object findings = told.last("findings");
  const json::object& undo = findings.at("undo").as_object();
  CHECK(text(undo.at("verdict").at("word")) == "The verdict would be Fail.");
  const json::array& lines = undo.at("lines").as_array();
  REQUIRE(lines.size() == 1);
  CHECK(text(lines[0].at("word")) == "brings back");
  CHECK(text(lines[0].at("text")) == "38.00 Gy → 46.11 Gy");
  const auto asked = told.sessions.undo("s1", 1);
  REQUIRE(asked);
  CHECK(text(json::parse(*asked).at("lines").as_array().at(0).at("rule")) == "A");
  CHECK_FALSE(told.sessions.undo("s1", 7));
  CHECK_FALSE(told.sessions.undo("s2", 1));
  // Going back is a revision of its own, and known again.
  told.check("sessions/a", 3, v1::Report::FAIL,
             {finding("A", v1::Finding::DEVIATION, 46.11), finding("B", v1::Finding::PASS, 20)});
  CHECK(text(told.last("findings").at("same")) == "All findings are as in revision 1.");
}

TEST_CASE("rules that hang on one cause are one line, and leave it when the cause is gone") {
  Told told;
  told.begin("sessions/a");
  told.check("sessions/a", 1, v1::Report::INCOMPLETE,
             {finding("A", v1::Finding::NOT_EVALUABLE), finding("B", v1::Finding::NOT_EVALUABLE)});
  const json::object first = told.last("findings");
  REQUIRE(first.at("items").as_array().size() == 1);
  const json::object& cause = first.at("causes").as_object().begin()->value().as_object();
  CHECK(text(cause.at("rules")) == "2 rules");
  CHECK(text(cause.at("why")) == "There is no dose grid.");
  told.check("sessions/a", 2, v1::Report::PASS,
             {finding("A", v1::Finding::PASS, 20), finding("B", v1::Finding::PASS, 20)});
  json::object findings = told.last("findings");
  CHECK(findings.at("items").as_array().empty());
  CHECK(text(findings.at("undo").at("unknown")) == "Not known: 0 → 2");
  // What was not known and turns out to be broken is new.
  told.check("sessions/a", 3, v1::Report::INCOMPLETE, {finding("A", v1::Finding::NOT_EVALUABLE)});
  told.check("sessions/a", 4, v1::Report::FAIL, {finding("A", v1::Finding::DEVIATION, 46)});
  findings = told.last("findings");
  for (const auto& change : findings.at("changes").as_object()) {
    if (findings.at("rows").as_object().contains(change.key())) CHECK(text(change.value().at("kind")) == "new");
  }
}

TEST_CASE("whatever makes what is shown stale is told in its own words") {
  Told told;
  told.begin("sessions/a");
  told.state("sessions/a", true, false);
  CHECK(told.state_of(0) == "none");
  told.check("sessions/a", 1, v1::Report::PASS, {finding("A", v1::Finding::PASS, 20)});
  CHECK(told.state_of(0) == "current");
  told.state("sessions/a", true, true);
  CHECK(told.state_of(0) == "checking");
  told.state("sessions/a", false, false);
  CHECK(told.state_of(0) == "lost");
  told.state("sessions/a", true, false);
  told.sessions.set_connected(false);
  CHECK(told.state_of(0) == "lost");
  // Reached again: the same revision is not a new one; a session that the server does not name any more is over.
  told.sessions.set_connected(true);
  told.begin("sessions/a");
  told.check("sessions/a", 1, v1::Report::PASS, {finding("A", v1::Finding::PASS, 20)});
  told.heartbeat();
  CHECK(told.state_of(0) == "current");
  CHECK(told.last("timeline").at("revisions").as_array().size() == 1);
  told.sessions.set_connected(false);
  told.sessions.set_connected(true);
  told.heartbeat();
  CHECK(told.state_of(0) == "over");
}

TEST_CASE("labels, notes and the server's names of sessions reach the page only where identifiers are switched on") {
  for (const Identifiers identifiers : {Identifiers::kHidden, Identifiers::kShown}) {
    Told told(identifiers);
    told.begin("sessions/secret-key");
    told.check("sessions/secret-key", 1, v1::Report::PASS, {finding("A", v1::Finding::PASS, 20)});
    told.last("findings");
    CHECK((told.all.find("DOE") != std::string::npos) == (identifiers == Identifiers::kShown));
    CHECK(told.all.find("secret-key") == std::string::npos);
    CHECK(told.all.find("Jane") == std::string::npos);
  }
}

TEST_CASE("revisions and sessions are kept as far as they may be, the oldest go") {
  Told told;
  told.begin("sessions/a");
  for (std::uint64_t n = 1; n <= Sessions::kMostRevisions + 10; ++n) {
    told.check("sessions/a", n, v1::Report::FAIL, {finding("A", v1::Finding::DEVIATION, 41 + static_cast<double>(n))});
  }
  const json::object timeline = told.last("timeline");
  CHECK(timeline.at("revisions").as_array().size() == Sessions::kMostRevisions);
  CHECK(timeline.at("revisions").as_array().front().at("n").to_number<int>() == 11);
  for (int i = 0; i < 40; ++i) told.begin("sessions/" + std::to_string(i));
  CHECK(told.last("sessions").at("sessions").as_array().size() == Sessions::kMostSessions);
  Parts over;
  over.mutable_over();
  for (int i = 0; i < 15; ++i) {
    over.set_session("sessions/" + std::to_string(i));
    told.sessions.take(over);
  }
  CHECK(told.last("sessions").at("sessions").as_array().size() == 1 + Sessions::kMostOver);
}

TEST_CASE("what is held does not grow with the revisions that come and go") {
  Told told;
  told.begin("sessions/a");
  const auto live = [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n < to; ++n) {
      std::vector<v1::Finding> findings;
      for (int i = 0; i < 40; ++i)
        findings.push_back(finding("R" + std::to_string(i), v1::Finding::DEVIATION, 41 + static_cast<double>(n % 40)));
      told.check("sessions/a", n, v1::Report::FAIL, findings);
      Parts curves;
      curves.set_session("sessions/a");
      curves.mutable_curves()->set_revision(n);
      auto& roi = *curves.mutable_curves()->mutable_dvh()->add_rois();
      for (int i = 0; i < 400; ++i) roi.mutable_curve()->add_volume_cc(400 - i);
      told.sessions.take(curves);
    }
    return ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
  };
  const std::size_t before = live(1, 100);
  const std::size_t after = live(100, 300);
  CHECK(after < before + before / 20);
}

TEST_CASE("names from files reach the page as plain text, never as markup or with the direction turned") {
  Told told;
  told.begin("sessions/a");
  v1::Finding hostile = finding("<script>alert(1)</script>", v1::Finding::DEVIATION, 46);
  hostile.set_structure("Cord\xE2\x80\xAE<img src=x onerror=alert(1)>");
  told.check("sessions/a", 1, v1::Report::FAIL, {hostile});
  const json::object findings = told.last("findings");
  CHECK(text(findings.at("head")).find("<img") == std::string::npos);
  CHECK(text(findings.at("head")).find("<script") == std::string::npos);
  const json::object& row = findings.at("rows").as_object().begin()->value().as_object();
  CHECK(text(row.at("structure")).find("\xE2\x80\xAE") == std::string::npos);
}

TEST_CASE("in a terminal the first revision tells all that is open, later ones what has changed") {
  Watch watch(present::Language::kEnglish, {});
  Parts part;
  part.set_session("sessions/a");
  part.mutable_begun()->set_protocol_json("{}");
  CHECK(watch.take(part).empty());
  const auto check = [&](std::uint64_t revision, std::vector<v1::Finding> findings) {
    part.mutable_checked()->Clear();
    part.mutable_checked()->set_revision(revision);
    part.mutable_checked()->mutable_report()->set_verdict(v1::Report::FAIL);
    for (v1::Finding& f : findings) *part.mutable_checked()->mutable_report()->add_findings() = f;
    return watch.take(part);
  };
  const std::string first =
      check(1, {finding("A", v1::Finding::DEVIATION, 46.11), finding("B", v1::Finding::DEVIATION, 41)});
  CHECK(first.rfind("FAIL", 0) == 0);
  CHECK(first.find("+  A SpinalCord Max[Gy] 46.11 Gy (< 40 Gy)") != std::string::npos);
  CHECK(first.find("+  B ") != std::string::npos);
  const std::string second =
      check(2, {finding("A", v1::Finding::DEVIATION, 42), finding("B", v1::Finding::DEVIATION, 41)});
  CHECK(second.find("~  A SpinalCord Max[Gy] 42.00 Gy (< 40 Gy), was 46.11 Gy") != std::string::npos);
  CHECK(second.find("B ") == std::string::npos);
  const std::string third = check(3, {finding("A", v1::Finding::PASS, 38), finding("B", v1::Finding::DEVIATION, 41)});
  CHECK(third.find("-  A SpinalCord Max[Gy] 38.00 Gy (< 40 Gy), was 42.00 Gy, resolved") != std::string::npos);
  CHECK(watch.connection("").empty());
  CHECK(watch.connection("no connection").find("no connection") != std::string::npos);
  CHECK(watch.connection("no connection").empty());
}
