// Plans that a gate holds, as the panel shows them, and deciding on them: every route, every refusal by its name. The
// queue is made by hand, and the gate's answers, too; tests/dicom_gate/panel_test.cpp has a gate that runs.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "adapters/panel/deciding.h"
#include "adapters/panel/routes.h"
#include "adapters/support/error.h"
#include "tests/e2e/run_program.h"
#include "tests/panel/page_client.h"

using namespace dosegate;
using namespace dosegate::panel;
using namespace dosegate::panel_test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const std::string kHeldToken(43, 'h');
const std::string kAttempt(32, 'a');
const std::string kPlan = "1.2.3";

// A queue as a dicom-gate leaves it.
class HandQueue {
 public:
  HandQueue() {
    for (const char* name : {"held", "rejected", "deciding", "approved", "forwarded", "requests"})
      fs::create_directories(root() / name);
  }
  fs::path root() const { return folder_.path() / "queue"; }

  void hold(const std::string& plan, const std::string& kind = "DECISION", const std::string& reason = "Cord: hot.",
            const std::string& attempt = kAttempt) {
    const fs::path at = root() / "held" / plan;
    fs::create_directories(at);
    e2e::write_file(at / "case.json", R"({"schema":"dosegate.gate-case/1","key":")" + plan + R"(","attempt":")" +
                                          attempt + R"(","objects":[],"waivers":[]})");
    e2e::write_file(at / "held.json", R"({"schema":"dosegate.gate-hold/1","kind":")" + kind +
                                          R"(","at":"2026-12-01T02:00:00Z","reasons":[")" + reason + R"("]})");
    e2e::write_file(
        at / "report-1.json",
        R"({"verdict":"FAIL","protocol":{"id":"P","version":"1"},"inputs":[{"role":"RTPLAN",)"
        R"("sopInstanceUid":"9.8.7"}],"notes":["Secret^Name"],"findings":[{"ruleId":"OR-6.Max","mandatory":true,)"
        R"("status":"DEVIATION","structure":"<b>Cord</b>","metric":"Max[Gy]","unit":"Gy","value":48,"limit":45,)"
        R"("comparator":"LE"}]})");
  }
  // As the gate does, in a thread that ends with the object: each request is done, and its plan rejected.
  std::shared_ptr<void> answer(bool does) const {
    auto is_over = std::make_shared<std::atomic<bool>>(false);
    auto thread = std::make_shared<std::thread>([root = root(), is_over, does] {
      while (!*is_over) {
        std::this_thread::sleep_for(5ms);
        for (const auto& entry : fs::directory_iterator(root / "requests")) {
          if (entry.path().extension() != ".json" || entry.path().filename().string().front() == '.') continue;
          fs::path reply = entry.path();
          if (does) fs::rename(root / "held" / kPlan, root / "rejected" / kPlan);
          fs::remove(entry.path());
          e2e::write_file(root / "reply", does ? R"({"done":true,"text":"It is rejected."})"
                                               : R"({"done":false,"text":"The policy does not know Ada."})");
          fs::rename(root / "reply", reply.replace_extension(".reply"));
        }
      }
    });
    return {nullptr, [is_over, thread](void*) {
              *is_over = true;
              thread->join();
            }};
  }
  std::string key() const {
    const fs::path path = folder_.path() / "ada.key";
    e2e::write_file(path,
                    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n"
                    "-----END PRIVATE KEY-----\n");
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    return path.string();
  }

 private:
  e2e::TemporaryFolder folder_;
};

class HeldPanel {
 public:
  explicit HeldPanel(const HandQueue& queue, bool decides = true, Identifiers identifiers = Identifiers::kHidden)
      : sessions_(feed_, present::Language::kEnglish, identifiers),
        held_(feed_, queue.root(), present::Language::kEnglish, identifiers,
              decides ? DecideAs{"Ada", "physicist", queue.key()} : DecideAs{}, true),
        deciding_(held_),
        server_(io_, 0, feed_, routes(sessions_, kHeldToken, &held_, decides ? &deciding_ : nullptr), limits(decides)),
        thread_([this] { io_.run(); }) {}
  ~HeldPanel() {
    deciding_.stop();
    io_.stop();
    thread_.join();
  }
  HeldPanel(const HeldPanel&) = delete;
  HeldPanel& operator=(const HeldPanel&) = delete;

