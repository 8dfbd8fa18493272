#include "adapters/grpc/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "adapters/grpc/log.h"
#include "adapters/support/error.h"

namespace dosegate::rpc {
namespace {

constexpr std::string_view kScheme = "unix:";
constexpr int kKept = 16;     // descriptors for the server's own files: rights, certificates, metrics
constexpr int kRestMs = 100;  // where nothing can be accepted
constexpr int kRoom = 16;     // descriptors for those that have given way and are not closed yet
constexpr int kGoForOne = 2;  // that give way to one, so that there are fewer again
constexpr std::chrono::seconds kTellEvery{10};

[[noreturn]] void cannot_listen(const std::string& why) { throw support::Error(why); }

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

std::string port_of(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) cannot_listen(std::strerror(errno));
  const in_port_t port = name.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&name)->sin6_port
                                                    : reinterpret_cast<const sockaddr_in*>(&name)->sin_port;
  return std::to_string(ntohs(port));
}

}  // namespace

bool is_socket(const std::string& address) { return address.compare(0, kScheme.size(), kScheme) == 0; }

Listener::Listener(const std::string& address, std::uint64_t most_connections)
    : address_(address), most_connections_(most_connections) {
  try {
    if (is_socket(address)) {
      place_ = std::make_unique<SocketPlace>(address.substr(kScheme.size()));
      sockets_.push_back(place_->listen());
    } else {
      const std::size_t colon = address.rfind(':');
      listen_on(address.substr(0, colon), address.substr(colon + 1));
    }
  } catch (const std::runtime_error& e) {
    for (const int socket : sockets_) ::close(socket);
    cannot_listen("--listen " + address + ": " + e.what());
  }
}

void Listener::listen_on(const std::string& host, const std::string& port) {
  const bool has_brackets = host.size() > 1 && host.front() == '[' && host.back() == ']';
  const std::string plain = has_brackets ? host.substr(1, host.size() - 2) : host;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(plain.c_str(), port.c_str(), &hints, &found); code != 0) {
    cannot_listen("the host is not known: " + std::string(::gai_strerror(code)) + ".");
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  std::string problem, chosen = port;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int socket = ::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    if (socket >= 0) {
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      const int off = 0;  // [::] is IPv4, too
      if (one->ai_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
      // The first one's port is that of all.
      const in_port_t number = htons(static_cast<in_port_t>(std::stoi(chosen)));
      if (one->ai_family == AF_INET6) reinterpret_cast<sockaddr_in6*>(one->ai_addr)->sin6_port = number;
      if (one->ai_family == AF_INET) reinterpret_cast<sockaddr_in*>(one->ai_addr)->sin_port = number;
      if (::bind(socket, one->ai_addr, one->ai_addrlen) == 0 && ::listen(socket, SOMAXCONN) == 0) {
        sockets_.push_back(socket);
        chosen = port_of(socket);
        continue;
      }
    }
    // A machine without IPv6 has names with an IPv6 address all the same.
    const bool is_no_address = errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL;
    problem = std::strerror(errno);
    if (socket >= 0) ::close(socket);
    if (!is_no_address) cannot_listen("cannot be bound: " + problem + ". Is another server on it?");
  }
  if (sockets_.empty()) cannot_listen("cannot be bound: " + problem + ".");
  address_ = host + ":" + chosen;
}

void Listener::start(grpc::experimental::ExternalConnectionAcceptor& acceptor) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  spare_ = open_spare();
  if (stop_ < 0 || spare_ < 0) cannot_listen(std::string("no descriptor is to be had: ") + std::strerror(errno) + ".");
  // The lowest number that is free is the one that is given: by it one knows how many there are.
  const auto most = std::min<std::uint64_t>(std::numeric_limits<int>::max(), limit.rlim_cur);
  const std::uint64_t free = most - std::min<std::uint64_t>(most, static_cast<std::uint64_t>(spare_) + 1 + kKept);
  const int connections = static_cast<int>(std::min(most_connections_, free));
  most_descriptor_ = spare_ + connections;
  // Those that have given way are closed a moment later.
  most_in_passing_ = spare_ + static_cast<int>(std::min<std::uint64_t>(2 * most_connections_, free));
  crowded_from_ = std::min(most_descriptor_, most_in_passing_ - std::min(kRoom, connections / 4));
  if (free == 0)
    cannot_listen("a process may have " + std::to_string(most) + " descriptors, which is too few for a server.");
  thread_ = std::thread([this, &acceptor] {
    std::vector<pollfd> polled{{stop_, POLLIN, 0}};
    for (const int socket : sockets_) polled.push_back({socket, POLLIN, 0});
    while (polled[0].revents == 0) {
      if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) rest();
      for (std::size_t i = 1; i < polled.size(); ++i) {
        if (polled[i].revents != 0) accept_from(polled[i].fd, acceptor);
      }
    }
  });
}

void Listener::accept_from(int listening, grpc::experimental::ExternalConnectionAcceptor& acceptor) {
  int connection = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (connection < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
    ++refused_;
    tell(std::string("a connection cannot be accepted: ") + std::strerror(errno));
    if (connections_.let_one_go()) ++let_go_;
    // Who waits is let go, with the descriptor that was kept for this.
    ::close(spare_);
    connection = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    const bool is_let_go = connection >= 0;
    if (is_let_go) ::close(connection);
    spare_ = open_spare();
    return is_let_go ? void() : rest();
  }
  bool has_made_room = false;
  for (int n = 0; n < kGoForOne && connection > crowded_from_ && connections_.let_one_go(); ++n) {
    has_made_room = true;
    ++let_go_;
  }
  if (has_made_room) {
    tell(
        "as many connections are there as there may be (--max-connections, or the limit of descriptors): of the client "
        "that has most of them one gives way to each that comes");
  }
  if (connection > (has_made_room ? most_in_passing_ : most_descriptor_)) {
    ++refused_;
    ::close(connection);
    return tell("there are as many connections as there may be: --max-connections, or the limit of descriptors");
  }
  const int on = 1;
  ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // of a Unix socket it fails
  connections_.add(connection);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
  parameters.listener_fd = listening;
  parameters.fd = connection;
  acceptor.HandleNewConnection(&parameters);
}

void Listener::tell(const std::string& problem) {
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < kTellEvery) return;
  told_ = now;
  log(Level::kError, "accept", {{"problem", problem}, {"refused", refused_.load()}});
}

void Listener::rest() {
  pollfd stopped{stop_, POLLIN, 0};
  ::poll(&stopped, 1, kRestMs);
}

void Listener::stop() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
    thread_.join();
  }
  for (const int socket : sockets_) ::close(socket);
  sockets_.clear();
}

Listener::~Listener() {
  stop();
  for (const int fd : {stop_, spare_}) {
    if (fd >= 0) ::close(fd);
  }
}

}  // namespace dosegate::rpc
