// What DCMTK's network needs to be told, once a process.
//
// DCMTK accepts a connection and reads the peer's first message in one call, so that a peer that says nothing would
// keep all others waiting. Here sockets are accepted by the gate, and each is handed to DCMTK by the thread that serves
// it: DCMTK takes an inherited socket for the one that it is to serve, and its transport layer, which is ours, puts the
// thread's own in that one's place.
#pragma once

#include <cstdint>
#include <memory>

#include "adapters/dicom_gate/settings.h"

struct T_ASC_Network;

namespace dosegate::dicom_gate {

struct DropNetwork {
  void operator()(T_ASC_Network* network) const;
};
using Network = std::unique_ptr<T_ASC_Network, DropNetwork>;

class AcceptorNetwork {
 public:
  // Throws gate::Refused where a TLS file cannot be used.
  AcceptorNetwork(std::uint16_t port, const TlsFiles& tls, std::chrono::seconds timeout);
  ~AcceptorNetwork();
  AcceptorNetwork(const AcceptorNetwork&) = delete;
  AcceptorNetwork& operator=(const AcceptorNetwork&) = delete;

  T_ASC_Network* get() const { return network_.get(); }
  // The socket that the next association of this thread is on; DCMTK closes it. -1: none; closes one that was not
  // taken.
  static void serve(int fd);
  // How many bytes this thread takes from its peer from now on, before it takes the connection for ended: DCMTK keeps
  // in memory what a request or a command says, however long that is.
  static void allow(std::uint64_t bytes);

 private:
  struct Layers;
  std::unique_ptr<Layers> layers_;
  Network network_;  // gone before the layers that it uses
};

// For associations that the gate asks for.
class RequestorNetwork {
 public:
  RequestorNetwork(const TlsFiles& tls, std::chrono::seconds timeout);
  ~RequestorNetwork();
  RequestorNetwork(const RequestorNetwork&) = delete;
  RequestorNetwork& operator=(const RequestorNetwork&) = delete;

  T_ASC_Network* get() const { return network_.get(); }

 private:
  struct Layers;
  std::unique_ptr<Layers> layers_;
  Network network_;  // gone before the layers that it uses
};

// Silences DCMTK's log and sets its limits of time. Before any thread.
void prepare_network(std::chrono::seconds socket_timeout);

}  // namespace dosegate::dicom_gate
