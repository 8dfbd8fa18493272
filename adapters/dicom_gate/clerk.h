// Looks after the queue: decides on what is complete, holds what stays incomplete, answers requests. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "adapters/dicom_gate/decide.h"
#include "adapters/dicom_gate/request.h"

namespace dosegate::dicom_gate {

class Clerk {
 public:
  // As Decider.
  Clerk(Queue& queue, const Settings& settings, gate::Signer& signer, std::span<const gate::PublicKey> keys)
      : queue_(queue), settings_(settings), signer_(signer), decider_(queue, settings, signer, keys) {}

  // Goes on where a kill left off.
  void resume();
  // One round over all that waits.
  void round(const std::function<bool()>& is_over);

 private:
  // Nobody else decides: what is in deciding/ between two rounds could not be moved on, as on a full disk.
  void go_on();
  void look_at(const Standing& standing);
  void answer_requests();
  Reply answer(const Posted& posted);
  Reply release(const Request& request, const Posted& posted);
  Reply reject(const Request& request, const Posted& posted);

  Queue& queue_;
  const Settings& settings_;
  gate::Signer& signer_;
  Decider decider_;
  std::map<std::string, std::chrono::steady_clock::time_point> not_before_;  // by key, of go_on()
};

}  // namespace dosegate::dicom_gate
