#include "adapters/cli/program.h"
#include "adapters/dicom_gate/commands.h"
#include "adapters/dicom_gate/decided.h"
#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/sr.h"
#include "adapters/gate/files.h"

namespace dosegate::dicom_gate {

cli::Exit run_sr(const SrArguments& args) {
  gate::require_none_is(args.output, {args.report, args.like, args.decision, args.key});
  const std::string report = gate::read_file(args.report, gate::kMostReportBytes);
  std::optional<DecisionRef> decision;
  if (!args.decision.empty()) {
    const std::string document = gate::read_file(args.decision, gate::kMostDecisionBytes);
    const Decided decided = read_decision(document, gate::load_keys({args.key}));
    if (!gate::holds(decided.report_digests, gate::sha256(report))) {
      throw gate::Refused(args.decision + ": does not rest on " + args.report);
    }
    decision = DecisionRef{document, decided.statement};
  }
  const ReportObject made = make_report_object(report, args.like, decision);
  if (std::filesystem::exists(args.output)) throw gate::Refused(args.output + ": is there already");
  disk::write(std::filesystem::absolute(args.output), made.bytes);
  return cli::Exit::kPass;
}

}  // namespace dosegate::dicom_gate
