#include "tests/panel/page_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace dosegate::panel_test {

using Time = std::chrono::steady_clock;

PageClient::PageClient(unsigned short port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(port);
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0) {
    throw std::runtime_error("no connection to the panel");
  }
}

PageClient::~PageClient() { ::close(socket_); }

bool PageClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void PageClient::end() const { ::shutdown(socket_, SHUT_WR); }

std::string PageClient::read(std::chrono::milliseconds within, std::string_view until) const {
  std::string all;
  std::array<char, 65536> buffer{};
  const auto end = Time::now() + within;
  while (until.empty() || all.find(until) == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Time::now()).count();
    pollfd wait{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) break;
    const ssize_t n = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (n <= 0) break;
    all.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return all;
}

bool PageClient::is_closed(std::chrono::milliseconds within) const {
  std::array<char, 4096> buffer{};
  const auto end = Time::now() + within;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Time::now()).count();
    pollfd wait{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
    if (::recv(socket_, buffer.data(), buffer.size(), 0) <= 0) return true;
  }
}

std::string status_of(const std::string& answer) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  return answer.compare(0, kStart.size(), kStart) == 0 ? answer.substr(kStart.size(), 3) : "";
}

std::string reason_of(const std::string& answer) {
  constexpr std::string_view kKey = "{\"error\":\"";
  const std::size_t at = answer.find(kKey);
  if (at == std::string::npos) return "";
  const std::size_t from = at + kKey.size();
  return answer.substr(from, answer.find('"', from) - from);
}

}  // namespace dosegate::panel_test
