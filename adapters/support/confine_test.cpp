#include "adapters/support/confine.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "adapters/support/temporary_folder.h"

using dosegate::support::confine;
using dosegate::support::Confined;
using dosegate::support::Reach;
using dosegate::support::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

enum class Kind { kFiles, kCalls };

constexpr int kNotHere = 77;

// How a process ends that is confined and then does `what`, which answers 0 or errno; as waitpid(2) has it.
int end_of_confined(Kind kind, const Reach& reach, const std::function<int()>& what) {
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    const Confined confined = confine(reach);
    ::_exit((kind == Kind::kFiles ? confined.files : confined.calls) ? what() : kNotHere);
  }
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return status;
}

// What it answers.
int in_confined(Kind kind, const Reach& reach, const std::function<int()>& what) {
  const int status = end_of_confined(kind, reach, what);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

bool is_here(Kind kind) {
  if (in_confined(kind, {}, [] { return 0; }) == 0) return true;
  WARN("skipped: this kernel takes no " << (kind == Kind::kFiles ? "Landlock rules" : "seccomp filter"));
  return false;
}

int error_of(long result) { return result < 0 ? errno : 0; }

int write_into(const std::string& path, int flags = O_WRONLY | O_CREAT) {
  const int fd = ::open(path.c_str(), flags, 0600);
  return fd < 0 ? errno : error_of(::write(fd, "x", 1));
}

int run_true() {
  pid_t pid = 0;
  std::string name = "/bin/true";
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  return ::posix_spawn(&pid, name.c_str(), nullptr, nullptr, arguments.data(), environment.data());
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Folders {
  TemporaryFolder own{TemporaryFolder::usual_parent(), ""}, others{TemporaryFolder::usual_parent(), ""};
  std::string kept = others / "kept";
  Folders() { std::ofstream(kept) << "kept"; }
};

}  // namespace

TEST_CASE("confine: in its reach files are made, replaced and removed, and everywhere they are read", "[support]") {
  if (!is_here(Kind::kFiles)) return;
  const Folders f;
  for (const std::string& named : {f.own.path().string(), f.own / "answer", f.own / "not/yet/there"}) {
    INFO(named);
    CHECK(in_confined(Kind::kFiles, {.written = {named}}, [&] {
            if (const int error = write_into(f.own / "temporary"); error != 0) return error;
            if (::rename((f.own / "temporary").c_str(), (f.own / "answer").c_str()) != 0) return errno;
            if (::mkdir((f.own / "folder").c_str(), 0700) != 0) return errno;
            if (::rmdir((f.own / "folder").c_str()) != 0) return errno;
            return error_of(::unlink((f.own / "answer").c_str()));
          }) == 0);
    CHECK(in_confined(Kind::kFiles, {.written = {named}}, [&] { return error_of(::open(f.kept.c_str(), O_RDONLY)); }) ==
          0);
  }
}

TEST_CASE("confine: outside of its reach nothing is written, made, moved or removed", "[support]") {
  if (!is_here(Kind::kFiles)) return;
  const Folders f;
  const std::string beside = f.others / "new", own = f.own / "own";
  std::ofstream(own) << "own";
  const std::array<std::function<int()>, 11> tries{
      [&] { return write_into(beside); },
      [&] { return write_into(f.kept, O_WRONLY); },
      [&] { return write_into(f.kept, O_RDWR | O_APPEND); },
      [&] { return write_into(f.kept, O_WRONLY | O_TRUNC); },
      [&] { return error_of(::truncate(f.kept.c_str(), 0)); },
      [&] { return error_of(::unlink(f.kept.c_str())); },
      [&] { return error_of(::rename(f.kept.c_str(), (f.own / "taken").c_str())); },
      [&] { return error_of(::rename(own.c_str(), f.kept.c_str())); },
      [&] { return error_of(::link(f.kept.c_str(), (f.own / "linked").c_str())); },
      [&] { return error_of(::mkdir(beside.c_str(), 0700)); },
      [&] { return error_of(::symlink("/etc/passwd", beside.c_str())); },
  };
  for (std::size_t i = 0; i < tries.size(); ++i) {
    INFO(i);
    const int error = in_confined(Kind::kFiles, {.written = {f.own.path(), ""}}, tries[i]);
    CHECK((error == EACCES || error == EPERM || error == EXDEV));
    CHECK(text_of(f.kept) == "kept");
    CHECK_FALSE(fs::exists(fs::symlink_status(beside)));
  }
}

TEST_CASE("confine: a device, a pipe and a link are written to where they lead", "[support]") {
  if (!is_here(Kind::kFiles)) return;
  const Folders f;
  CHECK(in_confined(Kind::kFiles, {.written = {"/dev/null"}}, [] { return write_into("/dev/null", O_WRONLY); }) == 0);
  CHECK(in_confined(Kind::kFiles, {}, [] { return write_into("/dev/null", O_WRONLY); }) == EACCES);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string pipe = "/proc/self/fd/" + std::to_string(ends[1]);
  CHECK(in_confined(Kind::kFiles, {.written = {pipe}}, [&] { return write_into(pipe, O_WRONLY); }) == 0);
  for (const int end : ends) ::close(end);
  fs::create_symlink(f.kept, f.own / "link");
  CHECK(in_confined(Kind::kFiles, {.written = {f.own / "link"}}, [&] { return write_into(f.kept, O_WRONLY); }) == 0);
  CHECK(in_confined(Kind::kFiles, {.written = {f.own / "link"}}, [&] { return write_into(f.own / "new"); }) == EACCES);
}

TEST_CASE("confine: no program is run, by the files' rules and by the calls'", "[support]") {
  for (const Kind kind : {Kind::kFiles, Kind::kCalls}) {
    if (!is_here(kind)) continue;
    const int error = in_confined(kind, {.written = {"/tmp"}, .network = true}, run_true);
    CHECK((error == EACCES || error == EPERM));
  }
}

TEST_CASE("confine: no socket is opened, unless the network is in reach", "[support]") {
  if (!is_here(Kind::kCalls)) return;
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
    INFO(family);
    CHECK(in_confined(Kind::kCalls, {}, [&] { return error_of(::socket(family, SOCK_DGRAM, 0)); }) == EPERM);
  }
  CHECK(in_confined(Kind::kCalls, {.network = true}, [] { return error_of(::socket(AF_UNIX, SOCK_STREAM, 0)); }) == 0);
}

