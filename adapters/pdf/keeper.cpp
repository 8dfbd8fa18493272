#include "adapters/pdf/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

namespace dosegate::pdf {
namespace {

constexpr rlim_t kMostFileBytes = rlim_t{1} << 30;

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
  const rlimit files{kMostFileBytes, kMostFileBytes};
  ::setrlimit(RLIMIT_FSIZE, &files);
  const rlimit core{0, 0};
  ::setrlimit(RLIMIT_CORE, &core);
  if (!confine(p) && p.is_root) ::_exit(kNoUserExit);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(p.null, STDIN_FILENO);
  ::dup2(p.null, STDOUT_FILENO);
  ::dup2(p.said, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGXFSZ, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(p.program, p.arguments.data(), p.environment.data());
  const int error = errno;
  static_cast<void>(!::write(p.failed, &error, sizeof error));
  ::_exit(kNotStartedExit);
}

void kill_children() {
  const int fd = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  std::array<char, 4096> text{};
  const ssize_t got = ::read(fd, text.data(), text.size());
  ::close(fd);
  pid_t pid = 0;
  for (ssize_t i = 0; i < got; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c >= '0' && c <= '9') {
      pid = pid * 10 + (c - '0');
    } else {
      if (pid > 1) ::kill(pid, SIGKILL);
      pid = 0;
    }
  }
}

// Whoever loses its parent becomes a child of the keeper's, so that in the end all of them have been.
void end_all(pid_t program) {
  constexpr int kMostRounds = 2000;  // some 2 s
  for (int round = 0; round < kMostRounds; ++round) {
    ::kill(-program, SIGKILL);
    kill_children();
    pid_t ended = 0;
    while ((ended = ::waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    if (ended < 0 && errno == ECHILD) return;
    ::poll(nullptr, 0, 1);
  }
}

// We have ended, or want no more of it.
[[noreturn]] void leave(const Prepared& p) {
  if (*p.folder != '\0') ::execl("/bin/rm", "rm", "-rf", "--", p.folder, static_cast<char*>(nullptr));
  ::_exit(0);
}

}  // namespace

void keep(const Prepared& p) {
  ::setsid();  // a terminal's signals are ours to pass on
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::signal(SIGCHLD, SIG_DFL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  char go = 0;
  if (::read(p.alive, &go, 1) != 1) leave(p);
  const pid_t program = ::fork();
  if (program == 0) become(p);
  if (program < 0) {
    const int error = errno;
    static_cast<void>(!::write(p.failed, &error, sizeof error));
    ::_exit(0);
  }
  ::close(p.said);
  ::close(p.failed);
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, WNOHANG);
    if (ended == program) {
      end_all(program);
      static_cast<void>(!::write(p.status, &status, sizeof status));
      ::_exit(0);
    }
    pollfd alive{p.alive, POLLIN, 0};
    if (ended <= 0 && ::poll(&alive, 1, 5) > 0) break;
  }
  end_all(program);
  leave(p);
}

}  // namespace dosegate::pdf
