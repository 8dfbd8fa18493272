#include "adapters/dicom_gate/journal.h"

namespace dosegate::dicom_gate {

void record_once(const std::string& ledger, gate::Signer& signer, gate::NewRow row, const std::string& request) {
  row.mentions.push_back({"REQUEST", request});
  gate::Ledger open(gate::open_store(ledger, gate::OpenAs::kWriter), &signer, gate::now);
  open.append(gate::now, [&](const gate::Ledger::Moment& moment) {
    if (!moment.find({"REQUEST", request})) moment.add(row);
  });
}

}  // namespace dosegate::dicom_gate