  unsigned short port() const { return server_.port(); }
  std::string host() const { return "127.0.0.1:" + std::to_string(port()); }
  std::string ask(const std::string& bytes, std::string_view until = {}) const {
    const PageClient client(port());
    client.send(bytes);
    if (until.empty()) client.end();
    return client.read(10s, until);
  }
  std::string get(const std::string& target, const std::string& token = kHeldToken) const {
    return ask("GET " + target + " HTTP/1.1\r\nHost: " + host() + "\r\nAuthorization: Bearer " + token + "\r\n\r\n");
  }
  // Of what is told of held plans, when `part` is in it.
  std::string told(const std::string& part) const {
    return ask("GET /events HTTP/1.1\r\nHost: " + host() + "\r\nAuthorization: Bearer " + kHeldToken + "\r\n\r\n",
               part);
  }
  std::string post(const std::string& body, const std::string& origin = "", const std::string& token = kHeldToken,
                   const std::string& type = "application/json") const {
    return ask("POST /decide HTTP/1.1\r\nHost: " + host() +
               "\r\nOrigin: " + (origin.empty() ? "http://" + host() : origin) + "\r\nAuthorization: Bearer " + token +
               "\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\nConnection: close\r\n\r\n" + body);
  }

 private:
  static Limits limits(bool decides) {
    Limits limits;
    if (decides) limits.posts = kDecide;
    return limits;
  }

  Feed feed_;
  Sessions sessions_;
  HeldPlans held_;
  Deciding deciding_;
  boost::asio::io_context io_{1};
  Server server_;
  std::thread thread_;
};

std::string decision_of(const std::string& plan, const std::string& attempt = kAttempt,
                        const std::string& action = "reject") {
  return R"({"action":")" + action + R"(","plan":")" + plan + R"(","attempt":")" + attempt +
         R"(","reason":"Wrong side"})";
}

bool has_part(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a page is told of held plans with every reason, and of one that comes or goes at once") {
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue);
  const std::string first = panel.told("event: held");
  CHECK(has_part(first, "Cord: hot."));
  CHECK(has_part(first, "dosegate gate reject 1.2.3 --queue " + queue.root().string() + " --attempt " + kAttempt));
  CHECK(has_part(first, R"("word":"Fail")"));
  queue.hold("1.2.4", "INCOMPLETE", "RTDOSE: none.");
  CHECK(has_part(panel.told("RTDOSE: none."), "It goes on by itself when what is missing comes."));
  fs::rename(queue.root() / "held" / "1.2.4", queue.root() / "rejected" / "1.2.4");
  std::string last = first;
  for (int i = 0; i < 100 && has_part(last, "RTDOSE: none."); ++i) {
    std::this_thread::sleep_for(50ms);
    last = panel.told("event: held");
  }
  CHECK_FALSE(has_part(last, "1.2.4"));
}

TEST_CASE("findings of a held plan are told without identifiers, and reasons that may hold them are not told") {
  HandQueue queue;
  queue.hold(kPlan);
  queue.hold("1.2.5", "FAILED", "/records/Secret^Name.json: cannot be read");
  const HeldPanel panel(queue);
  const std::string details = panel.get("/held?plan=1.2.3");
  CHECK(status_of(details) == "200");
  CHECK(has_part(details, "OR-6.Max"));
  CHECK_FALSE(has_part(details, "Secret"));
  CHECK_FALSE(has_part(details, "9.8.7"));
  const std::string told = panel.told("event: held");
  CHECK_FALSE(has_part(told, "Secret"));
  CHECK(has_part(told, "dosegate gate show 1.2.5"));
  const HeldPanel open(queue, false, Identifiers::kShown);
  CHECK(has_part(open.told("event: held"), "Secret^Name.json: cannot be read"));
}

TEST_CASE("held plans are shown to who has the token alone, and of plans that are not held nothing is told") {
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue);
  CHECK(reason_of(panel.ask("GET /held?plan=1.2.3 HTTP/1.1\r\nHost: " + panel.host() + "\r\n\r\n")) == "NO_TOKEN");
  CHECK(reason_of(panel.get("/held?plan=1.2.3", std::string(43, 'x'))) == "WRONG_TOKEN");
  CHECK(reason_of(panel.get("/held?plan=1.2.9")) == "NO_SUCH_PLAN");
  for (const std::string query : {"", "?", "?plan=", "?plan=../../etc/passwd", "?plan=1.2.3&x=1", "?plan=1.2.3%00",
                                  "?PLAN=1.2.3", "?x=1&plan=1.2.3"}) {
    INFO(query);
    CHECK(reason_of(panel.get("/held" + query)) == "QUERY");
  }
  CHECK(reason_of(panel.get("/held?plan=" + std::string(65, '1'))) == "QUERY");
  CHECK(reason_of(panel.get("/decide")) == "WRONG_METHOD");
}

