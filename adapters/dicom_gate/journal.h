// What the gate itself does, in the ledger: that it held a plan without a decision, that a person asked for a plan to
// be released, or rejected it.
#pragma once

#include <string>

#include "adapters/dicom_gate/settings.h"
#include "adapters/gate/key.h"
#include "adapters/gate/ledger.h"

namespace dosegate::dicom_gate {

// Adds the row, unless the ledger has one under the same request. Throws gate::StoreFailed and gate::StoreCorrupt, also
// where the row is there and the witness cannot be told.
void record_once(const Settings& settings, gate::Signer& signer, gate::NewRow row, const std::string& request);

}  // namespace dosegate::dicom_gate
