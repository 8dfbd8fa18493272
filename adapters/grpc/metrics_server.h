// The metrics, over HTTP. Nobody who connects holds up another: no connection has a thread of its own, each has two
// seconds from its begin to its end, and where there are as many as may be the oldest gives way.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

namespace dosegate::rpc {

class MetricsServer {
 public:
  static constexpr std::size_t kMostConnections = 12;  // within the descriptors that the listener keeps

  // `metrics`: what a scrape reads, in Prometheus' text format; asked on a thread of the server's own. Throws
  // boost::system::system_error where the address cannot be bound.
  MetricsServer(const boost::asio::ip::tcp::endpoint& address, std::function<std::string()> metrics);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

 private:
  class Connection;

  void accept();

  const std::function<std::string()> metrics_;
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer rest_{io_};
  std::list<std::shared_ptr<Connection>> connections_;  // the oldest first
  std::thread thread_;
};

}  // namespace dosegate::rpc
