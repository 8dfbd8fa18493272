// Held plans on the panel's page, and deciding from it, with a gate that runs.
#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/dicom_gate/node.h"
#include "tests/panel/page_client.h"

using namespace dosegate::dicom_gate_test;
using dosegate::panel_test::PageClient;
using dosegate::panel_test::reason_of;
using dosegate::panel_test::status_of;

namespace {

// `dosegate panel --gate QUEUE`, as its page talks to it.
class Panel {
 public:
  Panel(Site& site, const fs::path& queue, const std::vector<std::string>& more) {
    std::vector<std::string> command = {dosegate::e2e::built_program(DOSEGATE_PROGRAM), "panel", "--gate",
                                        queue.string()};
    command.insert(command.end(), more.begin(), more.end());
    const fs::path out = site / "panel.out";
    process_ = std::make_unique<Process>(command, out, site / "panel.err");
    REQUIRE(comes_true([&] { return dosegate::e2e::read_file(out).find('\n') != std::string::npos; }, 30));
    const std::string url = dosegate::e2e::read_file(out);
    const std::size_t end = url.find("/#");
    REQUIRE(url.rfind("http://127.0.0.1:", 0) == 0);
    host_ = url.substr(7, end - 7);
    port_ = static_cast<unsigned short>(std::stoi(host_.substr(host_.find(':') + 1)));
    token_ = url.substr(end + 2, url.find('\n') - end - 2);
  }

  int end() { return process_->end(SIGTERM); }
  std::string get(const std::string& target, std::string_view until = {}) const {
    const PageClient page(port_);
    page.send("GET " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\nAuthorization: Bearer " + token_ + "\r\n\r\n");
    if (until.empty()) page.end();
    return page.read(std::chrono::seconds(20), until);
  }
  // What the page is told of held plans now.
  std::string held() const {
    const std::string all = get("/events", "event: held\n");
    const PageClient page(port_);
    page.send("GET /events HTTP/1.1\r\nHost: " + host_ + "\r\nAuthorization: Bearer " + token_ + "\r\n\r\n");
    const std::string told = page.read(std::chrono::seconds(20), "\"plans\":[");
    return told + page.read(std::chrono::milliseconds(200), "\n\n");
  }
  std::string decide(const std::string& json) const {
    const PageClient page(port_);
    page.send("POST /decide HTTP/1.1\r\nHost: " + host_ + "\r\nOrigin: http://" + host_ + "\r\nAuthorization: Bearer " +
              token_ + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) +
              "\r\nConnection: close\r\n\r\n" + json);
    page.end();
    return page.read(std::chrono::seconds(60));
  }

 private:
  std::unique_ptr<Process> process_;
  std::string host_, token_;
  unsigned short port_ = 0;
};

bool tells(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string attempt_of(const std::string& told, const std::string& plan) {
  const std::string before = "\"plan\":\"" + plan + "\",\"attempt\":\"";
  const std::size_t at = told.find(before);
  REQUIRE(at != std::string::npos);
  return told.substr(at + before.size(), 32);
}

std::string reject_of(const std::string& plan, const std::string& attempt) {
  return R"({"action":"reject","plan":")" + plan + R"(","attempt":")" + attempt + R"(","reason":"- Cord's dose"})";
}

}  // namespace

TEST_CASE("dicom gate: a held plan appears in the panel, is rejected there once, disappears, and the ledger has it",
          "[dicom-gate][e2e][panel]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy", {{"\"REJECT\"", "\"HOLD\""}}));
  Panel panel(site, node.queue(),
              {"--decide-as", "Ada", "--decide-role", "physicist", "--decide-key", site.private_key(1)});
  CHECK_FALSE(tells(panel.held(), "OR-6.Max"));
  const Study study = node.study("hot-cord");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  REQUIRE(comes_true([&] { return tells(panel.held(), study.plan); }, 20));
  const std::string told = panel.held();
  CHECK(tells(told, "OR-6.Max: DEVIATION"));
  CHECK_FALSE(tells(told, "PHANTOM"));  // the patient
  const std::string details = panel.get("/held?plan=" + study.plan);
  CHECK(tells(details, "\"code\":\"FAIL\""));
  CHECK(tells(details, "OR-6.Max"));
  CHECK_FALSE(tells(details, "PHANTOM-"));
  const std::string asked = reject_of(study.plan, attempt_of(told, study.plan));
  CHECK(reason_of(panel.decide(reject_of(study.plan, std::string(32, '0')))) == "DECIDED_AGAIN");
  const std::string done = panel.decide(asked);
  INFO(done);
  CHECK(status_of(done) == "200");
  CHECK(tells(done, "is rejected by Ada, physicist."));
  CHECK(node.state(study.plan) == "rejected");
  CHECK_FALSE(tells(panel.held(), study.plan));
  CHECK(status_of(panel.decide(asked)) == "404");
  CHECK(node.rows("REJECTION", study.plan) == 1);
  CHECK(site.verify_ledger().exit_code == 0);
  CHECK(panel.end() == 0);
}

