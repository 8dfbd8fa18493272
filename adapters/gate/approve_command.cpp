#include <array>

#include "adapters/cli/case_input.h"
#include "adapters/cli/program.h"
#include "adapters/gate/commands.h"
#include "adapters/gate/files.h"
#include "adapters/gate/issue.h"

namespace dosegate::gate {
namespace {

using cli::Tone;

Tone tone_of(Outcome outcome) {
  return outcome == Outcome::kApproved ? Tone::kGood : outcome == Outcome::kHeld ? Tone::kCaution : Tone::kBad;
}

void put_reasons(cli::Page& page, const Decision& decision, Outcome effect, const std::string& heading) {
  bool any = false;
  for (const Reason& reason : decision.reasons) {
    if (reason.effect != effect) continue;
    if (!any) {
      page.blank();
      page.heading(heading);
    }
    any = true;
    const std::string place = reason.protocol + (reason.rule.empty() ? "" : " " + reason.rule);
    page.paragraph(place.empty() ? reason.text : place + ": " + reason.text, 2, 4);
  }
}

std::string render(const Issued& issued, const Policy& policy, const Gathered& g, cli::Style style) {
  const Decision& d = issued.decision;
  cli::Page page(style);
  page.marked(name_of(d.outcome), tone_of(d.outcome),
              "Plan \"" + g.plan_label + "\", policy " + policy.id + " version " + policy.version);
  put_reasons(page, d, Outcome::kRejected, "Rejected because");
  put_reasons(page, d, Outcome::kHeld, "Held because");
  put_reasons(page, d, Outcome::kApproved, "For the record");
  page.blank();
  page.heading("Rests on");
  for (const CheckedReport& c : g.evidence.reports) {
    page.paragraph(c.protocol_id + " version " + c.protocol_version + ": " +
                       v1::Report::Verdict_Name(c.report.verdict()) + ", report SHA-256 " + c.sha256,
                   2, 4);
  }
  for (const InputRef& input : g.evidence.inputs) {
    page.paragraph(input.role + " " + input.sop_instance_uid + (input.sop_instance_uid.empty() ? "" : " ") +
                       "SHA-256 " + input.sha256,
                   2, 4);
  }
  if (issued.place) {
    page.paragraph("Row " + std::to_string(issued.place->sequence) + " of the ledger " + issued.place->ledger, 2, 4);
  }
  return page.text();
}

}  // namespace

cli::Exit run_approve(const std::string& manifest, const ApproveArguments& args) {
  cli::check_output_is_no_input(args.check);
  std::vector<std::string> inputs = {args.policy, args.key, args.ledger, args.witness};
  inputs.insert(inputs.end(), args.reports.begin(), args.reports.end());
  inputs.insert(inputs.end(), args.waivers.begin(), args.waivers.end());
  inputs.insert(inputs.end(), args.protocols.begin(), args.protocols.end());
  require_none_is(args.output, inputs);
  const Policy policy = load_policy(args.policy);
  const std::unique_ptr<Signer> signer = args.key.empty() ? nullptr : open_signer(args.key);
  Gathered gathered = gather(manifest, args, policy);
  const Issued issued = issue(policy, gathered, {args.ledger, args.witness, signer.get(), args.subject}, now);
  if (!args.output.empty()) cli::answer(args.output, issued.document);
  cli::answer("", args.json ? issued.document : render(issued, policy, gathered, cli::style_for("")));
  switch (issued.decision.outcome) {
    case Outcome::kApproved:
      return cli::Exit::kPass;
    case Outcome::kRejected:
      return cli::Exit::kFail;
    case Outcome::kHeld:
      break;
  }
  return cli::Exit::kIncomplete;
}

}  // namespace dosegate::gate
