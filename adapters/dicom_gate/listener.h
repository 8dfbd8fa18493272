// The storage SCP: accepts connections, each served by a thread of its own.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <thread>

#include "adapters/dicom_gate/network.h"
#include "adapters/dicom_gate/queue.h"
#include "adapters/support/descriptor.h"

namespace dosegate::dicom_gate {

class Listener {
 public:
  // Listens from then on. Throws gate::Refused. `queue` and `settings` outlive it.
  Listener(Queue& queue, const Settings& settings);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const { return port_; }
  // Serves until `is_over()`; then lets objects that are being received come in for a while, and ends.
  void run(const std::function<bool()>& is_over);

 private:
  struct Connection;

  void accept_one();
  // Ends one of whoever has most connections, so that nobody keeps the others out: the one that has waited for longest.
  // False: none is to be ended for `newcomer`.
  bool let_one_go(const std::string& newcomer);
  // How many were ended for others and are not gone yet. While as many leave as there is room for, who comes waits in
  // the system's queue until one is gone; but not for one that cannot go, because the disk hangs.
  std::size_t leaving() const;
  bool must_wait() const;
  void end_the_late();
  void serve(Connection& connection);
  void serve_association(Connection& connection);

  Queue& queue_;
  const Settings& settings_;
  std::uint16_t port_ = 0;
  std::vector<support::Descriptor> sockets_;
  std::unique_ptr<AcceptorNetwork> network_;
  std::atomic<bool> stopping_{false};
  std::list<std::unique_ptr<Connection>> connections_;
};

}  // namespace dosegate::dicom_gate
