// The planning sessions that are followed, and what pages are told of them.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/reader.h"
#include "adapters/panel/feed.h"
#include "adapters/panel/revision.h"
#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/follow.pb.h"
#include "dosegate/v1/protocol.pb.h"

namespace dosegate::panel {

// [thread-safe]
class Sessions {
 public:
  static constexpr std::size_t kMostRevisions = 50;  // of a session; the oldest go
  static constexpr std::size_t kMostSessions = 16;   // what is over goes first; further ones are not shown
  static constexpr std::size_t kMostOver = 4;

  Sessions(Feed& feed, present::Language language, Identifiers identifiers);

  // The server is reached, or not any more.
  void set_connected(bool connected);
  void take(const v1::FollowSessionsResponse& response);

  // What going back to an earlier revision would bring, with its curves, as JSON; none: it is not kept.
  std::optional<std::string> undo(const std::string& session, std::uint64_t revision) const;

 private:
  using Parts = v1::FollowSessionsResponse;
  struct Kept {
    std::shared_ptr<const Revision> revision;
    std::shared_ptr<const v1::DvhReport> dvh;  // null: not come (yet)
    std::uint64_t same = 0;                    // the revision before it of which the same was said; 0: none
  };
  struct Session {
    std::string id;  // of the page's; the server's name is a key to the session and stays here
    std::size_t number = 0;
    v1::Protocol protocol;
    std::deque<Kept> kept;
    Parts::State state;
    bool is_over = false, is_announced = true;
    std::vector<dicom::Structure> drawn;
  };

  void begin(const std::string& name, const Parts::Begun& begun);
  void check(Session& session, const Parts::Checked& checked);
  void show_curves(Session& session, const Parts::Curves& curves);
  static void add_before(boost::json::object& out, const Session& session, const Kept& then);
  void show_pictures(Session& session, const Parts::KeptDose& dose);
  void end(Session& session);
  void drop_oldest_over();
  void show_list();

  mutable std::mutex mutex_;
  Feed& feed_;
  const present::Language language_;
  const Identifiers identifiers_;
  bool is_connected_ = false, has_told_crowd_ = false;
  std::size_t begun_ = 0;
  std::map<std::string, Session> sessions_;  // by the server's name
};

// "14:02:11", the local time of day.
std::string time_of_day();

}  // namespace dosegate::panel
