#include <chrono>

#include "adapters/cli/program.h"
#include "adapters/gate/commands.h"
#include "adapters/gate/files.h"
#include "adapters/gate/waiver.h"

namespace dosegate::gate {
namespace {

using v1::Finding;

void set_plan(const v1::Report& report, const std::string& source, Waiver& waiver) {
  for (const v1::Input& input : report.inputs()) {
    if (input.role() != "RTPLAN") continue;
    waiver.plan_uid = input.sop_instance_uid();
    waiver.plan_sha256 = input.sha256();
  }
  if (waiver.plan_uid.empty() || !is_digest(waiver.plan_sha256)) {
    throw Refused(source + ": does not name the plan's file. Make the report from DICOM files");
  }
}

void set_rule(const v1::Report& report, const WaiveArguments& args, Waiver& waiver) {
  const Finding* found = nullptr;
  for (const Finding& finding : report.findings()) {
    if (finding.rule_id() == args.rule) found = &finding;
  }
  if (found == nullptr) throw Refused(args.report + ": has no rule " + args.rule);
  if (found->status() != Finding::DEVIATION && found->status() != Finding::INDETERMINATE) {
    throw Refused(args.report + ": " + args.rule + " is " + Finding::Status_Name(found->status()) +
                  "; only DEVIATION and INDETERMINATE can be waived");
  }
  waiver.protocol = report.protocol().id();
  waiver.protocol_version = report.protocol().version();
  waiver.rule = args.rule;
  waiver.measured = measured_of(*found);
}

}  // namespace

cli::Exit run_waive(const WaiveArguments& args) {
  require_none_is(args.output, {args.report, args.key});
  const std::unique_ptr<Signer> signer = open_signer(args.key);
  const v1::Report report = parse_report(read_file(args.report, kMostReportBytes), args.report);
  Waiver waiver;
  waiver.kind = args.item.empty() ? Waiver::Kind::kWaiver : Waiver::Kind::kAttestation;
  waiver.person = args.person;
  waiver.role = args.role;
  waiver.reason = args.reason;
  waiver.issued = now();
  waiver.expires = waiver.issued + std::chrono::days(args.days);
  waiver.item = args.item;
  set_plan(report, args.report, waiver);
  if (args.item.empty()) set_rule(report, args, waiver);
  const std::string payload = waiver.write();
  static_cast<void>(Waiver::read(payload));  // what is written can be read
  cli::answer(args.output, sign(kWaiverType, payload, *signer).write());
  return cli::Exit::kPass;
}

cli::Exit run_public_key(const PublicKeyArguments& args) {
  require_none_is(args.output, {args.key});
  cli::answer(args.output, open_signer(args.key)->public_key().pem());
  return cli::Exit::kPass;
}

}  // namespace dosegate::gate
