// A gate between two nodes, for the tests: the built program, and DCMTK's tools as its peers.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/gate/site.h"

namespace dosegate::dicom_gate_test {

using e2e::Outcome;
using gate_test::Site;
namespace fs = std::filesystem;

// A process that is ended with the object.
class Process {
 public:
  Process(const std::vector<std::string>& command, const fs::path& out, const fs::path& err);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  // The exit code; -1 where a signal ended it, -2 where it did not end in time.
  int end(int signal, int seconds = 20);

 private:
  pid_t pid_ = -1;
};

std::uint16_t free_port();
// Whether DCMTK's tools are there; otherwise a warning "skipped: ...".
bool has_peers();
// Waits until `is_so`, 60 s at most.
bool comes_true(const std::function<bool()>& is_so, int seconds = 60);

// Copies of a phantom with SOP Instance UIDs of their own.
struct Study {
  std::string folder, plan, structures, dose;                                               // UIDs
  std::string file(const std::string& kind) const { return folder + "/" + kind + ".dcm"; }  // RP, RS, RD
};

// storescp, which counts what it gets.
class Receiver {
 public:
  explicit Receiver(const fs::path& folder, const std::vector<std::string>& more = {});
  std::uint16_t port() const { return port_; }
  const fs::path& folder() const { return folder_; }
  // How often an object came, by its SOP Instance UID.
  std::map<std::string, int> received() const;
  bool has(const Study& study) const;

 private:
  fs::path folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

// The argument of the gate that has it forward to that receiver.
std::vector<std::string> to(const Receiver& receiver);

class Node {
 public:
  // `more`: further arguments of `dosegate dicom-gate`.
  Node(Site& site, std::string policy, std::vector<std::string> more = {});

  void start();
  int exit_at_start();  // where it ends by itself
  // From the next start on.
  void change_key(const std::string& private_key, const std::vector<std::string>& more) {
    key_ = private_key;
    more_.insert(more_.end(), more.begin(), more.end());
  }
  int stop(int signal = 15);  // as Process::end
  std::uint16_t port() const { return port_; }

  // Of a phantom's case; the `number`-th copy. Its record is put where the gate looks for it.
  Study study(const std::string& case_name, int number = 0);
  // storescu; the statuses of its answers are in the output.
  Outcome send(const std::vector<std::string>& files, const std::vector<std::string>& more = {});
  Outcome send_all(const Study& study) { return send({study.file("RP"), study.file("RS"), study.file("RD")}); }
  // The state of a plan: the name of the folder that it is in; empty: none.
  std::string state(const std::string& plan) const;
  bool becomes(const std::string& plan, const std::string& state, int seconds = 60) const;
  std::string held_reason(const std::string& plan) const;
  Outcome gate(const std::vector<std::string>& arguments) const;  // dosegate gate ... --queue
  std::string log() const;
  fs::path queue() const { return fs::path(site_ / "queue"); }
  // How many rows of that kind the ledger has for a plan.
  int rows(const std::string& kind, const std::string& plan) const;

 private:
  fs::path launch();  // where its standard output goes

  Site& site_;
  std::string policy_, key_;
  std::vector<std::string> more_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
  int starts_ = 0;
};

// How many lines say so.
int count(const std::string& text, const std::string& part);

}  // namespace dosegate::dicom_gate_test
