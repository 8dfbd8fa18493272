#include "tests/grpc/http_get.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <sstream>

namespace dosegate::grpc_test {
namespace {

sockaddr_in loopback(unsigned port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  return name;
}

}  // namespace

unsigned free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name = loopback(0);
  socklen_t size = sizeof name;
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  ::close(fd);
  return ntohs(name.sin_port);
}

support::Descriptor connect_to(unsigned port) {
  support::Descriptor connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in name = loopback(port);
  REQUIRE(::connect(connection.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  return connection;
}

std::string get(unsigned port, const std::string& path) {
  const support::Descriptor connection = connect_to(port);
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  REQUIRE(::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
  std::string text;
  char block[4096];
  for (ssize_t n = 0; (n = ::read(connection.get(), block, sizeof block)) > 0;) {
    text.append(block, static_cast<std::size_t>(n));
  }
  return text;
}

double value_of(const std::string& metrics, const std::string& name) {
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(name + " ", 0) == 0) return std::stod(line.substr(name.size()));
  }
  return -1;
}

}  // namespace dosegate::grpc_test
