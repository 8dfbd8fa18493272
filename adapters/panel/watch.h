// Planning sessions in a terminal.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "adapters/cli/layout.h"
#include "adapters/panel/revision.h"
#include "dosegate/v1/protocol.pb.h"

namespace dosegate::panel {

// A message in, the lines that tell of it out. Of a session's first revision all that is open is told, then what has
// changed; of rules that are not known, how many.
class Watch {
 public:
  Watch(present::Language language, cli::Style style) : language_(language), style_(style) {}

  std::string take(const v1::FollowSessionsResponse& response);
  // That the server is reached (empty) or not; told once.
  std::string connection(const std::string& problem);

 private:
  using Parts = v1::FollowSessionsResponse;
  struct Session {
    std::size_t number = 0;
    std::string title;  // of the protocol
    std::shared_ptr<const Revision> last;
  };
  std::string check(Session& session, const Parts::Checked& checked);

  const present::Language language_;
  const cli::Style style_;
  std::size_t begun_ = 0;
  bool is_lost_ = false;
  std::map<std::string, Session> sessions_;
};

}  // namespace dosegate::panel
