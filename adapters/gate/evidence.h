// From the command line to the evidence on which is decided: reads the case, computes reports, compares those given.
#pragma once

#include <string>
#include <vector>

#include "adapters/gate/decision.h"
#include "adapters/gate/gate_args.h"
#include "adapters/gate/ledger.h"

namespace dosegate::gate {

// The evidence, and what the documents about it need beside.
struct Gathered {
  Evidence evidence;
  std::string options_json;               // what the caller stated of the case, canonical
  std::vector<std::string> report_texts;  // the bytes of each of evidence.reports
  std::string plan_label;
};

// All but the times. Throws Refused and cli::Problem where an input cannot be used.
Gathered gather(const std::string& manifest, const ApproveArguments& args, const Policy& policy);

// The row of a check, with the report itself.
NewRow check_row(const Gathered& gathered, std::size_t report, const std::string& subject);

// Believes the reports that nobody computed where the ledger has a check with the same bytes, on the same inputs, by
// the same library, protocol and statements of the caller.
void ask_ledger(const Ledger::Moment& moment, Gathered& gathered);

}  // namespace dosegate::gate
