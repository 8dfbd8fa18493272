// The panel's server against what a page, another page, or no page may send it. Every route; every refusal by its name.
#include "adapters/panel/server.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "adapters/panel/routes.h"
#include "adapters/support/error.h"
#include "tests/panel/page_client.h"

using namespace dosegate;
using namespace dosegate::panel;
using namespace dosegate::panel_test;
using namespace std::chrono_literals;

namespace {

const std::string kToken(43, 'k');
const std::vector<std::string> kRoutes = {"/", "/panel.css", "/panel.js", "/events", "/undo?session=s1&revision=1"};
const std::vector<std::string> kGuarded = {"/events", "/undo?session=s1&revision=1"};

class Running {
 public:
  explicit Running(const Limits& limits = {})
      : sessions_(feed_, present::Language::kEnglish, Identifiers::kHidden),
        server_(io_, 0, feed_, routes(sessions_, kToken), limits),
        thread_([this] { io_.run(); }) {}
  ~Running() {
    io_.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  unsigned short port() const { return server_.port(); }
  std::string host() const { return "127.0.0.1:" + std::to_string(port()); }
  Feed& feed() { return feed_; }

  // A good request; `more`: further header lines.
  std::string request(const std::string& target, const std::string& more = "", const std::string& method = "GET") {
    return method + " " + target + " HTTP/1.1\r\nHost: " + host() + "\r\n" + more + "\r\n";
  }
  std::string authorised(const std::string& target, const std::string& more = "") {
    return request(target, "Authorization: Bearer " + kToken + "\r\n" + more);
  }
  std::string ask(const std::string& bytes, std::string_view until = {}) {
    const PageClient client(port());
    client.send(bytes);
    if (until.empty()) client.end();
    return client.read(3s, until);
  }

 private:
  Feed feed_;
  boost::asio::io_context io_{1};
  Sessions sessions_;
  Server server_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("the panel's page and its files are served, with a policy that allows nothing else") {
  Running panel;
  for (const std::string target : {"/", "/panel.css", "/panel.js"}) {
    const std::string answer = panel.ask(panel.request(target));
    INFO(target);
    CHECK(status_of(answer) == "200");
    CHECK(answer.find("Content-Security-Policy: default-src 'none'; script-src 'self'") != std::string::npos);
    CHECK(answer.find("X-Content-Type-Options: nosniff") != std::string::npos);
    CHECK(answer.find("Referrer-Policy: no-referrer") != std::string::npos);
    CHECK(answer.find("Cross-Origin-Resource-Policy: same-origin") != std::string::npos);
    CHECK(answer.find("Access-Control-Allow") == std::string::npos);
    CHECK(answer.find(kToken) == std::string::npos);
  }
}

TEST_CASE("a port that another program listens on is refused in one sentence that says what to do") {
  const Running panel;
  Feed feed;
  boost::asio::io_context io;
  Sessions sessions(feed, present::Language::kEnglish, Identifiers::kHidden);
  try {
    const Server second(io, panel.port(), feed, routes(sessions, kToken));
    FAIL("it was started");
  } catch (const support::Error& e) {
    const std::string said = e.what();
    CHECK(said.rfind("--port: another program listens on port " + std::to_string(panel.port()), 0) == 0);
    CHECK(said.find("Name another port") != std::string::npos);
    CHECK(said.find(".hpp") == std::string::npos);
  }
}

TEST_CASE("what the panel knows is told to who has the token alone, on every route that tells it") {
  Running panel;
  for (const std::string& target : kGuarded) {
    INFO(target);
    CHECK(reason_of(panel.ask(panel.request(target))) == "NO_TOKEN");
    for (const std::string& wrong : {kToken.substr(1), kToken + "k", std::string(43, 'x'), std::string()}) {
      const std::string answer = panel.ask(panel.request(target, "Authorization: Bearer " + wrong + "\r\n"));
      CHECK(status_of(answer) == "401");
      CHECK(reason_of(answer) == (wrong.empty() ? "WRONG_TOKEN" : "WRONG_TOKEN"));
    }
    CHECK(reason_of(panel.ask(panel.request(target, "Authorization: Basic " + kToken + "\r\n"))) == "WRONG_TOKEN");
    CHECK(reason_of(panel.ask(panel.request(target, "Cookie: token=" + kToken + "\r\n"))) == "NO_TOKEN");
  }
  CHECK(reason_of(panel.ask(panel.request("/events?token=" + kToken))) == "NO_SUCH_PAGE");
  CHECK(status_of(panel.ask(panel.authorised("/events"), "event: sessions")) == "200");
}

TEST_CASE("the panel answers to its own name alone, on every route") {
  Running panel;
  const std::string port = std::to_string(panel.port());
  for (const std::string& target : kRoutes) {
    for (const std::string& host : std::vector<std::string>{"attacker.example:" + port, "127.0.0.1", "127.0.0.1:1",
                                                            "127.0.0.1.attacker.example:" + port,
                                                            "localhost:" + port + "@attacker.example", std::string()}) {
      INFO(target << " " << host);
      const std::string answer = panel.ask("GET " + target + " HTTP/1.1\r\nHost: " + host +
                                           "\r\nAuthorization: Bearer " + kToken + "\r\n\r\n");
      CHECK(status_of(answer) == "421");
      CHECK(reason_of(answer) == "WRONG_HOST");
    }
    CHECK(reason_of(panel.ask("GET " + target + " HTTP/1.1\r\n\r\n")) == "WRONG_HOST");
    const std::string twice = panel.ask(panel.authorised(target, "Host: attacker.example\r\n"));
    CHECK(status_of(twice).front() == '4');
  }
  CHECK(status_of(panel.ask("GET / HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")) == "200");
}

TEST_CASE("another page reads nothing of the panel, on any route") {
  Running panel;
  for (const std::string& target : kRoutes) {
    INFO(target);
    for (const std::string origin : {"http://attacker.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"}) {
      const std::string answer = panel.ask(panel.authorised(target, "Origin: " + origin + "\r\n"));
      CHECK(reason_of(answer) == "WRONG_ORIGIN");
      CHECK(answer.find("Access-Control") == std::string::npos);
    }
    CHECK(reason_of(panel.ask(panel.authorised(target, "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"))) ==
          "WRONG_ORIGIN");
    CHECK(reason_of(panel.ask(panel.authorised(target, "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\n"))) ==
          "WRONG_ORIGIN");
  }
  CHECK(status_of(panel.ask(panel.request("/", "Origin: http://" + panel.host() + "\r\n"))) == "200");
  CHECK(status_of(panel.ask(panel.request(
            "/", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"))) == "200");
}

TEST_CASE("methods, bodies and pages that the panel does not have are refused by name, on every route") {
  Running panel;
  for (const std::string& target : kRoutes) {
    INFO(target);
    for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "NONSENSE"}) {
      const std::string answer =
          panel.ask(panel.request(target, "Authorization: Bearer " + kToken + "\r\nContent-Length: 0\r\n", method));
      CHECK(status_of(answer) == "405");
      CHECK(reason_of(answer) == "WRONG_METHOD");
    }
    CHECK(reason_of(panel.ask(panel.authorised(target, "Content-Length: 2\r\n") + "hi")) == "BODY");
    CHECK(reason_of(panel.ask(panel.authorised(target, "Content-Length: 99999999999\r\n"))) == "BODY");
    CHECK(reason_of(panel.ask(panel.authorised(target, "Transfer-Encoding: chunked\r\n") + "5000\r\n" +
                              std::string(0x5000, 'x') + "\r\n0\r\n\r\n")) == "BODY");
  }
  for (const std::string target : {"/../etc/passwd", "/panel.js/", "/%2e%2e/", "//", "/?a=b", "/events?x", "*"}) {
    INFO(target);
    CHECK(reason_of(panel.ask(panel.authorised(target))) == "NO_SUCH_PAGE");
  }
  for (const std::string query :
       {"", "?", "?session=s1", "?session=&revision=1", "?session=s1&revision=", "?session=s1&revision=-1",
        "?session=s1&revision=1x", "?session=s1&revision=99999999999999999999", "?revision=1&session=s1",
        "?session=s1&revision=1&revision=2"}) {
    INFO(query);
    CHECK(reason_of(panel.ask(panel.authorised("/undo" + query))) == "QUERY");
  }
  CHECK(reason_of(panel.ask(panel.authorised("/undo?session=s9&revision=1"))) == "NO_SUCH_REVISION");
}

TEST_CASE("headers without end, and what is no HTTP, are refused by name, on every route") {
  Running panel;
  for (const std::string& target : kRoutes) {
    INFO(target);
    const std::string large = panel.ask(panel.authorised(target, "X: " + std::string(1 << 20, 'x') + "\r\n"));
    CHECK(status_of(large) == "431");
    CHECK(reason_of(large) == "HEADER_TOO_LARGE");
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "X" + std::to_string(i) + ": 1\r\n";
    CHECK(reason_of(panel.ask(panel.authorised(target, many))) == "HEADER_TOO_LARGE");
    CHECK(reason_of(panel.ask("GET " + target + " HTTP/9.9\r\nHost: " + panel.host() + "\r\n\r\n")) == "NOT_HTTP");
    CHECK(reason_of(panel.ask("GET " + target + " HTTP/1.1\r\nHo st: x\r\n\r\n")) == "NOT_HTTP");
    CHECK(panel.ask("GET " + target + " HTTP/1.1\r\nHost: " + panel.host()).empty());  // half of one, then the end
  }
  CHECK(reason_of(panel.ask(std::string(64, '\0'))) == "NOT_HTTP");
  CHECK(reason_of(panel.ask("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS\r\n\r\n")) == "NOT_HTTP");
  CHECK(status_of(panel.ask(panel.request("/"))) == "200");
}

TEST_CASE("who drips a request is told so and let go when the time is over") {
  Limits limits;
  limits.request = 600ms;
  Running panel(limits);
  const auto begun = std::chrono::steady_clock::now();
  const PageClient slow(panel.port());
  std::string rest = panel.authorised("/events");
  bool is_open = true;
  for (std::size_t i = 0; is_open && i < rest.size() && std::chrono::steady_clock::now() - begun < 550ms; ++i) {
    is_open = slow.send(rest.substr(i, 1));
    std::this_thread::sleep_for(20ms);
  }
  CHECK(reason_of(slow.read(3s)) == "TOO_SLOW");
  CHECK(std::chrono::steady_clock::now() - begun < 3s);
  const PageClient silent(panel.port());
  CHECK(silent.is_closed(3s));
}

TEST_CASE("connections and pages beyond what may be are refused by name, and room comes back") {
  Limits limits;
  limits.connections = 3;
  limits.feeds = 3;
  Running panel(limits);
  {
    std::vector<std::unique_ptr<PageClient>> pages;
    for (int i = 0; i < 2; ++i) {
      pages.push_back(std::make_unique<PageClient>(panel.port()));
      pages.back()->send(panel.authorised("/events"));
      CHECK(status_of(pages.back()->read(3s, "event: sessions")) == "200");
    }
    CHECK(panel.feed().readers() == 2);
    CHECK(status_of(panel.ask(panel.request("/"))) == "200");
    pages.push_back(std::make_unique<PageClient>(panel.port()));
    pages.back()->send(panel.authorised("/events"));
    CHECK(status_of(pages.back()->read(3s, "event: sessions")) == "200");
    CHECK(reason_of(panel.ask(panel.request("/"))) == "TOO_MANY_CONNECTIONS");
  }
  for (int i = 0; i < 50 && panel.feed().readers() != 0; ++i) std::this_thread::sleep_for(20ms);
  CHECK(panel.feed().readers() == 0);
  CHECK(status_of(panel.ask(panel.authorised("/events"), "event: sessions")) == "200");
}

TEST_CASE("pages beyond what may be are refused by name") {
  Limits limits;
  limits.feeds = 1;
  Running panel(limits);
  const PageClient page(panel.port());
  page.send(panel.authorised("/events"));
  CHECK(status_of(page.read(3s, "event: sessions")) == "200");
  CHECK(reason_of(panel.ask(panel.authorised("/events"))) == "TOO_MANY_PAGES");
}

TEST_CASE(
    "connections that say nothing, or drip, keep no page out: the one that has said least for longest gives way") {
  Limits limits;
  limits.connections = 6;
  Running panel(limits);
  const PageClient page(panel.port());
  page.send(panel.authorised("/events"));
  CHECK(status_of(page.read(3s, "event: sessions")) == "200");
  std::vector<std::unique_ptr<PageClient>> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(std::make_unique<PageClient>(panel.port()));
    idle.back()->send(i % 2 == 0 ? "GET / HTT" : "");
  }
  for (int i = 0; i < 5; ++i) CHECK(status_of(panel.ask(panel.request("/"))) == "200");
  CHECK(idle.front()->is_closed(3s));
  CHECK(panel.feed().readers() == 1);
}

TEST_CASE("a page that does not read is let go and gets no memory") {
  Limits limits;
  limits.write = 500ms;
  Running panel(limits);
  const PageClient page(panel.port());
  page.send(panel.authorised("/events"));
  const std::string large(std::size_t{8} << 20, 'x');  // more than the system keeps for a connection
  for (int i = 0; i < 20; ++i) {
    panel.feed().set("big", "big", "\"" + large + "\"");
    std::this_thread::sleep_for(50ms);
  }
  for (int i = 0; i < 100 && panel.feed().readers() != 0; ++i) std::this_thread::sleep_for(20ms);
  CHECK(panel.feed().readers() == 0);
}

TEST_CASE("a silent feed says that it is alive") {
  Limits limits;
  limits.tick = 50ms;
  Running panel(limits);
  const PageClient page(panel.port());
  page.send(panel.authorised("/events"));
  CHECK(page.read(3s, "event: tick").find("event: tick") != std::string::npos);
}

TEST_CASE("a page is told the newest of each topic, once") {
  Feed feed;
  int called = 0;
  Feed::Reader reader(feed, [&] { ++called; });
  feed.set("a", "k", "1");
  feed.set("b", "k", "2");
  feed.set("a", "k", "3");
  CHECK(called == 3);
  CHECK(*reader.next() == "event: k\ndata: 2\n\n");
  CHECK(*reader.next() == "event: k\ndata: 3\n\n");
  CHECK(reader.next() == nullptr);
  feed.set("b", "k", "4");
  feed.remove("b");
  CHECK(reader.next() == nullptr);
}
