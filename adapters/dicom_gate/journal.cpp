#include "adapters/dicom_gate/journal.h"

namespace dosegate::dicom_gate {

void record_once(const Settings& settings, gate::Signer& signer, gate::NewRow row, const std::string& request) {
  row.mentions.push_back({"REQUEST", request});
  gate::Ledger open(gate::open_store(settings.ledger, gate::OpenAs::kWriter), &signer, gate::now, settings.witness);
  const std::string head = open.append(gate::now, [&](const gate::Ledger::Moment& moment) {
    if (!moment.find({"REQUEST", request})) moment.add(row);
  });
  const std::string problem = head.empty() ? "" : gate::append_witness(settings.witness, head);
  if (!problem.empty())
    throw gate::StoreFailed(settings.witness + ": the end of the ledger cannot be written there: " + problem);
}

}  // namespace dosegate::dicom_gate
