// What a person asks of the gate about a held plan: to release it, for which it is decided on anew with the waivers
// that come along, or to reject it. Signed with the person's key, laid into the queue's folder requests/, and answered
// there by the gate that runs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/gate/dsse.h"
#include "adapters/gate/instant.h"

namespace dosegate::dicom_gate {

inline constexpr std::string_view kRequestType = "application/vnd.dosegate.gate-request+json";
inline constexpr std::size_t kMostRequestBytes = std::size_t{1} << 20;

struct Request {
  enum class Action { kRelease, kReject };
  Action action = Action::kReject;
  std::string plan;
  std::string attempt;  // of case.json: what it is about does not come again
  std::string person, role, reason;
  gate::Instant at;
  std::vector<std::string> waivers;  // SHA-256

  std::string write() const;                      // the payload that is signed
  static Request read(std::string_view payload);  // gate::Refused, with where
};

// A file of requests/.
struct Posted {
  gate::Envelope envelope;
  std::vector<std::string> waivers;  // the documents

  std::string write() const;
  static Posted read(std::string_view json);  // gate::Refused, with where
};

struct Reply {
  bool is_done = false;
  std::string text;

  std::string write() const;
  static Reply read(std::string_view json);  // gate::Refused, with where
};

}  // namespace dosegate::dicom_gate
