// `dosegate check --format pdf`. Skipped, with a word, where there is no Chromium.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

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
  // How many spaces a gap is depends on the machine's fonts.
  std::string text = read_file(out);
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
  return text;
}

Outcome print(const std::string& phantom, const fs::path& pdf, const RunOptions& options = {}) {
  return run({"check", phantom, "--record", phantom + "/record.json", "--format", "pdf", "-o", pdf.string()}, options);
}

template <typename Condition>
bool comes_true(const Condition& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

bool is_alive(const std::string& pid) {
  const std::string state = read_file("/proc/" + pid + "/stat");
  const std::size_t name_end = state.rfind(") ");
  return name_end != std::string::npos && state[name_end + 2] != 'Z';
}

// Prints with a Chromium that never ends, whose children lead sessions of their own, and sends `number` to dosegate.
void interrupt(int number) {
  const TemporaryFolder folder, temporary;
  const std::string phantom = write_phantom(folder, "pass"), ids = (folder / "ids").string();
  write_file(folder / "chromium", "#!/bin/sh\nsetsid sleep 300 &\necho $! >'" + ids + "'\n(sleep 300 & echo $! >>'" +
                                      ids + "')\necho $$ >>'" + ids + "'\nyes >&2\n");
  fs::permissions(folder / "chromium", fs::perms::owner_all);
  std::vector<std::string> texts = {built_program(DOSEGATE_PROGRAM), "check", phantom, "--format", "pdf", "-o",
                                    (folder / "a.pdf").string()};
  std::vector<std::string> variables = {"TMPDIR=" + temporary.path().string(),
                                        "DOSEGATE_CHROMIUM=" + (folder / "chromium").string(), "PATH=/usr/bin:/bin"};
  std::vector<char*> argv, envp;
  for (std::string& text : texts) argv.push_back(text.data());
  for (std::string& text : variables) envp.push_back(text.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawnattr_t attributes;
  REQUIRE(::posix_spawnattr_init(&attributes) == 0);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  for (const int one : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&defaults, one);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, argv[0], nullptr, &attributes, argv.data(), envp.data()) == 0);
  ::posix_spawnattr_destroy(&attributes);
  int status = 0;
  bool is_over = false;
  const bool is_printing = comes_true([&] {
    is_over = ::waitpid(pid, &status, WNOHANG) == pid;
    return is_over || count(read_file(ids), "\n") == 3;
  });
  if (is_over) {
    WARN("skipped: no program is run here (root without user namespaces)");
    return;
  }
  ::kill(pid, is_printing ? number : SIGKILL);
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(is_printing);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == number);
  CHECK_FALSE(fs::exists(folder / "a.pdf"));
  const auto is_clean = [&] {
    std::istringstream all(read_file(ids));
    for (std::string id; all >> id;) {
      if (is_alive(id)) return false;
    }
    return fs::is_empty(temporary.path());
  };
  if (number == SIGKILL) {
    CHECK(comes_true(is_clean));  // by who outlives it
  } else {
    CHECK(is_clean());
  }
}

}  // namespace

TEST_CASE("pdf: a signal leaves no page, no output and no process behind, and ends the program as ever", "[e2e][pdf]") {
  const int number = GENERATE(SIGINT, SIGTERM, SIGHUP, SIGKILL);
  INFO("signal " << number);
  interrupt(number);
}

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
