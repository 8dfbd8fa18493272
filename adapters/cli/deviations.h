// The protocol deviations of reports: asked of dosegate-gate, which knows signatures, policies and ledgers.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "adapters/cli/args.h"
#include "adapters/support/descriptor.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::cli {

// dosegate-gate, which stands beside this program, running until this goes. Throws a Problem where it cannot be asked,
// or says why it does not answer.
class DeviationSource {
 public:
  enum class When { kNow, kAtDecision };  // for which time a waiver of the ledger has to hold
  DeviationSource(const DeviationArguments& args, When when);
  DeviationSource(const DeviationSource&) = delete;
  DeviationSource& operator=(const DeviationSource&) = delete;
  ~DeviationSource();

  // A report that holds protocol_deviations alone, as JSON.
  std::string of(std::string_view report_json);
  // Those of `report` are replaced.
  void add_to(v1::Report& report);

 private:
  std::string ask(std::string_view question);
  [[noreturn]] void fail() const;

  support::Descriptor in_, out_;  // its standard input and output
  pid_t pid_ = -1;
};

// None where `args` name no policy.
std::unique_ptr<DeviationSource> deviation_source(const DeviationArguments& args, DeviationSource::When when);

// The report with its deviations as its last member; without any as it was. Its own bytes come first, unchanged.
std::string with_deviations(std::string_view report_json, std::string_view deviations_json);
// What with_deviations() was given: the report as the engine made it.
std::string without_deviations(std::string_view report_json);

}  // namespace dosegate::cli
