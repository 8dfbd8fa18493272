#include "adapters/panel/program_beside.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>

#include "adapters/support/descriptor.h"
#include "dosegate/detail/loader.hpp"

extern char** environ;  // NOLINT: POSIX

namespace dosegate::panel {
namespace {

using Clock = std::chrono::steady_clock;
using support::Descriptor;

constexpr std::size_t kMostOut = std::size_t{64} << 20, kMostProblem = 4096;

struct PipeEnds {
  Descriptor out, in;
};

bool make_pipe(PipeEnds& ends) {
  int made[2] = {-1, -1};
  if (::pipe2(made, O_CLOEXEC) != 0) return false;
  ends.out = Descriptor(made[0]);
  ends.in = Descriptor(made[1]);
  return true;
}

// 0, or errno.
int spawn_with(std::vector<std::string>& line, const PipeEnds& out, const PipeEnds& err, pid_t& pid) {
  std::vector<char*> argv;
  for (std::string& text : line) argv.push_back(text.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  if (::posix_spawn_file_actions_init(&actions) != 0) return ENOMEM;
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.in.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.in.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);  // pages' connections among them
  const int error = ::posix_spawn(&pid, line[0].c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Takes what can be read now; false: the other end is closed.
bool take_from(const Descriptor& from, std::string& to) {
  std::array<char, 65536> bytes{};
  const ssize_t n = ::read(from.get(), bytes.data(), bytes.size());
  if (n < 0) return errno == EINTR;
  to.append(bytes.data(), static_cast<std::size_t>(n));
  return n > 0;
}

// "dosegate: PLAN: is not held" as "PLAN: is not held".
std::string last_line(std::string_view said) {
  constexpr std::string_view kPrefix = "dosegate: ";
  while (!said.empty() && said.back() == '\n') said.remove_suffix(1);
  if (const std::size_t line = said.rfind('\n'); line != std::string_view::npos) said.remove_prefix(line + 1);
  if (said.starts_with(kPrefix)) said.remove_prefix(kPrefix.size());
  return std::string(said);
}

}  // namespace

Ran run_beside(const std::string& program, const std::vector<std::string>& arguments, std::chrono::milliseconds limit,
               const std::atomic<bool>& stop) {
  Ran ran;
  std::vector<std::string> line = {dosegate::detail::program_folder() + "/" + program};
  line.insert(line.end(), arguments.begin(), arguments.end());
  PipeEnds out, err;
  pid_t pid = -1;
  int error = make_pipe(out) && make_pipe(err) ? 0 : errno;
  if (error == 0) error = spawn_with(line, out, err, pid);
  if (error != 0) {
    ran.problem = line[0] + ": cannot be run (" + std::strerror(error) + ")";
    return ran;
  }
  out.in = Descriptor();
  err.in = Descriptor();
  std::string said;
  bool is_out = true, is_err = true;
  const Clock::time_point end = Clock::now() + limit;
  const char* ended = nullptr;
  while ((is_out || is_err) && ended == nullptr) {
    std::array<pollfd, 2> ready{pollfd{is_out ? out.out.get() : -1, POLLIN, 0},
                                pollfd{is_err ? err.out.get() : -1, POLLIN, 0}};
    constexpr int kLookAtStop = 50;  // ms
    static_cast<void>(::poll(ready.data(), ready.size(), kLookAtStop));
    if (ready[0].revents != 0) is_out = take_from(out.out, ran.out);
    if (ready[1].revents != 0) is_err = take_from(err.out, said);
    if (said.size() > 2 * kMostProblem) said.erase(0, said.size() - kMostProblem);
    if (ran.out.size() > kMostOut) ended = "says more than can be taken";
    if (Clock::now() > end) ended = "has not ended in time";
    if (stop) ended = "was ended, as the panel is";
  }
  int status = 0;
  while (ended == nullptr && ::waitpid(pid, &status, WNOHANG) == 0) {  // its output is closed: it ends now, or never
    if (Clock::now() > end) ended = "has not ended in time";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (ended != nullptr) {
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  ran.problem = last_line(said);
  if (ended != nullptr) {
    ran.problem = program + " " + ended;
  } else if (WIFEXITED(status)) {
    ran.exit_code = WEXITSTATUS(status);
  } else {
    ran.problem = program + " was ended by signal " + std::to_string(WTERMSIG(status));
  }
  return ran;
}

}  // namespace dosegate::panel
