#include "tests/dicom_gate/node.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <sstream>
#include <thread>

#include "adapters/gate/ledger_store.h"

extern char** environ;  // NOLINT: POSIX

namespace dosegate::dicom_gate_test {

namespace {

std::string uid_in(const std::string& bytes, const std::string& tag) {
  // Explicit VR, little endian: tag, "UI", length.
  const std::size_t at = bytes.find(tag + "UI", 300);
  REQUIRE(at != std::string::npos);
  const std::size_t size = static_cast<unsigned char>(bytes[at + 6]);
  std::string uid = bytes.substr(at + 8, size);
  while (!uid.empty() && uid.back() == '\0') uid.pop_back();
  return uid;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

int count(const std::string& text, const std::string& part) {
  int times = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++times;
  return times;
}

Process::Process(const std::vector<std::string>& command, const fs::path& out, const fs::path& err) {
  std::vector<std::string> texts = command;
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  REQUIRE(::posix_spawn_file_actions_init(&actions) == 0);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int spawned = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  INFO(command.front());
  REQUIRE(spawned == 0);
}

Process::~Process() {
  if (pid_ > 0) end(SIGKILL);
}

int Process::end(int signal, int seconds) {
  ::kill(pid_, signal);
  int status = 0;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      pid_ = -1;
      return -2;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool has_peers() {
  if (fs::exists("/usr/bin/storescu") && fs::exists("/usr/bin/storescp")) return true;
  WARN("skipped: DCMTK's storescu and storescp are not installed (package dcmtk)");
  return false;
}

bool comes_true(const std::function<bool()>& is_so, int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

Receiver::Receiver(const fs::path& folder, const std::vector<std::string>& more) : folder_(folder) {
  fs::create_directory(folder_);
  port_ = free_port();
  std::vector<std::string> command = {"/usr/bin/storescp",
                                      "-od",
                                      folder_.string(),
                                      "-aet",
                                      "NEXT",
                                      "--exec-on-reception",
                                      "/bin/sh -c 'echo #f >> " + (folder_ / "log").string() + "'",
                                      "--exec-sync"};
  command.insert(command.end(), more.begin(), more.end());
  command.push_back(std::to_string(port_));
  process_ = std::make_unique<Process>(command, folder_ / "out", folder_ / "err");
}

std::map<std::string, int> Receiver::received() const {
  std::map<std::string, int> all;
  std::istringstream lines(e2e::read_file(folder_ / "log"));
  for (std::string line; std::getline(lines, line);) ++all[line.substr(line.find('.') + 1)];
  return all;
}

bool Receiver::has(const Study& study) const {
  const auto all = received();
  return all.count(study.plan) > 0 && all.count(study.structures) > 0 && all.count(study.dose) > 0;
}

std::vector<std::string> to(const Receiver& receiver) {
  return {"--forward", "NEXT@127.0.0.1:" + std::to_string(receiver.port())};
}

Node::Node(Site& site, std::string policy, std::vector<std::string> more)
    : site_(site), policy_(std::move(policy)), key_(site.private_key(9)), more_(std::move(more)) {
  fs::create_directory(site_ / "records");
  start();
}

fs::path Node::launch() {
  // argv of `dosegate` itself, which ends as the node.
  std::vector<std::string> command = {e2e::built_program(DOSEGATE_PROGRAM),
                                      "dicom-gate",
                                      "--policy",
                                      policy_,
                                      "--ledger",
                                      site_.ledger(),
                                      "--key",
                                      key_,
                                      "--queue",
                                      queue().string(),
                                      "--record-dir",
                                      site_ / "records",
                                      "--port",
                                      "0",
                                      "--settle-ms",
                                      "0",
                                      "--retry-s",
                                      "1"};
  command.insert(command.end(), more_.begin(), more_.end());
  fs::path out = fs::path(site_ / "node.out");
  process_ = std::make_unique<Process>(command, out, site_ / "node.err");
  ++starts_;
  return out;
}

int Node::exit_at_start() {
  launch();
  return process_->end(0);
}

void Node::start() {
  const fs::path out = launch();
  const bool started = comes_true([&] { return e2e::read_file(out).find('\n') != std::string::npos; }, 30);
  INFO(log());
  REQUIRE(started);
  const std::string line = e2e::read_file(out);
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
}

int Node::stop(int signal) { return process_->end(signal); }

Study Node::study(const std::string& case_name, int number) {
  Study study;
  study.folder = site_.phantom(case_name, case_name + "-" + std::to_string(number));
  std::map<std::string, std::string> bytes;
  for (const char* kind : {"RP", "RS", "RD"}) bytes[kind] = e2e::read_file(study.file(kind));
  const std::string tag("\x08\0\x18\0", 4);
  std::string ending = std::to_string(1000 + number);
  for (auto& [kind, uid] : {std::pair{"RP", &study.plan}, {"RS", &study.structures}, {"RD", &study.dose}}) {
    const std::string before = uid_in(bytes[kind], tag);
    *uid = before.substr(0, before.size() - ending.size()) + ending;
    for (auto& [other, text] : bytes) replace_all(text, before, *uid);
  }
  for (const auto& [kind, text] : bytes) e2e::write_file(study.file(kind), text);
  fs::copy_file(study.folder + "/record.json", fs::path(site_ / "records") / (study.plan + ".json"),
                fs::copy_options::overwrite_existing);
  return study;
}

Outcome Node::send(const std::vector<std::string>& files, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"-v", "-aec", "DOSEGATE", "-to", "20", "-nh"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.push_back("127.0.0.1");
  arguments.push_back(std::to_string(port_));
  arguments.insert(arguments.end(), files.begin(), files.end());
  return e2e::run(arguments, {}, "/usr/bin/storescu");
}

std::string Node::state(const std::string& plan) const {
  for (const char* state : {"deciding", "approved", "forwarded", "held", "rejected"}) {
    if (fs::exists(queue() / state / plan / "case.json")) return state;
  }
  return "";
}

bool Node::becomes(const std::string& plan, const std::string& wanted, int seconds) const {
  const bool is_so = comes_true([&] { return state(plan) == wanted; }, seconds);
  if (!is_so) WARN(plan << " is in '" << state(plan) << "', not in '" << wanted << "'\n" << log());
  return is_so;
}

std::string Node::held_reason(const std::string& plan) const {
  return e2e::read_file(queue() / "held" / plan / "held.json");
}

Outcome Node::gate(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"gate"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.insert(all.end(), {"--queue", queue().string()});
  return e2e::run(all);
}

std::string Node::log() const { return e2e::read_file(site_ / "node.err"); }

int Node::rows(const std::string& kind, const std::string& plan) const {
  int times = 0;
  gate::open_store(site_.ledger(), gate::OpenAs::kReader)
      ->each_row(gate::Mention{"PLAN", plan}, [&](const gate::Row& row) {
        if (row.kind == kind) ++times;
      });
  return times;
}

}  // namespace dosegate::dicom_gate_test
