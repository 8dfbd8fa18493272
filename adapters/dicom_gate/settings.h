// What `dosegate dicom-gate` is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/dicom_gate/queue.h"

namespace dosegate::dicom_gate {

// PEM files; all empty: no TLS.
struct TlsFiles {
  std::string key, certificate;
  std::string authorities;  // whose certificates are believed; a peer without one is refused
  bool is_on() const { return !certificate.empty(); }
};

// A DICOM application elsewhere.
struct Peer {
  std::string title, host;
  std::uint16_t port = 0;
  bool is_set() const { return port != 0; }
};

struct Settings {
  std::string manifest, policy, ledger, key, witness;
  std::vector<std::string> former_keys;  // public keys that signed decisions before this one
  std::filesystem::path queue;
  std::vector<std::string> protocols;  // as to `dosegate approve`; none: all that the policy names
  std::filesystem::path records;       // folder of clinical records; empty: plans are checked without one
  bool plan_only = false;

  std::string bind = "127.0.0.1", title = "DOSEGATE";
  std::uint16_t port = 11112;        // 0: any
  std::vector<std::string> senders;  // AE titles that may send; none: all
  TlsFiles tls;
  Peer next;              // not set: what is approved waits
  bool next_tls = false;  // to the next node with the same key and certificate

  Bounds bounds;
  std::uint32_t connections = 64;
  std::chrono::seconds association_time{15};  // to ask for an association, TLS and all
  std::chrono::seconds idle_time{60};         // between two objects
  std::chrono::seconds object_time{300};      // for one object
  std::chrono::seconds connection_time{3600};
  std::chrono::milliseconds settle{3000};  // after the last object of a plan, before it is decided on
  std::chrono::seconds patience{900};      // then a plan of which something is missing is held
  std::chrono::seconds retry{60};          // for what failed: the ledger, the next node
};

// What happens, on standard error: a line each, with the time. Names no patient. [thread-safe]
void say(const std::string& line);

}  // namespace dosegate::dicom_gate