TEST_CASE("confine: another process is neither signalled nor looked into, itself may be ended", "[support]") {
  if (!is_here(Kind::kCalls)) return;
  const pid_t other = ::getpid();
  CHECK(in_confined(Kind::kCalls, {}, [&] { return error_of(::kill(other, 0)); }) == EPERM);
  CHECK(in_confined(Kind::kCalls, {}, [&] { return error_of(::kill(-1, 0)); }) == EPERM);
  CHECK(in_confined(Kind::kCalls, {}, [&] { return error_of(::ptrace(PTRACE_SEIZE, other, nullptr, nullptr)); }) ==
        EPERM);
  CHECK(in_confined(Kind::kCalls, {}, [&] {
          iovec none{};
          return error_of(::process_vm_readv(other, &none, 0, &none, 0, 0));
        }) == EPERM);
  CHECK(in_confined(Kind::kCalls, {}, [] { return error_of(::kill(::getpid(), 0)); }) == 0);
  const int ended = end_of_confined(Kind::kCalls, {}, []() -> int {
    std::signal(SIGABRT, SIG_DFL);  // not the test's own
    std::abort();
  });
  CHECK((WIFSIGNALED(ended) && WTERMSIG(ended) == SIGABRT));
}

TEST_CASE("confine: nothing is typed into a terminal", "[support]") {
  if (!is_here(Kind::kCalls)) return;
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) {
    WARN("skipped: no terminal can be made here");
    return;
  }
  char typed = 'x';
  CHECK(in_confined(Kind::kCalls, {}, [&] { return error_of(::ioctl(terminal, TIOCSTI, &typed)); }) == EPERM);
  const unsigned long disguised = TIOCSTI | 1UL << 32;
  CHECK(in_confined(Kind::kCalls, {}, [&] { return error_of(::syscall(SYS_ioctl, terminal, disguised, &typed)); }) ==
        EPERM);
  winsize size{};
  CHECK(in_confined(Kind::kCalls, {}, [&] { return error_of(::ioctl(terminal, TIOCGWINSZ, &size)); }) == 0);
  ::close(terminal);
}

TEST_CASE("confine: threads are started, and are confined", "[support]") {
  for (const Kind kind : {Kind::kFiles, Kind::kCalls}) {
    if (!is_here(kind)) continue;
    const int error = in_confined(kind, {}, [] {
      int inner = 0;
      std::thread([&] { inner = run_true(); }).join();
      return inner;
    });
    CHECK((error == EACCES || error == EPERM));
  }
}