TEST_CASE("a panel that was not started for a person decides nothing") {
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue, false);
  CHECK(reason_of(panel.post(decision_of(kPlan))) == "WRONG_METHOD");
  CHECK(reason_of(panel.get("/decide")) == "NO_SUCH_PAGE");
  CHECK(has_part(panel.told("event: held"), R"("decides":"")"));
  CHECK(fs::is_empty(queue.root() / "requests"));
}

TEST_CASE("a decision that another page asks for, or without the token, is refused by name and does nothing") {
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue);
  const std::string good = decision_of(kPlan);
  CHECK(reason_of(panel.post(good, "http://attacker.example")) == "WRONG_ORIGIN");
  CHECK(reason_of(panel.post(good, "null")) == "WRONG_ORIGIN");
  CHECK(reason_of(panel.post(good, "", std::string(43, 'x'))) == "WRONG_TOKEN");
  CHECK(reason_of(panel.post(good, "", kHeldToken, "text/plain")) == "WRONG_TYPE");
  CHECK(reason_of(panel.post(good, "", kHeldToken, "application/x-www-form-urlencoded")) == "WRONG_TYPE");
  const std::string head = "Authorization: Bearer " + kHeldToken + "\r\nContent-Type: application/json\r\n";
  const std::string size = "Content-Length: " + std::to_string(good.size()) + "\r\n\r\n";
  CHECK(reason_of(panel.ask("POST /decide HTTP/1.1\r\nHost: " + panel.host() + "\r\n" + head + size + good)) ==
        "WRONG_ORIGIN");
  CHECK(reason_of(panel.ask("POST /decide HTTP/1.1\r\nHost: " + panel.host() + "\r\nOrigin: http://" + panel.host() +
                            "\r\nSec-Fetch-Site: cross-site\r\n" + head + size + good)) == "WRONG_ORIGIN");
  CHECK(reason_of(panel.ask("POST /decide HTTP/1.1\r\nHost: attacker.example\r\n" + head + size + good)) ==
        "WRONG_HOST");
  for (const std::string target : {"/decide?", "/decide?x=1", "/decide/", "/held", "/undo", "/"}) {
    INFO(target);
    const std::string answer = panel.ask("POST " + target + " HTTP/1.1\r\nHost: " + panel.host() +
                                         "\r\nOrigin: http://" + panel.host() + "\r\n" + head + size + good);
    CHECK(reason_of(answer) == "WRONG_METHOD");
  }
  std::this_thread::sleep_for(300ms);
  CHECK(fs::is_empty(queue.root() / "requests"));
  CHECK(fs::exists(queue.root() / "held" / kPlan));
}

