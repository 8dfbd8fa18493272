#include "adapters/grpc/connections.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "adapters/grpc/access.h"

namespace dosegate::rpc {
namespace {

// Of a socket, for as long as the machine runs; nothing: it is none.
std::optional<std::uint64_t> cookie_of(int fd) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  if (::getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return {};
  return cookie;
}

// "127.0.0.1 50051"; empty: not over TCP.
std::string place_of(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return {};
  const auto* six = reinterpret_cast<const sockaddr_in6*>(&name);
  const auto* four = reinterpret_cast<const sockaddr_in*>(&name);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* address = nullptr;
  in_port_t port = 0;
  constexpr int kBeforeFour = 12;  // bytes in front of an IPv4 address in an IPv6 one
  if (name.ss_family == AF_INET) {
    address = ::inet_ntop(AF_INET, &four->sin_addr, text.data(), text.size());
    port = four->sin_port;
  } else if (name.ss_family == AF_INET6) {
    address = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)
                  ? ::inet_ntop(AF_INET, six->sin6_addr.s6_addr + kBeforeFour, text.data(), text.size())
                  : ::inet_ntop(AF_INET6, &six->sin6_addr, text.data(), text.size());
    port = six->sin6_port;
  }
  return address == nullptr ? "" : std::string(address) + " " + std::to_string(ntohs(port));
}

// The same of "ipv4:127.0.0.1:50051" and "ipv6:%5Bfe80::1%25eth0%5D:50051".
std::string place_of(const std::string& peer) {
  const std::size_t scheme = peer.find(':'), port = peer.rfind(':');
  if (scheme == std::string::npos || port == scheme || peer.compare(0, 2, "ip") != 0) return {};
  std::string host = peer.substr(scheme + 1, port - scheme - 1);
  for (const char* bracket : {"%5B", "[", "%5D", "]"}) {
    if (const std::size_t at = host.find(bracket); at != std::string::npos) {
      host.erase(at, std::string_view(bracket).size());
    }
  }
  host = host.substr(0, host.find('%'));  // without the interface of a link's own address
  return host + " " + peer.substr(port + 1);
}

// Told of from where its metadata are there, which say who calls, to its end.
class CallOfConnection final : public grpc::experimental::Interceptor {
 public:
  CallOfConnection(Connections& connections, grpc::experimental::ServerRpcInfo* info)
      : connections_(connections), info_(info) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (!call_ && methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      const grpc::ServerContextBase& context = *info_->server_context();
      call_.emplace(connections_, context.peer(), caller_of(context));
    }
    methods->Proceed();
  }

 private:
  Connections& connections_;
  grpc::experimental::ServerRpcInfo* const info_;
  std::optional<Connections::Call> call_;
};

}  // namespace

void Connections::add(int fd) {
  const std::string place = place_of(fd);
  const auto cookie = cookie_of(fd);
  if (place.empty() || !cookie) return;
  const std::lock_guard lock(mutex_);
  entries_.insert_or_assign(place, Entry{fd, *cookie, {}, 0, Time::now()});
}

bool Connections::let_one_go() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const auto& e) { return cookie_of(e.second.fd) != e.second.cookie; });
  const auto now = Time::now();
  std::map<std::string_view, std::size_t> owned;
  for (const auto& [place, e] : entries_) ++owned[e.owner];
  const auto rank = [&](const Entry& e) { return std::tuple(owned[e.owner], e.calls == 0, now - e.since); };
  const auto first = std::max_element(entries_.begin(), entries_.end(),
                                      [&](const auto& a, const auto& b) { return rank(a.second) < rank(b.second); });
  if (first == entries_.end()) return false;
  // gRPC sees its end, as of one whose client has gone, and closes it.
  ::shutdown(first->second.fd, SHUT_RDWR);
  entries_.erase(first);
  return true;
}

Connections::Call::Call(Connections& all, const std::string& peer, const std::string& client)
    : all_(all), place_(place_of(peer)) {
  const std::lock_guard lock(all_.mutex_);
  const auto found = all_.entries_.find(place_);
  if (found == all_.entries_.end()) return;
  found->second.owner = client;  // over TCP never empty
  ++found->second.calls;
}

Connections::Call::~Call() {
  const std::lock_guard lock(all_.mutex_);
  const auto found = all_.entries_.find(place_);
  if (found == all_.entries_.end() || found->second.calls == 0) return;
  --found->second.calls;
  found->second.since = Time::now();
}

Interceptors Connections::interceptors() { return interceptors_of<CallOfConnection>(*this); }

}  // namespace dosegate::rpc
