#include "adapters/dicom_gate/clerk.h"

#include <algorithm>

#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/journal.h"
#include "adapters/gate/files.h"
#include "adapters/gate/waiver.h"

namespace dosegate::dicom_gate {
namespace fs = std::filesystem;

namespace {

// Since `then`. A clock that was set back since shows nothing: what waits is not kept waiting for it to catch up.
template <typename Now, typename Duration>
bool has_passed(Now now, gate::Instant then, Duration time) {
  return now < then || now - then >= time;
}

[[noreturn]] void refuse(const std::string& what) { throw gate::Refused(what); }

// Throws where the policy does not know the person in this role, or the signature is another's.
void check_signature(const Request& request, const gate::Envelope& envelope, const gate::Policy& policy) {
  const gate::Person* person = policy.person(request.person);
  if (person == nullptr) refuse("The policy does not know " + request.person + ".");
  if (!gate::holds(person->roles, request.role)) {
    refuse(request.person + " is no " + request.role + " by the policy, but " + gate::listed(person->roles) + ".");
  }
  if (gate::signer_of(envelope, kRequestType, person->keys) == nullptr) {
    refuse("It is not signed by a key of " + request.person + " that the policy names.");
  }
}

gate::NewRow request_row(const std::string& kind, const Request& request, const gate::Envelope& envelope) {
  return {kind, envelope.write(), {{"PLAN", request.plan}, {"PERSON", request.person}}};
}

}  // namespace

void Clerk::resume() {
  for (const std::string& key : queue_.keys_in(State::kDeciding)) decider_.decide(key);
  for (const std::string& key : queue_.keys_in(State::kHeld)) {
    // A release that was written down and not yet begun.
    const auto hold = queue_.hold_of(key);
    if (hold && (hold->kind != Hold::Kind::kDecision || hold->attempt == queue_.case_file(State::kHeld, key).attempt)) {
      continue;
    }
    if (queue_.begin(key, Attempt::kAsWritten)) decider_.decide(key);
  }
}

void Clerk::go_on() {
  for (const std::string& key : queue_.keys_in(State::kDeciding)) {
    const auto now = std::chrono::steady_clock::now();
    if (const auto next = not_before_.find(key); next != not_before_.end() && now < next->second) continue;
    not_before_[key] = now + settings_.retry;
    decider_.decide(key);
    if (queue_.state_of(key) != State::kDeciding) not_before_.erase(key);
  }
}

void Clerk::round(const std::function<bool()>& is_over) {
  try {
    answer_requests();
    go_on();
  } catch (const std::exception& e) {
    say(e.what());
  }
  for (const Standing& standing : queue_.standings()) {
    if (is_over()) return;
    try {
      look_at(standing);
    } catch (const std::exception& e) {
      say("plan " + standing.group.key + ": " + e.what());
    }
  }
  try {
    queue_.tidy(gate::now(), settings_.patience);
  } catch (const std::exception& e) {
    say(e.what());
  }
}

void Clerk::look_at(const Standing& standing) {
  const Group& group = standing.group;
  const auto now = std::chrono::system_clock::now();
  const auto kind = standing.hold ? std::optional(standing.hold->kind) : std::nullopt;
  if (!group.is_complete()) {
    if (kind && *kind != Hold::Kind::kIncomplete) return;
    const bool is_late = has_passed(now, group.newest, settings_.patience);
    if (kind ? standing.hold->reasons != group.missing : is_late) {
      decider_.hold(group.key, objects_of(group), {Hold::Kind::kIncomplete, gate::now(), {}, group.missing});
    }
    return;
  }
  if (!kind || *kind == Hold::Kind::kIncomplete) {
    if (!has_passed(now, group.newest, settings_.settle)) return;
  } else if (*kind == Hold::Kind::kNoRecord) {
    if (!settings_.records.empty() && decider_.record_of(group.key).empty()) return;
  } else if (*kind == Hold::Kind::kFailed) {
    if (!has_passed(now, standing.hold->at, settings_.retry)) return;
  } else {
    return;
  }
  // Of what failed the same attempt: what the ledger has of it counts.
  const auto attempt = kind == Hold::Kind::kFailed ? Attempt::kAsWritten : Attempt::kNew;
  if (queue_.begin(group.key, attempt)) decider_.decide(group.key);
}

void Clerk::answer_requests() {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(queue_.root() / "requests", ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(".") && entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    Reply reply;
    try {
      reply = answer(Posted::read(gate::read_file(file.string(), kMostRequestBytes)));
    } catch (const std::exception& e) {
      reply.text = e.what();
    }
    say("request " + file.stem().string() + ": " + reply.text);
    try {
      fs::path answered = file;
      disk::write(answered.replace_extension(".reply"), reply.write());
      disk::remove(file);
    } catch (const std::exception& e) {
      say(e.what());
    }
  }
}

Reply Clerk::answer(const Posted& posted) {
  const Request request = Request::read(posted.envelope.payload);
  check_signature(request, posted.envelope, gate::load_policy(settings_.policy));
  const std::string name = request.plan;
  if (queue_.state_of(name) != State::kHeld) refuse("Plan " + name + " is not held.");
  if (queue_.case_file(State::kHeld, name).attempt != request.attempt) {
    refuse("Plan " + name + " was decided on again since this was asked for; look at it again.");
  }
  return request.action == Request::Action::kRelease ? release(request, posted) : reject(request, posted);
}

Reply Clerk::reject(const Request& request, const Posted& posted) {
  const std::string document = posted.envelope.write();
  record_once(settings_, signer_, request_row("REJECTION", request, posted.envelope), gate::sha256(document));
  disk::write(queue_.folder(State::kHeld, request.plan) / "rejection.json", document);
  queue_.move(request.plan, State::kHeld, State::kRejected);
  return {true, "Plan " + request.plan + " is rejected by " + request.person + ", " + request.role + "."};
}

Reply Clerk::release(const Request& request, const Posted& posted) {
  const auto hold = queue_.hold_of(request.plan);
  if (hold && hold->kind == Hold::Kind::kIncomplete) {
    refuse("Plan " + request.plan + " cannot be released while something is missing: " + hold->reasons.front());
  }
  const fs::path folder = queue_.folder(State::kHeld, request.plan);
  CaseFile file = queue_.case_file(State::kHeld, request.plan);
  std::vector<std::string> digests;
  for (const std::string& text : posted.waivers) {
    const gate::SignedWaiver waiver = gate::read_signed_waiver(text, "the waiver");
    if (waiver.waiver.plan_uid != request.plan) refuse("A waiver is for another plan, " + waiver.waiver.plan_uid + ".");
    digests.push_back(waiver.sha256);
  }
  if (digests != request.waivers) refuse("The waivers are not those that the request names.");
  for (std::size_t i = 0; i < digests.size(); ++i) {
    disk::write(folder / ("waiver-" + digests[i] + ".json"), posted.waivers[i]);
  }
  file.waivers = digests;  // those alone: one that does not count would hold the plan for ever
  record_once(settings_, signer_, request_row("RELEASE", request, posted.envelope),
              gate::sha256(posted.envelope.write()));
  // What came since it was held is part of it, too.
  for (const Standing& standing : queue_.standings()) {
    if (standing.group.key == request.plan) file.objects = objects_of(standing.group);
  }
  file.attempt = gate::new_id();
  disk::write(folder / "case.json", file.write());
  if (!queue_.begin(request.plan, Attempt::kAsWritten)) refuse("Nothing of plan " + request.plan + " is in the queue.");
  decider_.decide(request.plan);
  const State state = queue_.state_of(request.plan);
  if (state == State::kApproved || state == State::kForwarded) {
    return {true, "Plan " + request.plan + " is approved now, and goes on to the next node."};
  }
  const auto still = queue_.hold_of(request.plan);
  return {false, "Plan " + request.plan +
                     (state == State::kRejected ? " is rejected by the policy."
                      : still                   ? " is still held: " + still->reasons.front()
                                                : " is still held.")};
}

}  // namespace dosegate::dicom_gate