TEST_CASE("what is no decision is refused by name, whatever it is") {
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue);
  const std::string good = decision_of(kPlan);
  std::vector<std::string> all = {"", "{}", "[]", "null", "1", "\"\"", std::string(100, '['), good + "x", good + good};
  for (std::size_t i = 1; i < good.size(); i += 5) all.push_back(good.substr(0, i));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    all.push_back(text);
  };
  with("reject", "approve");
  with("\"Wrong side\"", "\"\"");
  with("\"Wrong side\"", "\"  \"");
  with("\"Wrong side\"", "7");
  with("\"Wrong side\"", "\"" + std::string(1001, 'x') + "\"");
  with("\"Wrong side\"", "\"a\\u0000b\"");
  with("\"Wrong side\"", "\"\xff\"");
  with("\"Wrong side\"", "\"x\",\"person\":\"Bert\"");
  with("\"Wrong side\"", "\"x\",\"waive\":[]");
  with("\"Wrong side\"", "\"x\",\"reason\":\"y\"");
  with("\"Wrong side\"", "\"x\",\"reas\\u006fn\":\"y\"");
  with("reject\"", "release\",\"waive\":[{\"report\":0,\"rule\":\"R\"}],\"days\":3");
  with("reject\"", "release\",\"waive\":[{\"report\":1}],\"days\":3");
  with("reject\"", "release\",\"waive\":[\"R\"],\"days\":3");
  with("reject\"", "release\",\"waive\":[],\"days\":0");
  with("reject\"", "release\",\"waive\":[]");
  for (const std::string& body : all) {
    INFO(body);
    const std::string answer = panel.post(body);
    CHECK(status_of(answer) == "400");
    CHECK(reason_of(answer) == "NO_DECISION");
  }
  CHECK(reason_of(panel.post(std::string(20'000, ' '))) == "BODY");
  CHECK(reason_of(panel.post(decision_of("1.2.9"))) == "NO_SUCH_PLAN");
  CHECK(reason_of(panel.post(decision_of("../1.2.3"))) == "NO_SUCH_PLAN");
  CHECK(reason_of(panel.post(decision_of(kPlan, "bbbb"))) == "DECIDED_AGAIN");
  CHECK(fs::is_empty(queue.root() / "requests"));
}

TEST_CASE("a plan is decided on once, however often and from how many pages it is asked for") {
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue);
  const auto gate = queue.answer(true);
  std::vector<std::string> answers(4);
  std::vector<std::thread> pages;
  for (std::string& answer : answers) pages.emplace_back([&] { answer = panel.post(decision_of(kPlan)); });
  for (std::thread& page : pages) page.join();
  int done = 0;
  for (const std::string& answer : answers) {
    INFO(answer);
    if (status_of(answer) == "200") {
      ++done;
      CHECK(has_part(answer, "It is rejected."));
    } else {
      const std::set<std::string> may = {"BUSY", "NO_SUCH_PLAN", "NOT_DONE"};
      CHECK(may.count(reason_of(answer)) == 1);
    }
  }
  CHECK(done == 1);
  CHECK(fs::exists(queue.root() / "rejected" / kPlan));
  CHECK(reason_of(panel.post(decision_of(kPlan))) == "NO_SUCH_PLAN");
  CHECK_FALSE(has_part(panel.told("event: held"), kPlan));
}

TEST_CASE("what the gate refuses is told in its words, and the plan stays held") {
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue);
  const auto gate = queue.answer(false);
  const std::string answer = panel.post(decision_of(kPlan));
  CHECK(status_of(answer) == "409");
  CHECK(reason_of(answer) == "GATE_REFUSED");
  CHECK(has_part(answer, "The policy does not know Ada."));
  std::string release = decision_of(kPlan, kAttempt, "release");
  release.insert(release.size() - 1, R"(,"waive":[{"report":1,"rule":"OR-1"}],"days":3)");
  CHECK(reason_of(panel.post(release)) == "NO_WAIVER");  // the report has no such rule
  CHECK(has_part(panel.told("event: held"), kPlan));
}

TEST_CASE("a folder that is no queue is refused, and a queue that goes away is told as stale") {
  Feed feed;
  const e2e::TemporaryFolder folder;
  CHECK_THROWS_WITH(HeldPlans(feed, folder.path(), present::Language::kEnglish, Identifiers::kHidden, {}, true),
                    Catch::Contains("is no queue"));
  CHECK_THROWS_WITH(require_key({"Ada", "physicist", (folder.path() / "none.key").string()}),
                    Catch::Contains("--decide-key"));
  HandQueue queue;
  queue.hold(kPlan);
  const HeldPanel panel(queue);
  fs::rename(queue.root() / "held", queue.root() / "away");
  const std::string told = panel.told(R"("lost":true)");
  CHECK(has_part(told, R"("lost":true)"));
  CHECK(has_part(told, "Cord: hot."));  // what was known last
  fs::rename(queue.root() / "away", queue.root() / "held");
  CHECK(has_part(panel.told(R"("lost":false)"), "Cord: hot."));
}

TEST_CASE("a report of a held plan that cannot be read is said to be there") {
  HandQueue queue;
  queue.hold(kPlan);
  for (const std::string text : {"", "{", "{\"verdict\":\"NONE\"}", "\xff"}) {
    INFO(text);
    e2e::write_file(queue.root() / "held" / kPlan / "report-1.json", text);
    const HeldPanel panel(queue);
    CHECK(has_part(panel.told("event: held"), "Cord: hot."));
    CHECK(has_part(panel.get("/held?plan=1.2.3"), "cannot be read"));
  }
}
