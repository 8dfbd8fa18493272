#include "tests/e2e/run_program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>
#include <system_error>
#include <thread>

extern char** environ;  // NOLINT: POSIX

namespace dosegate::e2e {
namespace fs = std::filesystem;

namespace {

// The two ends of a pseudo-terminal: what a program writes to `name` is read from `fd`.
struct Terminal {
  int fd = -1;
  std::string name;

  void open() {
    fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    REQUIRE(fd >= 0);
    REQUIRE(::grantpt(fd) == 0);
    REQUIRE(::unlockpt(fd) == 0);
    name = ::ptsname(fd);
    winsize size{};
    size.ws_col = 90;
    size.ws_row = 40;
    REQUIRE(::ioctl(fd, TIOCSWINSZ, &size) == 0);
  }
  void drain(std::string& text) const {
    char block[4096];
    for (ssize_t n = 0; (n = ::read(fd, block, sizeof block)) > 0;) text.append(block, static_cast<std::size_t>(n));
  }
  ~Terminal() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

std::size_t Outcome::error_lines() const { return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n')); }

bool are_sanitized() { return std::getenv("DOSEGATE_TEST_PROGRAMS") != nullptr; }

std::string built_program(const std::string& path) {
  const char* folder = std::getenv("DOSEGATE_TEST_PROGRAMS");
  if (folder == nullptr) return path;
  const fs::path other = fs::path(folder) / fs::path(path).filename();
  if (fs::exists(other)) return other.string();
  INFO("DOSEGATE_TEST_PROGRAMS=" << folder << ": nothing is built there");
  REQUIRE(fs::exists(fs::path(folder) / "dosegate-grpc"));  // the one that every preset builds
  return path;
}

Outcome run(const std::vector<std::string>& arguments, const RunOptions& options, const std::string& program) {
  const std::string path = program.empty() ? built_program(DOSEGATE_PROGRAM) : program;
  const TemporaryFolder folder;
  const std::string out = options.stdout_path.empty() ? (folder / "out").string() : options.stdout_path;
  const std::string err = (folder / "err").string();

  std::vector<std::string> texts = {path};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);

  std::vector<std::string> environment = options.environment;
  std::vector<char*> envp;
  for (std::string& text : environment) envp.push_back(text.data());
  for (char** at = environ; *at != nullptr; ++at) envp.push_back(*at);
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  if (::posix_spawn_file_actions_init(&actions) != 0) throw std::bad_alloc();
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  Terminal terminal;
  if (options.terminal) {
    terminal.open();
    ::posix_spawn_file_actions_addopen(&actions, 1, terminal.name.c_str(), O_WRONLY | O_NOCTTY, 0);
  } else if (options.close_stdout) {
    ::posix_spawn_file_actions_addclose(&actions, 1);
  } else {
    ::posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  }
  ::posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  const int spawned = ::posix_spawn(&pid, path.c_str(), &actions, nullptr, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) throw std::system_error(spawned, std::generic_category(), "starting " + path);

  Outcome outcome;
  int status = 0;
  rusage usage{};
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
  auto pause = std::chrono::microseconds(500);
  // Held open, so that what was written is still there when the program has ended.
  const int held = options.terminal ? ::open(terminal.name.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC) : -1;
  while (::wait4(pid, &status, WNOHANG, &usage) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      outcome.timed_out = true;
      ::kill(pid, SIGKILL);
      ::wait4(pid, &status, 0, &usage);
      break;
    }
    if (options.terminal) terminal.drain(outcome.out);
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(20000));
  }
  if (options.terminal) terminal.drain(outcome.out);
  if (held >= 0) ::close(held);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  outcome.peak_kib = usage.ru_maxrss;
  if (options.stdout_path.empty() && !options.close_stdout && !options.terminal) outcome.out = read_file(out);
  outcome.err = read_file(err);
  return outcome;
}

void check_refused(const Outcome& o, const std::string& part) {
  INFO("signal " << o.signal << ", exit " << o.exit_code << "\nout: " << o.out << "\nerr: " << o.err);
  CHECK(o.exit_code == 3);
  CHECK(o.error_lines() == 1);
  CHECK(o.err.rfind("dosegate: ", 0) == 0);
  CHECK(o.err.find(part) != std::string::npos);
  CHECK(o.out.empty());
}

void check_refused(const std::vector<std::string>& arguments, const std::string& part) {
  check_refused(run(arguments), part);
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "dosegate-e2e-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  REQUIRE(out.flush());
}

fs::path shared_data() {
  const char* stated = std::getenv("DOSEGATE_SHARED_DATA");
  const fs::path path = stated != nullptr ? stated : DOSEGATE_SHARED_DATA;
  if (fs::is_directory(path / "liverA")) return path;
  WARN("skipped: no data at " << path.string());
  return {};
}

}  // namespace dosegate::e2e
