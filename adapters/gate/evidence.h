// From the command line to the evidence on which is decided: reads the case, computes reports, compares those given.
#pragma once

#include <string>
#include <vector>

#include "adapters/gate/decision.h"
#include "adapters/gate/gate_args.h"
#include "adapters/gate/ledger.h"
#include "dosegate/dosegate.hpp"

namespace dosegate::gate {

// The evidence, and what the documents about it need beside.
struct Gathered {
  Evidence evidence;
  std::string options_json;               // what the caller stated of the case, canonical
  std::vector<std::string> report_texts;  // the bytes of each of evidence.reports
  std::string plan_label;
  // Who asks does not know what was stated of the case: it is what the ledger has of the report's check.
  bool options_are_the_ledgers = false;
};

// Of a report that nobody computed for this decision.
inline constexpr const char* kUnknownReport =
    "nothing says that this engine made the report of these inputs. Give --recheck, or leave --report out";

// Whether the document is the one that is built into the library under that id.
bool is_builtin(const Library& library, const std::string& id, std::string_view json);

// All but the times. Throws Refused and cli::Problem where an input cannot be used.
Gathered gather(const std::string& manifest, const ApproveArguments& args, const Policy& policy);

// The row of a check, with the report itself.
NewRow check_row(const Gathered& gathered, std::size_t report, const std::string& subject);

// Believes the reports that nobody computed where the ledger has a check with the same bytes, on the same inputs, by
// the same library, protocol and statements of the caller.
void ask_ledger(const Ledger::Moment& moment, Gathered& gathered);

}  // namespace dosegate::gate
