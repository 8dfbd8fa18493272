// A PostgreSQL server of the tests' own: in a folder that goes away, on a Unix socket, run by a user who is not root.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dosegate::gate_test {

// Of the newest version that is installed; empty: none is.
std::filesystem::path postgres_programs();

class Cluster {
 public:
  // Made at the first call, gone with the process.
  static Cluster& shared();
  Cluster();
  // A copy of a server that runs, which follows it (pg_basebackup) once it is started.
  explicit Cluster(const Cluster* followed);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // `socket`: the folder of another socket that leads here; empty: the server's own.
  std::string uri(const std::string& more = {}, const std::string& socket = {}) const;
  const std::filesystem::path& folder() const { return folder_; }

  void start(const std::string& settings = {});  // "-c name=value ..."
  // Where no file can grow beyond that.
  void start_on_small_disk(std::size_t bytes);
  void crash();  // at once, as if the machine had lost its power
  void kill();   // SIGKILL, to all of its processes
  void pause();  // SIGSTOP, to all of them
  void resume();
  // A statement on a connection of its own; "" or what went wrong. `answer`: the first column of the first row.
  std::string execute(const std::string& sql, std::string* answer = nullptr) const;
  void stop();  // in good order
  pid_t pid() const { return pid_; }

 private:
  std::string make_folder();
  std::vector<pid_t> processes() const;
  void end(int signal);
  void launch(const std::string& settings, std::size_t most_bytes);

  std::filesystem::path folder_;
  pid_t pid_ = -1;
};

}  // namespace dosegate::gate_test
