// The queue on disk, and what of it is known in memory. All of it can be told from the disk alone, so that a restart
// goes on where a kill left off:
//
//   incoming/    objects that are being received; removed at the start
//   objects/     UID.dcm, each written whole before its sender was told so, and never changed
//   facts/       UID.json, what is known of each (facts_file.h): a copy, for a quick start
//   deciding/, approved/, forwarded/, held/, rejected/
//                a folder for each plan, by its SOP Instance UID, which is moved from one to the next by rename
//   sent/        UID, for each object that the next node has confirmed; UID.try, where its answer is not known
//   requests/    what `dosegate gate release` and `reject` ask for, and the answers
//   witness      of the ledger (../gate/witness.h), unless it is kept elsewhere
//
// [thread-safe], but for the constructor.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom_gate/case_file.h"
#include "adapters/dicom_gate/pairing.h"
#include "adapters/support/descriptor.h"

namespace dosegate::dicom_gate {

enum class State { kNone, kDeciding, kApproved, kForwarded, kHeld, kRejected };
std::string_view folder_of(State state);
inline constexpr State kStates[] = {State::kDeciding, State::kApproved, State::kForwarded, State::kHeld,
                                    State::kRejected};

// How much is taken before it is refused.
struct Bounds {
  std::uint64_t objects = 20'000;
  std::uint64_t bytes = std::uint64_t{64} << 30;
  std::uint64_t object_bytes = std::uint64_t{1} << 30;
};

// What a sender is answered: a status of DICOM's storage service (PS3.7 C, PS3.4 B.2.3) and a comment of at most 64
// characters.
struct Answer {
  std::uint16_t status = 0;
  std::string comment;
  bool is_new = false;  // it is one more object
};
inline constexpr std::uint16_t kSuccess = 0x0000, kNoResources = 0xA700, kWrongClass = 0xA900, kBroken = 0xC001,
                               kOtherBytes = 0xC002, kDecided = 0xC003;

// A plan and how things stand with it.
struct Standing {
  Group group;
  State state = State::kNone;
  std::optional<Hold> hold;
};

// Under which name a plan is decided on: a new one, or that of held/KEY/case.json, if that is of the same objects.
enum class Attempt { kNew, kAsWritten };

class Queue {
 public:
  // Makes the folders. Throws disk::Failed, and gate::Refused where another gate has it or something in it cannot be
  // understood.
  Queue(std::filesystem::path root, const Bounds& bounds);

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path object(const std::string& uid) const { return root_ / "objects" / (uid + ".dcm"); }
  std::filesystem::path folder(State state, const std::string& key) const;
  // A name in incoming/ that nobody else has.
  std::filesystem::path new_part();
  // Nothing: there is room for one more object.
  std::optional<Answer> full() const;

  // Takes the durable file `part` in as the object of these facts; where it does not, `part` is left alone.
  Answer offer(const std::filesystem::path& part, const Facts& facts);

  // All that is neither closed nor being decided on or sent.
  std::vector<Standing> standings() const;
  std::vector<std::string> keys_in(State state) const;
  State state_of(const std::string& key) const;
  CaseFile case_file(State state, const std::string& key) const;
  // Of a plan that is held, or that was when it was decided on last.
  std::optional<Hold> hold_of(const std::string& key) const;
  std::string patient_of(const std::string& plan) const;  // UTF-8; empty: not known

  // Into deciding/, with all that there is of the plan at this moment: what comes later is refused. False: nothing is.
  bool begin(const std::string& key, Attempt attempt);
  // From deciding/ or held/, or from nowhere, to held/.
  void hold(const std::string& key, const std::vector<CaseObject>& objects, const Hold& hold);
  void move(const std::string& key, State from, State to);
  // Removes objects that no open plan needs, and holds of what has found its plan.
  void tidy(gate::Instant now, std::chrono::seconds patience);

  // Waits until something has come, or so long.
  void wait(std::chrono::milliseconds most);
  void wake();

 private:
  std::filesystem::path facts_path(const std::string& uid) const { return root_ / "facts" / (uid + ".json"); }
  void load_objects();
  void load_case(State state, const std::string& key);
  bool is_closed(const std::string& key) const;
  bool is_needed(const Facts& facts, gate::Instant now, std::chrono::seconds patience) const;
  std::vector<Group> groups() const;

  std::filesystem::path root_;
  Bounds bounds_;
  support::Descriptor lock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::uint64_t parts_ = 0, bytes_ = 0;
  Index index_;                                // of objects/
  std::map<std::string, State> states_;        // of the folders, by key
  std::map<std::string, std::string> closed_;  // SHA-256 of the objects of closed plans, by UID
  std::map<std::string, Hold> holds_;          // of plans that are held or being decided on again
};

}  // namespace dosegate::dicom_gate
