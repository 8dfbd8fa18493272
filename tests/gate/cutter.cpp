#include "tests/gate/cutter.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace dosegate::gate_test {
namespace {

const std::string kCommit("COMMIT", 7);  // with the end of the statement: the name of an isolation level begins so, too

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  text.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

bool send_all(int to, const char* bytes, ssize_t size) {
  for (ssize_t at = 0; at < size;) {
    const ssize_t n = ::send(to, bytes + at, static_cast<std::size_t>(size - at), MSG_NOSIGNAL);
    if (n <= 0) return false;
    at += n;
  }
  return true;
}

bool is_readable(int fd, int milliseconds) {
  pollfd ready{fd, POLLIN, 0};
  return ::poll(&ready, 1, milliseconds) > 0;
}

}  // namespace

Cutter::Cutter(std::filesystem::path server) : server_(std::move(server)) {
  listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(folder_ / ".s.PGSQL.5432");
  REQUIRE(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listening_, 16) == 0);
  thread_ = std::thread([this] { run(); });
}

Cutter::~Cutter() {
  is_over_ = true;
  thread_.join();
  ::close(listening_);
}

void Cutter::come_back() { is_away_ = is_held_ = false; }

// One connection after the other: the ledger has no more.
void Cutter::run() {
  while (!is_over_) {
    if (!is_readable(listening_, 10)) continue;
    const int client = ::accept(listening_, nullptr, nullptr);
    if (client < 0) continue;
    if (!is_away_) serve(client);
    ::close(client);
  }
}

void Cutter::serve(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(server_);
  bool is_open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  cut_now_ = false;
  std::array<char, 65536> bytes{};
  while (is_open && !is_over_ && !cut_now_) {
    std::array<pollfd, 2> ready{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (::poll(ready.data(), ready.size(), 5) <= 0) continue;
    if (is_held_) {
      if ((ready[0].revents & POLLHUP) != 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      continue;
    }
    if (ready[0].revents != 0) {
      const ssize_t n = ::read(client, bytes.data(), bytes.size());
      if (n <= 0) break;
      const bool is_commit = std::string(bytes.data(), static_cast<std::size_t>(n)).find(kCommit) != std::string::npos;
      const Cut cut = is_commit ? when_.exchange(Cut::kNever) : Cut::kNever;
      if (cut != Cut::kNever) ++cuts_;
      is_away_ = is_away_ || cut == Cut::kAndStayAway;
      if (cut == Cut::kBefore || cut == Cut::kAndStayAway) break;
      is_open = send_all(server, bytes.data(), n);
      if (cut == Cut::kAfterAnswer) is_readable(server, 10'000);
      if (cut != Cut::kNever) break;
    }
    if (ready[1].revents != 0) {
      const ssize_t n = ::read(server, bytes.data(), bytes.size());
      is_open = n > 0 && send_all(client, bytes.data(), n);
    }
  }
  ::close(server);
}

}  // namespace dosegate::gate_test
