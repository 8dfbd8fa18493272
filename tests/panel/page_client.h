// Bytes to and from a panel's server, as good or as bad as the test has them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace dosegate::panel_test {

class PageClient {
 public:
  explicit PageClient(unsigned short port);
  ~PageClient();
  PageClient(const PageClient&) = delete;
  PageClient& operator=(const PageClient&) = delete;

  // False: the other side has closed.
  bool send(std::string_view bytes) const;
  // No byte more will come; answers still may.
  void end() const;
  // All that comes until the other side closes, `until` is in it, or the time is over.
  std::string read(std::chrono::milliseconds within = std::chrono::seconds(5), std::string_view until = {}) const;
  // The other side closes within the time.
  bool is_closed(std::chrono::milliseconds within = std::chrono::seconds(5)) const;

 private:
  int socket_ = -1;
};

// "403" and "WRONG_ORIGIN" of an answer; empty: there is none.
std::string status_of(const std::string& answer);
std::string reason_of(const std::string& answer);

}  // namespace dosegate::panel_test
