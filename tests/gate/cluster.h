// A PostgreSQL server of the tests' own: in a folder that goes away, on a Unix socket, run by a user who is not root.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace dosegate::gate_test {

// Of the newest version that is installed; empty: none is.
std::filesystem::path postgres_programs();

class Cluster {
 public:
  // Made at the first call, gone with the process.
  static Cluster& shared();
  Cluster();
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
  void stop();   // in good order
  pid_t pid() const { return pid_; }

 private:
  void end(int signal);
  void launch(const std::string& settings, std::size_t most_bytes);

  std::filesystem::path folder_;
  pid_t pid_ = -1;
};

}  // namespace dosegate::gate_test
