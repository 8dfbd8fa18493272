// Deciding on a plan that lies in deciding/, as `dosegate approve` does, and what follows from it.
#pragma once

#include <span>

#include "adapters/dicom_gate/decided.h"
#include "adapters/dicom_gate/queue.h"
#include "adapters/dicom_gate/settings.h"
#include "adapters/gate/key.h"

namespace dosegate::dicom_gate {

class Decider {
 public:
  // All of it outlives the decider. `signer` is used by one thread. `keys`: its own, and former ones.
  Decider(Queue& queue, const Settings& settings, gate::Signer& signer, std::span<const gate::PublicKey> keys)
      : queue_(queue), settings_(settings), signer_(signer), keys_(keys) {}

  // Moves the plan on to approved/, held/ or rejected/. A decision that the ledger has of this attempt already is the
  // one that counts: what was interrupted is not decided twice. Never throws: what fails holds the plan, but
  // for what SIGTERM interrupts, which stays.
  void decide(const std::string& key);

  // Holds it without a decision, which the ledger is told, too.
  void hold(const std::string& key, const std::vector<CaseObject>& objects, Hold hold);

  // Where the clinical record of the plan is; empty: none is there.
  std::filesystem::path record_of(const std::string& key) const;

 private:
  std::string decision_on(const CaseFile& file);
  void conclude(const CaseFile& file, const std::string& document);

  Queue& queue_;
  const Settings& settings_;
  gate::Signer& signer_;
  std::span<const gate::PublicKey> keys_;
};

}  // namespace dosegate::dicom_gate
