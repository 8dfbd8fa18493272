#include "adapters/grpc/metrics_server.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

namespace dosegate::rpc {
namespace {

constexpr std::chrono::seconds kMostTime{2};
constexpr std::chrono::milliseconds kRest{100};  // where no descriptor is left
constexpr std::size_t kMostRequest = 8192;

std::string answer_of(const std::string& status, const std::string& text) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: " +
         std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n" + text;
}

std::string answer_to(std::string_view request, const std::function<std::string()>& metrics) {
  if (!request.starts_with("GET ")) return answer_of("405 Method Not Allowed", "GET /metrics\n");
  const std::string_view rest = request.substr(4);
  const std::string_view path = rest.substr(0, rest.find_first_of(" ?\r\n"));
  return path == "/metrics" ? answer_of("200 OK", metrics()) : answer_of("404 Not Found", "GET /metrics\n");
}

}  // namespace

// One request, one answer. Alive for as long as something of it is under way.
class MetricsServer::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, const std::function<std::string()>& metrics)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), metrics_(metrics) {}

  void begin() {
    timer_.expires_after(kMostTime);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ended) {
      if (!ended) self->close();
    });
    read();
  }
  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
  }
  bool is_open() const { return socket_.is_open(); }

 private:
  void read() {
    socket_.async_read_some(boost::asio::buffer(block_),
                            [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
                              if (error) return self->close();
                              self->request_.append(self->block_.data(), size);
                              if (self->request_.find("\r\n\r\n") != std::string::npos) return self->answer();
                              if (self->request_.size() > kMostRequest) return self->close();
                              self->read();
                            });
  }
  void answer() {
    try {
      answer_ = answer_to(request_, metrics_);
    } catch (const std::exception&) {
      return close();
    }
    boost::asio::async_write(
        socket_, boost::asio::buffer(answer_),
        [self = shared_from_this()](const boost::system::error_code&, std::size_t) { self->close(); });
  }

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  const std::function<std::string()>& metrics_;
  std::array<char, 1024> block_{};
  std::string request_, answer_;
};

MetricsServer::MetricsServer(const boost::asio::ip::tcp::endpoint& address, std::function<std::string()> metrics)
    : metrics_(std::move(metrics)), acceptor_(io_, address) {
  accept();
  thread_ = std::thread([this] { io_.run(); });
}

MetricsServer::~MetricsServer() {
  io_.stop();
  thread_.join();
}

void MetricsServer::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, boost::asio::ip::tcp::socket socket) {
    std::erase_if(connections_, [](const auto& other) { return !other->is_open(); });
    if (error) {
      rest_.expires_after(kRest);
      rest_.async_wait([this](const boost::system::error_code& ended) {
        if (!ended) accept();
      });
      return;
    }
    if (connections_.size() >= kMostConnections) {
      connections_.front()->close();
      connections_.pop_front();
    }
    connections_.push_back(std::make_shared<Connection>(std::move(socket), metrics_));
    connections_.back()->begin();
    accept();
  });
}

}  // namespace dosegate::rpc