TEST_CASE("dicom gate: from the panel a held plan is released by waivers that the policy allows, and by nothing less",
          "[dicom-gate][e2e][panel]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy", {{"\"REJECT\"", "\"HOLD\""}}));
  const Study study = node.study("hot-cord");
  CHECK(node.send_all(study).exit_code == 0);
  REQUIRE(node.becomes(study.plan, "held"));
  const auto release = [&](const Panel& panel, const std::string& waived) {
    return panel.decide(R"({"action":"release","plan":")" + study.plan + R"(","attempt":")" +
                        attempt_of(panel.held(), study.plan) + R"(","reason":"Tumour board","waive":[)" + waived +
                        R"(],"days":5})");
  };
  const std::string cord = R"({"report":1,"rule":"OR-6.Max"})";
  {
    // A key that is not Ada's, and a panel that nobody decides from.
    Panel forged(site, node.queue(),
                 {"--decide-as", "Ada", "--decide-role", "physicist", "--decide-key", site.private_key(2)});
    CHECK(reason_of(release(forged, cord)) == "GATE_REFUSED");
    CHECK(forged.end() == 0);
    Panel closed(site, node.queue(), {});
    CHECK(status_of(release(closed, cord)) == "405");
    CHECK(closed.end() == 0);
  }
  Panel panel(site, node.queue(),
              {"--decide-as", "Ada", "--decide-role", "physicist", "--decide-key", site.private_key(1)});
  const std::string nothing = release(panel, "");
  CHECK(reason_of(nothing) == "GATE_REFUSED");
  CHECK(tells(nothing, "is still held"));
  CHECK(node.state(study.plan) == "held");
  const std::string done = release(panel, cord);
  INFO(done);
  CHECK(status_of(done) == "200");
  CHECK(tells(done, "is approved now"));
  CHECK(node.becomes(study.plan, "approved"));
  CHECK(node.rows("WAIVER", study.plan) == 1);
  CHECK(node.rows("RELEASE", study.plan) == 2);
  CHECK(site.verify_ledger().exit_code == 0);
}

TEST_CASE("dicom gate: a panel that cannot show or decide says so in one line", "[dicom-gate][e2e][panel]") {
  Site site;
  const std::string key = site.private_key(1);
  fs::create_directories(fs::path(site / "queue") / "held");
  const std::string queue = site / "queue";
  dosegate::e2e::check_refused({"panel"}, "--server or --gate");
  dosegate::e2e::check_refused({"panel", "--gate", site / "none"}, "is no queue");
  dosegate::e2e::check_refused({"panel", "--gate", queue, "--decide-as", "Ada"}, "--decide-");
  dosegate::e2e::check_refused({"panel", "--gate", queue, "--decide-key", key}, "--decide-");
  dosegate::e2e::check_refused(
      {"panel", "--gate", queue, "--decide-as", "", "--decide-role", "physicist", "--decide-key", key}, "--decide-as");
  dosegate::e2e::check_refused(
      {"panel", "--gate", queue, "--decide-as", "Ada", "--decide-role", "physicist", "--decide-key", site / "none.key"},
      "none.key");
  dosegate::e2e::check_refused({"watch"}, "--server");
}
