#include "adapters/dicom_gate/decide.h"

#include <algorithm>

#include "adapters/cli/interrupt.h"
#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/journal.h"
#include "adapters/dicom_gate/sr.h"
#include "adapters/gate/files.h"
#include "adapters/gate/issue.h"

namespace dosegate::dicom_gate {
namespace fs = std::filesystem;

namespace {

// What is to be mended before the plan can be decided on.
struct NoRecord : gate::Refused {
  using gate::Refused::Refused;
};
// A decision that the ledger could not take.
struct NotRecorded : gate::Refused {
  using gate::Refused::Refused;
};

fs::path report_path(const fs::path& folder, std::size_t i) {
  return folder / ("report-" + std::to_string(i + 1) + ".json");
}

// A patient's id as the name of a file: nothing that leads elsewhere.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return c != '/' && static_cast<unsigned char>(c) >= 0x20;
  });
}

}  // namespace

fs::path Decider::record_of(const std::string& key) const {
  const fs::path by_plan = settings_.records / (key + ".json");
  std::error_code ignored;
  if (fs::is_regular_file(by_plan, ignored)) return by_plan;
  const std::string id = queue_.patient_of(key);
  const fs::path by_patient = settings_.records / (id + ".json");
  return is_plain_name(id) && fs::is_regular_file(by_patient, ignored) ? by_patient : fs::path();
}

std::string Decider::decision_on(const CaseFile& file) {
  const fs::path folder = queue_.folder(State::kDeciding, file.key);
  // The ledger was made at the start: one that is not there any more holds the plan, and is not begun anew.
  if (auto before = gate::recorded(settings_.ledger, file.attempt)) {
    const std::string problem = gate::append_witness(settings_.witness, *before);
    if (!problem.empty()) throw NotRecorded(settings_.witness + ": the decision cannot be witnessed there: " + problem);
    return *before;
  }
  const gate::Policy policy = gate::load_policy(settings_.policy);
  gate::ApproveArguments args;
  args.protocols = settings_.protocols;
  args.check.plan_only = settings_.plan_only;
  if (!settings_.records.empty()) {
    const fs::path record = record_of(file.key);
    if (record.empty()) {
      throw NoRecord("No clinical record of this plan is in " + settings_.records.string() + ": put it there as " +
                     file.key + ".json, or under the patient's id.");
    }
    args.check.record = record.string();
  }
  for (const CaseObject& object : file.objects) args.check.input.paths.push_back(queue_.object(object.uid).string());
  for (const std::string& waiver : file.waivers) {
    args.waivers.push_back((folder / ("waiver-" + waiver + ".json")).string());
  }
  gate::Gathered gathered = gate::gather(settings_.manifest, args, policy);
  for (const CaseObject& object : file.objects) {
    const auto& inputs = gathered.evidence.inputs;
    const bool is_same = std::any_of(inputs.begin(), inputs.end(), [&](const gate::InputRef& input) {
      return input.sop_instance_uid == object.uid && input.sha256 == object.sha256;
    });
    const bool is_used = std::any_of(inputs.begin(), inputs.end(),
                                     [&](const gate::InputRef& input) { return input.sop_instance_uid == object.uid; });
    if (is_used && !is_same) throw gate::Refused(queue_.object(object.uid).string() + ": was changed on the disk.");
    if (!is_used) say(object.role + " " + object.uid + " is no part of what was checked, and is not forwarded");
  }
  for (std::size_t i = 0; i < gathered.report_texts.size(); ++i) {
    disk::write(report_path(folder, i), gathered.report_texts[i]);
  }
  gate::Destination to{settings_.ledger, settings_.witness, &signer_, {}, file.attempt};
  const gate::Issued issued = gate::issue(policy, gathered, to, gate::now);
  if (!issued.place) {
    std::string why;
    for (const gate::Reason& reason : issued.decision.reasons) {
      if (reason.code.ends_with("_FAILED")) why = reason.text;
    }
    throw NotRecorded("The decision could not be recorded: " + why);
  }
  return issued.document;
}

void Decider::conclude(const CaseFile& file, const std::string& document) {
  const Decided decided = read_decision(document, keys_);
  const fs::path folder = queue_.folder(State::kDeciding, file.key);
  disk::write(folder / "decision.json", document);
  if (decided.outcome == gate::Outcome::kHeld) {
    queue_.hold(file.key, file.objects, {Hold::Kind::kDecision, gate::now(), file.attempt, decided.reasons});
    say("held " + file.key + ": " + decided.reasons.front());
    return;
  }
  if (decided.outcome == gate::Outcome::kRejected) {
    queue_.move(file.key, State::kDeciding, State::kRejected);
    say("rejected " + file.key + ": " + decided.reasons.front());
    return;
  }
  for (std::size_t i = 0; i < decided.report_digests.size(); ++i) {
    const std::string report = gate::read_file(report_path(folder, i).string(), gate::kMostReportBytes);
    if (gate::sha256(report) != decided.report_digests[i]) {
      throw gate::Refused(report_path(folder, i).string() + ": is not the report that the decision rests on.");
    }
    const ReportObject made =
        make_report_object(report, queue_.object(file.key), DecisionRef{document, decided.statement});
    disk::write(folder / ("report-" + std::to_string(i + 1) + ".dcm"), made.bytes);
  }
  queue_.move(file.key, State::kDeciding, State::kApproved);
  say("approved " + file.key);
}

void Decider::decide(const std::string& key) {
  CaseFile file;
  file.key = key;
  Hold hold{Hold::Kind::kFailed, gate::now(), {}, {}};
  try {
    file = queue_.case_file(State::kDeciding, key);
    conclude(file, decision_on(file));
    return;
  } catch (const NoRecord& e) {
    hold.kind = Hold::Kind::kNoRecord;
    hold.reasons = {e.what()};
  } catch (const std::exception& e) {
    hold.reasons = {e.what()};
    if (cli::is_interrupted()) {  // a check that is told to end says so by an error
      say("not decided on before the next start: " + key);
      return;
    }
  }
  this->hold(key, file.objects, hold);
}

void Decider::hold(const std::string& key, const std::vector<CaseObject>& objects, Hold hold) {
  const auto before = queue_.hold_of(key);
  if (!before || before->reasons != hold.reasons) {
    say("held " + key + ": " + hold.reasons.front());
    try {
      const std::string text = hold.write();
      gate::NewRow row{"HOLD", text.substr(0, text.size() - 1), {{"PLAN", key}}};
      record_once(settings_, signer_, row, gate::sha256(key + text));
    } catch (const std::exception& e) {
      say("held " + key + ", which the ledger could not be told: " + e.what());
    }
  }
  try {
    queue_.hold(key, objects, hold);
  } catch (const std::exception& e) {
    // The plan stays where it is, which forwards nothing; a restart goes on from there.
    say("held " + key + ", which could not be written down: " + e.what());
  }
}

}  // namespace dosegate::dicom_gate
