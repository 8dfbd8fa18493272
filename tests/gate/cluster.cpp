#include "tests/gate/cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace dosegate::gate_test {
namespace fs = std::filesystem;
namespace {

constexpr uid_t kNobody = 65534;

// Starts it as somebody who is not root; what it says goes to `log`.
pid_t start_program(std::vector<std::string> line, const fs::path& log, std::size_t most_bytes = 0) {
  std::vector<char*> argv;
  for (std::string& text : line) argv.push_back(text.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid != 0) return pid;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), in = ::open("/dev/null", O_RDONLY);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0))
    ::_exit(99);
  const rlimit limit{most_bytes, most_bytes};
  if (most_bytes > 0) ::setrlimit(RLIMIT_FSIZE, &limit);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent) ::_exit(99);
  ::execv(argv[0], argv.data());
  ::_exit(98);
}

int exit_of_program(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

fs::path postgres_programs() {
  fs::path newest;
  int version = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const int n = std::atoi(entry.path().filename().c_str());
    if (n > version && fs::exists(entry.path() / "bin/initdb")) {
      version = n;
      newest = entry.path() / "bin";
    }
  }
  return newest;
}

Cluster& Cluster::shared() {
  static Cluster cluster;
  return cluster;
}

std::string Cluster::make_folder() {
  std::string name = "/tmp/dosegate-pg-XXXXXX";
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  if (::geteuid() == 0) REQUIRE(::chown(name.c_str(), kNobody, kNobody) == 0);
  return name;
}

Cluster::Cluster(const Cluster* followed) : folder_(make_folder()) {
  const pid_t made =
      start_program({postgres_programs() / "pg_basebackup", "-D", folder_ / "data", "-h", followed->folder(), "-U",
                     "dosegate", "-R", "-X", "stream", "-c", "fast", "--no-sync"},
                    folder_ / "basebackup.log");
  REQUIRE(exit_of_program(made) == 0);
}

Cluster::Cluster() : folder_(make_folder()) {
  const pid_t made =
      start_program({postgres_programs() / "initdb", "-D", folder_ / "data", "-U", "dosegate", "-A", "trust", "-E",
                     "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1", "--no-instructions"},
                    folder_ / "initdb.log");
  REQUIRE(exit_of_program(made) == 0);
  start();
}

Cluster::~Cluster() {
  end(SIGQUIT);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Cluster::uri(const std::string& more, const std::string& socket) const {
  return "postgresql:///postgres?host=" + (socket.empty() ? folder_.string() : socket) + "&user=dosegate" + more;
}

void Cluster::start(const std::string& settings) { launch(settings, 0); }
void Cluster::start_on_small_disk(std::size_t bytes) { launch({}, bytes); }

void Cluster::launch(const std::string& settings, std::size_t most_bytes) {
  std::vector<std::string> line = {postgres_programs() / "postgres",
                                   "-D",
                                   folder_ / "data",
                                   "-k",
                                   folder_,
                                   "-c",
                                   "listen_addresses=",
                                   "-c",
                                   "port=5432",
                                   "-c",
                                   "shared_buffers=16MB",
                                   "-c",
                                   "max_wal_size=8MB",
                                   "-c",
                                   "min_wal_size=2MB"};
  std::istringstream words(settings);
  for (std::string word; words >> word;) line.push_back(word);
  pid_ = start_program(line, folder_ / "server.log", most_bytes);
  const std::string where = uri();
  for (int i = 0; i < 600; ++i) {
    if (PQping(where.c_str()) == PQPING_OK) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  FAIL("the PostgreSQL server does not start: " << folder_ / "server.log");
}

void Cluster::end(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  exit_of_program(pid_);
  pid_ = -1;
}

std::vector<pid_t> Cluster::processes() const {
  const std::string own = std::to_string(pid_);
  std::ifstream children("/proc/" + own + "/task/" + own + "/children");
  std::vector<pid_t> all = {pid_};
  for (pid_t child = 0; children >> child;) all.push_back(child);
  return all;
}

void Cluster::kill() {
  if (pid_ <= 0) return;
  int segment = -1;  // which the server would remove at its next start: line 7 of postmaster.pid
  std::ifstream file(folder_ / "data" / "postmaster.pid");
  std::string line;
  for (int i = 0; i < 7; ++i) std::getline(file, line);
  long key = 0;
  std::istringstream(line) >> key >> segment;
  const std::vector<pid_t> all = processes();
  for (const pid_t pid : all) ::kill(pid, SIGKILL);
  exit_of_program(pid_);
  pid_ = -1;
  if (segment >= 0) ::shmctl(segment, IPC_RMID, nullptr);
}

void Cluster::pause() {
  for (const pid_t pid : processes()) ::kill(pid, SIGSTOP);
}

void Cluster::resume() {
  for (const pid_t pid : processes()) ::kill(pid, SIGCONT);
}

std::string Cluster::execute(const std::string& sql, std::string* answer) const {
  PGconn* const c = PQconnectdb(uri("&connect_timeout=10").c_str());
  std::string error;
  PGresult* const result = PQexec(c, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) error = PQerrorMessage(c);
  if (answer != nullptr && status == PGRES_TUPLES_OK && PQntuples(result) > 0) *answer = PQgetvalue(result, 0, 0);
  PQclear(result);
  PQfinish(c);
  return error;
}

void Cluster::crash() { end(SIGQUIT); }
void Cluster::stop() { end(SIGINT); }

}  // namespace dosegate::gate_test
