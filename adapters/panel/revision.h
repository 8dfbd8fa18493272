// A session's case as it was checked once, in the words that are shown.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/present/view.h"
#include "dosegate/v1/follow.pb.h"

namespace dosegate::panel {

// What may be shown of a plan. Labels, names and UIDs may tell who the patient is.
enum class Identifiers { kHidden, kShown };

struct Revision {
  std::uint64_t number = 0, event = 0;
  std::string at;  // "14:02:11", when it came
  v1::FollowSessionsResponse::Checked checked;
  v1::Plan plan;       // the one that the session holds; empty: there is none, or there are several
  present::View view;  // of checked
  std::string judged;  // a digest: of two revisions alike the same is said

  // A row by what it is about, the same from revision to revision.
  struct Keyed {
    std::string key;
    const present::Row* row = nullptr;
  };
  std::vector<Keyed> rows;  // in the order of the groups, then of the protocol
  const present::Row* find(const std::string& key) const;
};

std::shared_ptr<const Revision> make_revision(v1::FollowSessionsResponse::Checked checked, std::string at,
                                              const std::string& protocol_title, present::Language language,
                                              Identifiers identifiers);

// Not met, or not known whether.
bool is_open(present::Status status);

// What became of a row from one revision to a later, or to an earlier one that somebody thinks of going back to.
struct Change {
  enum class Kind { kNew, kResolved, kMoved };  // new, too: it was not known before
  Kind kind = Kind::kMoved;
  std::string key;
  const present::Row* before = nullptr;  // null: it was not there
  const present::Row* after = nullptr;   // null: it is gone
};
// Of what is open in one of them, in the order of `after`; what is gone comes last. Moved: another value or status is
// shown.
std::vector<Change> changes_between(const Revision& before, const Revision& after);

}  // namespace dosegate::panel
