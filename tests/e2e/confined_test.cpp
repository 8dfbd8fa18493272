// Whoever reads strangers' DICOM has given up what it does not need by then.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;

namespace {

// The line of /proc/PID/status that begins with `name`, without it.
std::string status_of(pid_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name + ":\t", 0) == 0) return line.substr(name.size() + 2);
  }
  return {};
}

// Waits in vain for somebody who reads its answer, when the whole of the case has been read.
class Waiting {
 public:
  Waiting(std::vector<std::string> arguments, const std::string& output) {
    REQUIRE(::mkfifo(output.c_str(), 0600) == 0);
    arguments.insert(arguments.begin(), built_program(DOSEGATE_PROGRAM));
    arguments.insert(arguments.end(), {"--format", "json", "--output", output});
    std::vector<char*> argv;
    for (std::string& one : arguments) argv.push_back(one.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
  }
  ~Waiting() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  bool becomes_confined() const {
    for (int i = 0; i < 600 && status_of(pid_, "Seccomp") != "2"; ++i) ::usleep(50'000);
    return status_of(pid_, "Seccomp") == "2" && status_of(pid_, "NoNewPrivs") == "1";
  }

 private:
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("every command that reads DICOM is confined") {
  if (status_of(::getpid(), "Seccomp").empty()) {
    WARN("skipped: this kernel has no seccomp");
    return;
  }
  const TemporaryFolder folder;
  const std::string plan = (folder / "plans/a").string(), dose = plan + "/RD.dcm";
  REQUIRE(run({"phantom", plan, "--case", "pass"}).exit_code == 0);
  const std::vector<std::vector<std::string>> commands = {{"check", plan},
                                                          {"dvh", plan},
                                                          {"gamma", dose, dose},
                                                          {"compare", plan, plan},
                                                          {"cohort", (folder / "plans").string(), "--plans"}};
  for (const auto& command : commands) {
    INFO(command.front());
    CHECK(Waiting(command, (folder / (command.front() + ".fifo")).string()).becomes_confined());
  }
}
