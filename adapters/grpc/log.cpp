#include "adapters/grpc/log.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>

namespace dosegate::rpc {
namespace {

// RFC 3339, UTC, milliseconds.
std::string now() {
  using namespace std::chrono;
  const auto time = time_point_cast<milliseconds>(system_clock::now());
  const std::time_t seconds = system_clock::to_time_t(time);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(time.time_since_epoch().count() % 1000));
  return std::string(text.data(), size) + fraction.data();
}

}  // namespace

void log(Level level, std::string_view event, boost::json::object details) {
  boost::json::object line{{"time", now()},
                           {"level", level == Level::kInfo      ? "info"
                                     : level == Level::kWarning ? "warning"
                                                                : "error"},
                           {"event", event}};
  for (auto& entry : details) line[entry.key()] = std::move(entry.value());
  const std::string text = boost::json::serialize(line) + "\n";
  // In one piece, so that lines of several threads do not mix. A log that cannot be written, or that nobody reads, is
  // no reason to stop: a line for which there is no room is left out.
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  pollfd file{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&file, 1, 0) != 1 || (file.revents & POLLOUT) == 0) return;
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace dosegate::rpc
