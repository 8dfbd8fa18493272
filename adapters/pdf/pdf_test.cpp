#include "adapters/pdf/pdf.h"

#include <catch2/catch.hpp>
#include <cerrno>

#include "adapters/pdf/child.h"

using namespace dosegate::pdf;
using How = Ended::How;

namespace {

Ended shell(const std::string& script, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  return Child({"/bin/sh", {"-c", script}, {"PATH=/usr/bin:/bin", "MARK=ours"}}).run(limit);
}

// Where we are root and the system gives no namespaces nothing is run: said, and not tried here.
bool is_refused(const Ended& ended) {
  if (ended.how != How::kRootAlone) return false;
  WARN("skipped: root without user namespaces");
  return true;
}

}  // namespace

TEST_CASE("pdf: dates go, and every other byte keeps its place", "[pdf]") {
  const std::string before =
      "%PDF-1.4\n1 0 obj\n<</Title (a)\n/CreationDate (D:20261130104040+00'00')\n/ModDate (D:20261130104040+00'00')>>";
  const std::string after = without_dates(before);
  REQUIRE(after.size() == before.size());
  CHECK(after.find("2026") == std::string::npos);
  CHECK(after.find("Date") == std::string::npos);
  CHECK(after.find("<</Title (a)\n") == before.find("<</Title (a)\n"));
  CHECK(after.ends_with(">>"));
}

TEST_CASE("pdf: what only looks like a date stays", "[pdf]") {
  const std::string open = "/ModDate (D:2026 and it never ends";
  CHECK(without_dates(open) == open);
  const std::string text = "/ModDate (D:2026 is what a very long text says of itself, and ends)";
  CHECK(without_dates(text) == text);
}

TEST_CASE("child: its exit code, what it said last, and its own environment come back", "[pdf]") {
  const Ended ended = shell("echo first >&2; echo $MARK$HOME >&2; exit 7");
  if (is_refused(ended)) return;
  CHECK(ended.how == How::kExited);
  CHECK(ended.code == 7);
  CHECK(ended.said == "first\nours\n");
}

TEST_CASE("child: is not root, and sees no network where the system gives a namespace", "[pdf]") {
  const Ended ended = shell("id -u >&2; tail -n +3 /proc/net/dev >&2");
  if (is_refused(ended)) return;
  REQUIRE(ended.code == 0);
  CHECK(ended.said.rfind("0\n", 0) != 0);
  if (ended.said.rfind("1000\n", 0) == 0) {  // confined
    CHECK(ended.said.find("lo:") != std::string::npos);
    CHECK(ended.said.find("eth") == std::string::npos);
  }
}

TEST_CASE("child: ends at the limit, with what it started", "[pdf]") {
  const auto start = std::chrono::steady_clock::now();
  const Ended ended = shell("sleep 60 & sleep 60", std::chrono::milliseconds(300));
  if (is_refused(ended)) return;
  CHECK(ended.how == How::kTooLong);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("child: a signal, a missing program and endless talk are answered", "[pdf]") {
  const Ended killed = shell("kill -TERM $$");
  if (is_refused(killed)) return;
  CHECK(killed.how == How::kKilled);
  CHECK(killed.code == 15);
  const Ended missing = Child({"/no/such/program", {}, {}}).run(std::chrono::seconds(5));
  CHECK(missing.how == How::kNotStarted);
  CHECK(missing.code == ENOENT);
  const Ended talk = shell(
      "i=0; while [ $i -lt 5000 ]; do echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done; echo end "
      ">&2");
  CHECK(talk.code == 0);
  CHECK(talk.said.size() <= 8192);
  CHECK(talk.said.ends_with("end\n"));
}
