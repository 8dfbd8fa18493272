#include "adapters/pdf/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "adapters/pdf/keeper.h"
#include "adapters/support/descriptor.h"

namespace dosegate::pdf {
namespace {

using support::Descriptor;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostSaid = 8192;
constexpr unsigned kInnerId = 1000;

int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

// Waits until `fd` can be read from, or has no other end. False: at `end`, or when `stop` can be read from.
bool is_ready(int fd, int stop, Clock::time_point end) {
  for (;;) {
    std::array<pollfd, 2> ready{pollfd{fd, POLLIN, 0}, pollfd{stop, POLLIN, 0}};
    const int n = ::poll(ready.data(), ready.size(), milliseconds_until(end));
    if (n < 0 && errno == EINTR) continue;
    return n > 0 && ready[1].revents == 0;
  }
}

// Reads what the program says until its standard error is closed, or it is not to be waited for.
void listen(int fd, int stop, Clock::time_point end, std::string& said) {
  std::array<char, 4096> bytes{};
  while (Clock::now() < end && is_ready(fd, stop, end)) {
    const ssize_t got = ::read(fd, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    said.append(bytes.data(), static_cast<std::size_t>(got));
    if (said.size() > 2 * kMostSaid) said.erase(0, said.size() - kMostSaid);
  }
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Child::Pipe::Pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  out = Descriptor(ends[0]);
  in = Descriptor(ends[1]);
}

bool Child::Pipe::read(int& number) const {
  return ::read(out.get(), &number, sizeof number) == static_cast<ssize_t>(sizeof number);
}

Child::Child(const Program& program) {
  std::vector<std::string> arguments = {program.path}, environment = program.environment;
  arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
  Prepared p;
  p.program = program.path.c_str();
  p.arguments = pointers(arguments);
  p.environment = pointers(environment);
  p.is_root = ::geteuid() == 0;
  std::snprintf(p.users.data(), p.users.size(), "%u %u 1", kInnerId, static_cast<unsigned>(::geteuid()));
  std::snprintf(p.groups.data(), p.groups.size(), "%u %u 1", kInnerId, static_cast<unsigned>(::getegid()));

  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  error_ = null.is_open() ? 0 : errno;
  for (const Pipe* pipe : {&said_, &failed_, &alive_, &status_}) {
    if (!pipe->in.is_open()) error_ = EMFILE;
  }
  if (error_ != 0) return;
  p.folder = program.folder.c_str();
  p.null = null.get();
  p.said = said_.in.get();
  p.failed = failed_.in.get();
  p.alive = alive_.out.get();
  p.status = status_.in.get();

  keeper_ = ::fork();
  if (keeper_ < 0) error_ = errno;
  if (keeper_ == 0) {
    static_cast<void>(alive_.in.close());
    keep(p);
  }
  for (Pipe* pipe : {&said_, &failed_, &status_}) static_cast<void>(pipe->in.close());
}

Child::~Child() { join(); }

// The keeper's end, and with it the program's.
void Child::join() {
  alive_.in = Descriptor();
  while (keeper_ > 0 && ::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
}

Ended Child::run(std::chrono::milliseconds limit, int stop) {
  Ended ended;
  const auto not_started = [&](int error) {
    ended.code = error;
    return ended;
  };
  if (error_ != 0) return not_started(error_);
  const Clock::time_point end = Clock::now() + limit;
  if (::write(alive_.in.get(), &kGo, 1) != 1) return not_started(errno);
  listen(said_.out.get(), stop, end, ended.said);
  const bool is_done = is_ready(status_.out.get(), stop, end);
  join();
  if (ended.said.size() > kMostSaid) ended.said.erase(0, ended.said.size() - kMostSaid);
  int number = 0;
  if (failed_.read(number)) return not_started(number);
  if (!is_done) {
    ended.how = Clock::now() < end ? Ended::How::kStopped : Ended::How::kTooLong;
    return ended;
  }
  if (!status_.read(number)) number = SIGKILL;
  ended.how = WIFSIGNALED(number) ? Ended::How::kKilled : Ended::How::kExited;
  ended.code = WIFSIGNALED(number) ? WTERMSIG(number) : WEXITSTATUS(number);
  if (WIFEXITED(number) && ended.code == kNoUserExit) ended.how = Ended::How::kRootAlone;
  return ended;
}

}  // namespace dosegate::pdf
