#include "adapters/dicom_gate/queue.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <set>

#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/facts_file.h"
#include "adapters/gate/files.h"
#include "adapters/gate/ledger.h"
#include "adapters/support/error.h"

namespace dosegate::dicom_gate {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostCaseBytes = std::size_t{1} << 20;

std::string short_uid(const std::string& uid) {
  constexpr std::size_t kShown = 20;
  return uid.size() <= kShown ? uid : "..." + uid.substr(uid.size() - kShown);
}

// Of disk::write(), where it was killed.
void remove_parts(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(".part-")) disk::remove(entry.path());
  }
}

// What is at `to` and is not known there was moved when the disk failed, and counts for nothing.
void put(const fs::path& from, const fs::path& to) {
  if (disk::move_new(from, to)) return;
  disk::remove(to);
  if (!disk::move_new(from, to)) throw gate::Refused(to.string() + ": is there again and again");
}

}  // namespace

std::string_view folder_of(State state) {
  switch (state) {
    case State::kDeciding:
      return "deciding";
    case State::kApproved:
      return "approved";
    case State::kForwarded:
      return "forwarded";
    case State::kHeld:
      return "held";
    case State::kRejected:
      return "rejected";
    case State::kNone:
      break;
  }
  return "incoming";
}

Queue::Queue(fs::path root, const Bounds& bounds) : root_(std::move(root)), bounds_(bounds) {
  disk::make_folder(root_);
  for (const char* name : {"incoming", "objects", "facts", "sent", "requests"}) disk::make_folder(root_ / name);
  for (const State state : kStates) disk::make_folder(root_ / folder_of(state));
  lock_ = support::Descriptor(::open((root_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_.is_open() || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw gate::Refused(root_.string() + ": another dicom-gate has this queue. Stop it, or give this one its own");
  }
  for (const auto& entry : fs::directory_iterator(root_ / "incoming")) disk::remove(entry.path());
  remove_parts(root_ / "sent");
  load_objects();
  for (const State state : kStates) {
    for (const auto& entry : fs::directory_iterator(root_ / folder_of(state))) {
      const std::string key = entry.path().filename().string();
      if (key.starts_with(".")) {
        disk::remove(entry.path());  // one that was being made
      } else {
        load_case(state, key);
      }
    }
  }
}

void Queue::load_objects() {
  for (const auto& entry : fs::directory_iterator(root_ / "objects")) {
    if (entry.path().filename().string().starts_with(".")) continue;
    const fs::path kept = facts_path(entry.path().stem().string());
    auto facts = kept_facts(kept, entry.path());
    if (!facts) {
      try {
        facts = facts_of(entry.path(), bounds_.object_bytes * 2);
      } catch (const support::Error& e) {
        throw gate::Refused(entry.path().string() + ": " + e.what() +
                            ". The disk may have lost it: move it away, and let it be sent again");
      }
      if (object(facts->uid) != entry.path()) {
        throw gate::Refused(entry.path().string() + ": is object " + facts->uid + ". Move it away");
      }
      keep_facts(kept, entry.path(), *facts);
    }
    bytes_ += facts->bytes;
    index_.emplace(facts->uid, std::move(*facts));
  }
  for (const auto& entry : fs::directory_iterator(root_ / "facts")) {
    if (index_.count(entry.path().stem().string()) == 0) disk::remove(entry.path());
  }
}

void Queue::load_case(State state, const std::string& key) {
  remove_parts(folder(state, key));
  const CaseFile file = case_file(state, key);
  if (const auto also = states_.find(key); also != states_.end()) {
    throw gate::Refused(folder(state, key).string() + ": is in " + std::string(folder_of(also->second)) +
                        "/, too. Move the one away that was put there");
  }
  if (file.key != key) throw gate::Refused(folder(state, key).string() + ": is the folder of " + file.key);
  states_[key] = state;
  if (state == State::kHeld) {
    if (fs::exists(folder(state, key) / "held.json")) {
      holds_[key] = Hold::read(gate::read_file((folder(state, key) / "held.json").string(), kMostCaseBytes));
    }
  } else if (is_closed(key)) {
    for (const CaseObject& object : file.objects) closed_[object.uid] = object.sha256;
  }
}

fs::path Queue::folder(State state, const std::string& key) const { return root_ / folder_of(state) / key; }

fs::path Queue::new_part() {
  const std::lock_guard lock(mutex_);
  return root_ / "incoming" / (std::to_string(++parts_) + ".part");
}

std::optional<Answer> Queue::full() const {
  const std::lock_guard lock(mutex_);
  if (index_.size() >= bounds_.objects) return Answer{kNoResources, "The gate's queue holds as many objects as it may"};
  if (bytes_ >= bounds_.bytes) return Answer{kNoResources, "The gate's queue holds as many bytes as it may"};
  return std::nullopt;
}

bool Queue::is_closed(const std::string& key) const {
  const auto found = states_.find(key);
  return found != states_.end() && (found->second == State::kForwarded || found->second == State::kRejected);
}

Answer Queue::offer(const fs::path& part, const Facts& facts) {
  const std::lock_guard lock(mutex_);
  const auto other = [&] { return Answer{kOtherBytes, "Other bytes under a known UID: " + short_uid(facts.uid)}; };
  if (const auto known = index_.find(facts.uid); known != index_.end()) {
    if (known->second.sha256 != facts.sha256) return other();
    return {kSuccess, "Known already"};
  }
  const auto state_at = [&](const std::string& key) {
    const auto found = states_.find(key);
    return found == states_.end() ? State::kNone : found->second;
  };
  const auto closed = closed_.find(facts.uid);
  if (closed != closed_.end() && closed->second != facts.sha256) return other();
  if (state_at(facts.uid) == State::kRejected) return {kDecided, "The gate has rejected this plan"};
  if (closed != closed_.end() && facts.role != Role::kStructures) return {kSuccess, "Known already"};
  if (facts.role == Role::kDose) {
    for (const std::string& plan : facts.plan_uids) {
      const State state = state_at(plan);
      if (state == State::kNone || state == State::kHeld) continue;
      if (state == State::kDeciding) return {kNoResources, "Its plan is being decided on; send it again later"};
      return {kDecided, "Its plan was decided on without it"};
    }
  }
  if (index_.size() >= bounds_.objects || bytes_ + facts.bytes > bounds_.bytes) {
    return {kNoResources, "The gate's queue is full"};
  }
  put(part, object(facts.uid));
  keep_facts(facts_path(facts.uid), object(facts.uid), facts);
  bytes_ += facts.bytes;
  index_.emplace(facts.uid, facts);
  woken_ = true;
  changed_.notify_all();
  return {kSuccess, "", true};
}

std::vector<Group> Queue::groups() const {
  return group_up(index_, [&](const std::string& uid) { return is_closed(uid) || closed_.count(uid) > 0; });
}

std::vector<Standing> Queue::standings() const {
  const std::lock_guard lock(mutex_);
  std::vector<Standing> all;
  for (Group& group : groups()) {
    const auto found = states_.find(group.key);
    const State state = found == states_.end() ? State::kNone : found->second;
    if (state != State::kNone && state != State::kHeld) continue;
    Standing standing{std::move(group), state, std::nullopt};
    if (const auto hold = holds_.find(standing.group.key); hold != holds_.end()) standing.hold = hold->second;
    all.push_back(std::move(standing));
  }
  return all;
}

std::vector<std::string> Queue::keys_in(State state) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> keys;
  for (const auto& [key, in] : states_) {
    if (in == state) keys.push_back(key);
  }
  return keys;
}

State Queue::state_of(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(key);
  return found == states_.end() ? State::kNone : found->second;
}

CaseFile Queue::case_file(State state, const std::string& key) const {
  const fs::path path = folder(state, key) / "case.json";
  try {
    return CaseFile::read(gate::read_file(path.string(), kMostCaseBytes));
  } catch (const gate::Refused& e) {
    throw gate::Refused(path.string() + ": " + e.what());
  }
}

std::optional<Hold> Queue::hold_of(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = holds_.find(key);
  return found == holds_.end() ? std::nullopt : std::optional(found->second);
}

std::string Queue::patient_of(const std::string& plan) const {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(plan);
  return found == index_.end() ? "" : found->second.patient_id;
}

bool Queue::begin(const std::string& key, Attempt attempt) {
  const std::lock_guard lock(mutex_);
  const std::vector<Group> all = groups();
  const auto group = std::find_if(all.begin(), all.end(), [&](const Group& g) { return g.key == key; });
  if (group == all.end()) return false;
  CaseFile file{key, gate::new_id(), objects_of(*group), {}};
  const auto state = states_.find(key);
  if (state != states_.end() && state->second == State::kHeld) {
    const CaseFile before = case_file(State::kHeld, key);
    file.waivers = before.waivers;
    if (attempt == Attempt::kNew || before.objects != file.objects) {
      disk::write(folder(State::kHeld, key) / "case.json", file.write());
    }
    put(folder(State::kHeld, key), folder(State::kDeciding, key));
  } else {
    const fs::path made = root_ / "deciding" / (".new-" + key);
    disk::make_folder(made);
    disk::write(made / "case.json", file.write());
    put(made, folder(State::kDeciding, key));
  }
  states_[key] = State::kDeciding;
  return true;
}

void Queue::hold(const std::string& key, const std::vector<CaseObject>& objects, const Hold& hold) {
  const std::lock_guard lock(mutex_);
  const auto state = states_.find(key);
  if (state == states_.end()) {
    const fs::path made = root_ / "held" / (".new-" + key);
    disk::make_folder(made);
    disk::write(made / "case.json", CaseFile{key, gate::new_id(), objects, {}}.write());
    disk::write(made / "held.json", hold.write());
    put(made, folder(State::kHeld, key));
  } else {
    disk::write(folder(state->second, key) / "held.json", hold.write());
    if (state->second != State::kHeld) put(folder(state->second, key), folder(State::kHeld, key));
  }
  states_[key] = State::kHeld;
  holds_[key] = hold;
}

void Queue::move(const std::string& key, State from, State to) {
  const std::lock_guard lock(mutex_);
  try {
    if (!disk::move_new(folder(from, key), folder(to, key))) {
      throw gate::Refused(folder(to, key).string() + ": is there already");
    }
  } catch (const disk::Failed&) {
    std::error_code ignored;
    if (!fs::exists(folder(from, key), ignored)) states_[key] = to;  // moved, and perhaps not for good
    throw;
  }
  states_[key] = to;
  if (to != State::kDeciding) holds_.erase(key);
  if (is_closed(key)) {
    for (const CaseObject& object : case_file(to, key).objects) closed_[object.uid] = object.sha256;
  }
  woken_ = true;
  changed_.notify_all();
}

bool Queue::is_needed(const Facts& facts, gate::Instant now, std::chrono::seconds patience) const {
  if (facts.role == Role::kPlan) return !is_closed(facts.uid);
  if (facts.role == Role::kDose) {
    return facts.plan_uids.empty() ? !is_closed(facts.uid)
                                   : std::any_of(facts.plan_uids.begin(), facts.plan_uids.end(),
                                                 [&](const std::string& plan) { return !is_closed(plan); });
  }
  if (closed_.count(facts.uid) == 0 || now - facts.received < patience) return !is_closed(facts.uid);
  return std::any_of(index_.begin(), index_.end(), [&](const auto& entry) {
    const std::vector<std::string>& uids = entry.second.structure_uids;
    return std::find(uids.begin(), uids.end(), facts.uid) != uids.end();
  });
}

void Queue::tidy(gate::Instant now, std::chrono::seconds patience) {
  const std::lock_guard lock(mutex_);
  for (auto at = index_.begin(); at != index_.end();) {
    if (is_needed(at->second, now, patience)) {
      ++at;
      continue;
    }
    disk::remove(object(at->first));
    disk::remove(facts_path(at->first));
    bytes_ -= at->second.bytes;
    at = index_.erase(at);
  }
  std::set<std::string> all;
  for (const Group& group : groups()) all.insert(group.key);
  for (auto at = holds_.begin(); at != holds_.end();) {
    if (all.count(at->first) > 0 || states_[at->first] != State::kHeld) {
      ++at;
      continue;
    }
    disk::remove(folder(State::kHeld, at->first));
    states_.erase(at->first);
    at = holds_.erase(at);
  }
}

void Queue::wait(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [&] { return woken_; });
  woken_ = false;
}

void Queue::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

}  // namespace dosegate::dicom_gate
