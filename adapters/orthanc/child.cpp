#include "adapters/orthanc/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "adapters/orthanc/files.h"
#include "adapters/support/error.h"

extern char** environ;  // NOLINT: POSIX

namespace dosegate::orthanc {
namespace {

constexpr std::size_t kMostLogBytes = std::size_t{1} << 28, kLastBytes = 4096;

pid_t spawn(const std::vector<std::string>& command, const std::string& log) {
  std::vector<std::string> texts = command;
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  // Orthanc's threads block signals that end it, and a child inherits that.
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    throw support::Error(command.front(), "", std::string("cannot be run: ") + std::strerror(failed),
                         "reinstall Dosegate, and see that Orthanc's user may run it");
  return pid;
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& command, const std::string& log, unsigned seconds,
                      const std::function<bool()>& is_stopping) {
  using Clock = std::chrono::steady_clock;
  const pid_t pid = spawn(command, log);
  const auto limit = Clock::now() + std::chrono::seconds(seconds);
  const auto last = limit + std::chrono::seconds(kGraceSeconds);
  ChildResult result;
  int status = 0;
  for (auto pause = std::chrono::milliseconds(2);; pause = std::min(pause * 2, std::chrono::milliseconds(50))) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) break;
    if (ended < 0 && errno != EINTR) {
      ::kill(pid, SIGKILL);
      throw support::Error(command.front(), "", "ended, and nobody can say how",
                           "another plugin takes the ends of child processes; run Orthanc without it");
    }
    if (!result.stopped && is_stopping()) {
      result.stopped = true;
      ::kill(pid, SIGKILL);
    } else if (!result.timed_out && Clock::now() > limit) {
      result.timed_out = true;
      ::kill(pid, SIGTERM);
    } else if (Clock::now() > last) {
      ::kill(pid, SIGKILL);
    }
    std::this_thread::sleep_for(pause);
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  std::string said = read_file(log, kMostLogBytes);
  while (!said.empty() && said.back() == '\n') said.pop_back();
  result.error = said.size() > kLastBytes ? said.substr(said.size() - kLastBytes) : said;
  return result;
}

}  // namespace dosegate::orthanc
