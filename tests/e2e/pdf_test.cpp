// `dosegate check --format pdf`. Skipped, with a word, where there is no Chromium.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/e2e/phantom_report.h"

using namespace dosegate::e2e;
namespace fs = std::filesystem;

namespace {

bool has_chromium() {
  if (fs::exists("/usr/bin/chromium")) return true;
  WARN("skipped: there is no /usr/bin/chromium");
  return false;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

std::string text_of(const fs::path& pdf) {
  if (!fs::exists("/usr/bin/pdftotext")) {
    WARN("the text is not read: there is no /usr/bin/pdftotext");
    return {};
  }
  const std::string out = pdf.string() + ".txt";
  const std::string command = "/usr/bin/pdftotext -layout '" + pdf.string() + "' '" + out + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  return read_file(out);
}

Outcome print(const std::string& phantom, const fs::path& pdf, const RunOptions& options = {}) {
  return run({"check", phantom, "--record", phantom + "/record.json", "--format", "pdf", "-o", pdf.string()}, options);
}

}  // namespace

TEST_CASE("pdf: three tagged pages at most, with the report's text, and the same bytes each time", "[e2e][pdf]") {
  if (!has_chromium()) return;
  const TemporaryFolder folder;
  const std::string phantom = write_phantom(folder, "hot-cord");
  RunOptions options;
  options.seconds = 120;
  const Outcome o = print(phantom, folder / "a.pdf", options);
  INFO(o.err);
  REQUIRE(o.exit_code == 1);
  const std::string pdf = read_file(folder / "a.pdf");
  CHECK(pdf.rfind("%PDF-", 0) == 0);
  CHECK(pdf.find("/StructTreeRoot") != std::string::npos);
  CHECK(pdf.find("/Marked true") != std::string::npos);
  CHECK(pdf.find("CreationDate") == std::string::npos);
  CHECK(pdf.find(folder.path().filename().string()) == std::string::npos);
  const std::size_t pages = count(pdf, "/Type /Page\n");
  CHECK(pages >= 2);
  CHECK(pages <= 3);
  const std::string text = text_of(folder / "a.pdf");
  if (!text.empty()) {
    for (const char* part :
         {"Fail", "SpinalCord Max is 42.00 Gy", "What to do", "Structures", "OR-2.V20", "Intended use"}) {
      INFO(part);
      CHECK(text.find(part) != std::string::npos);
    }
  }
  REQUIRE(print(phantom, folder / "b.pdf", options).exit_code == 1);
  CHECK(read_file(folder / "b.pdf") == pdf);
}

TEST_CASE("pdf: without Chromium the error says what to install, and nothing is written", "[e2e][pdf]") {
  const TemporaryFolder folder;
  const std::string phantom = write_phantom(folder, "pass");
  const auto refused = [&](const std::string& variable, const std::string& part) {
    RunOptions options;
    options.environment = {variable};
    const Outcome o = print(phantom, folder / "a.pdf", options);
    INFO(o.err);
    CHECK(o.exit_code == 3);
    CHECK(o.error_lines() == 1);
    CHECK(o.err.find(part) != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "a.pdf"));
  };
  refused("PATH=/nowhere", "apt-get install chromium");
  refused("DOSEGATE_CHROMIUM=/no/such/chromium", "DOSEGATE_CHROMIUM");
  refused("DOSEGATE_CHROMIUM=/bin/true", "printed no page");
  write_file(folder / "shouts", "#!/bin/sh\necho 'No usable sandbox!' >&2\nexit 1\n");
  fs::permissions(folder / "shouts", fs::perms::owner_all);
  refused("DOSEGATE_CHROMIUM=" + (folder / "shouts").string(), "No usable sandbox!");
}

TEST_CASE("pdf: is not written to a terminal, and a server makes none", "[e2e][pdf]") {
  const TemporaryFolder folder;
  const std::string phantom = write_phantom(folder, "pass");
  RunOptions options;
  options.terminal = true;
  const Outcome o = run({"check", phantom, "--format", "pdf"}, options);
  CHECK(o.exit_code == 3);
  CHECK(o.err.find("a terminal shows no PDF") != std::string::npos);
  const Outcome server = run({"check", phantom, "--format", "pdf", "--server", "unix:/nowhere"});
  CHECK(server.exit_code == 3);
  CHECK(server.err.find("--format pdf") != std::string::npos);
}
