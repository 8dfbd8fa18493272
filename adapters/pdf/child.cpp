#include "adapters/pdf/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <thread>

#include "adapters/support/descriptor.h"

namespace dosegate::pdf {
namespace {

using support::Descriptor;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostSaid = 8192;
constexpr rlim_t kMostFileBytes = rlim_t{1} << 30;
constexpr int kNoUserExit = 121, kNotStartedExit = 122;  // of the child, before it is the program
constexpr unsigned kInnerId = 1000;

// What runs between fork and exec may only call what a signal handler may (signal-safety(7)): all texts are made
// before.
struct Prepared {
  std::vector<char*> arguments, environment;
  const char* program = nullptr;
  std::array<char, 64> users{}, groups{};  // the one line of a map of ids
  int null = -1, said = -1, failed = -1;
  bool is_root = false;
};

bool put(const char* path, std::string_view text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool is_whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return is_whole;
}

// A user of its own, who has none of our rights elsewhere, and no network.
bool confine(const Prepared& p) {
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  static_cast<void>(put("/proc/self/setgroups", "deny"));
  return put("/proc/self/uid_map", p.users.data()) && put("/proc/self/gid_map", p.groups.data());
}

[[noreturn]] void become(const Prepared& p) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit files{kMostFileBytes, kMostFileBytes};
  ::setrlimit(RLIMIT_FSIZE, &files);
  const rlimit core{0, 0};
  ::setrlimit(RLIMIT_CORE, &core);
  if (!confine(p) && p.is_root) ::_exit(kNoUserExit);
  ::dup2(p.null, STDIN_FILENO);
  ::dup2(p.null, STDOUT_FILENO);
  ::dup2(p.said, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(p.program, p.arguments.data(), p.environment.data());
  const int error = errno;
  static_cast<void>(!::write(p.failed, &error, sizeof error));
  ::_exit(kNotStartedExit);
}

int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

// Reads what the child says until it has closed its standard error, or `end`.
void listen(int fd, Clock::time_point end, std::string& said) {
  std::array<char, 4096> bytes{};
  for (;;) {
    pollfd ready{fd, POLLIN, 0};
    const int n = ::poll(&ready, 1, milliseconds_until(end));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    const ssize_t got = ::read(fd, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    said.append(bytes.data(), static_cast<std::size_t>(got));
    if (said.size() > 2 * kMostSaid) said.erase(0, said.size() - kMostSaid);
  }
}

// Whether it has ended by `end`.
bool wait_for(pid_t child, Clock::time_point end, int& status) {
  for (;;) {
    const pid_t done = ::waitpid(child, &status, WNOHANG);
    if (done == child) return true;
    if (done < 0 && errno != EINTR) return true;
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Ended run(const Run& run) {
  Ended ended;
  const auto not_started = [&](int error) {
    ended.code = error;
    return ended;
  };
  std::vector<std::string> arguments = {run.program}, environment = run.environment;
  arguments.insert(arguments.end(), run.arguments.begin(), run.arguments.end());
  Prepared p;
  p.program = run.program.c_str();
  p.arguments = pointers(arguments);
  p.environment = pointers(environment);
  p.is_root = ::geteuid() == 0;
  std::snprintf(p.users.data(), p.users.size(), "%u %u 1", kInnerId, static_cast<unsigned>(::geteuid()));
  std::snprintf(p.groups.data(), p.groups.size(), "%u %u 1", kInnerId, static_cast<unsigned>(::getegid()));

  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  int said[2] = {-1, -1}, failed[2] = {-1, -1};
  if (!null.is_open() || ::pipe2(said, O_CLOEXEC) != 0) return not_started(errno);
  const Descriptor said_out(said[0]);
  Descriptor said_in(said[1]);
  if (::pipe2(failed, O_CLOEXEC) != 0) return not_started(errno);
  const Descriptor failed_out(failed[0]);
  Descriptor failed_in(failed[1]);
  p.null = null.get();
  p.said = said_in.get();
  p.failed = failed_in.get();

  const Clock::time_point end = Clock::now() + run.limit;
  const pid_t child = ::fork();
  if (child < 0) return not_started(errno);
  if (child == 0) become(p);
  ::setpgid(child, child);
  static_cast<void>(said_in.close());
  static_cast<void>(failed_in.close());
  listen(said_out.get(), end, ended.said);
  int status = 0;
  const bool is_done = wait_for(child, end, status);
  ::kill(-child, SIGKILL);  // what it left behind, too
  if (!is_done) {
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (ended.said.size() > kMostSaid) ended.said.erase(0, ended.said.size() - kMostSaid);
  int error = 0;
  if (::read(failed_out.get(), &error, sizeof error) == static_cast<ssize_t>(sizeof error)) return not_started(error);
  ended.how = !is_done ? Ended::How::kTooLong : WIFSIGNALED(status) ? Ended::How::kKilled : Ended::How::kExited;
  ended.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  if (is_done && WIFEXITED(status) && ended.code == kNoUserExit) ended.how = Ended::How::kRootAlone;
  return ended;
}

}  // namespace dosegate::pdf
