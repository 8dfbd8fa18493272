#include "adapters/panel/server.h"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "adapters/support/error.h"

namespace dosegate::panel {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Error = boost::system::error_code;
using Tcp = asio::ip::tcp;

struct Server::Shared {
  // A connection that has not said what it wants: the first to go where there is no room.
  class Waiting {
   public:
    virtual void give_way() = 0;

   protected:
    ~Waiting() = default;
  };

  Shared(asio::io_context& own_io, Feed& own_feed, Handler own_handler, const Limits& own_limits)
      : io(own_io), acceptor(own_io), feed(own_feed), handler(std::move(own_handler)), limits(own_limits) {}

  asio::io_context& io;
  Tcp::acceptor acceptor;
  Feed& feed;
  const Handler handler;
  const Limits limits;
  std::size_t connections = 0, feeds = 0;
  std::list<Waiting*> waiting;  // longest first
  unsigned short port = 0;
  asio::thread_pool workers{1};  // for what is worked out later
};

namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

// One after another: requests of a connection, or the events of a feed. On the io_context's thread.
template <typename Shared>
class Connection final : public std::enable_shared_from_this<Connection<Shared>>, private Shared::Waiting {
 public:
  Connection(std::shared_ptr<Shared> shared, Tcp::socket socket)
      : shared_(std::move(shared)), socket_(std::move(socket)), timer_(shared_->io) {
    ++shared_->connections;
    socket_.set_option(Tcp::no_delay(true), ignored_);  // an event does not wait until the one before is acknowledged
  }
  ~Connection() {
    wait_no_longer();
    --shared_->connections;
    if (reader_) --shared_->feeds;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(shared_->limits.header_bytes);
    parser_->body_limit(shared_->limits.body_bytes);
    within(shared_->limits.request, [](Connection& c) { c.is_late_ = true, c.socket_.cancel(c.ignored_); });
    waits_at_ = shared_->waiting.insert(shared_->waiting.end(), this);
    http::async_read(socket_, buffer_, *parser_, [self = this->shared_from_this()](Error e, std::size_t) {
      self->in_time();
      self->wait_no_longer();
      self->answer(e);
    });
  }

  void refuse_crowd() {
    write(refusal(http::status::service_unavailable, "TOO_MANY_CONNECTIONS",
                  "The panel has as many connections as it may. Close pages that are not needed."),
          false);
  }

 private:
  template <typename F>
  void within(std::chrono::milliseconds time, F late) {
    timer_.expires_after(time);
    timer_.async_wait([self = this->shared_from_this(), late, deadline = ++deadline_](Error stopped) {
      if (!stopped && self->deadline_ == deadline) late(*self);
    });
  }
  void in_time() {
    ++deadline_;
    timer_.cancel();
  }

  void give_way() override {
    wait_no_longer();
    socket_.close(ignored_);
  }
  void wait_no_longer() {
    if (waits_at_) shared_->waiting.erase(*std::exchange(waits_at_, std::nullopt));
  }

  void answer(Error e) {
    if (!e) {
      const Request& request = parser_->get();
      auto refused = refuse_stranger(request, shared_->port, shared_->limits.posts);
      Answer answer = refused ? std::move(*refused) : shared_->handler(request);
      if (answer.is_feed) return start_feed();
      const bool keep = parser_->keep_alive() && !refused;
      return answer.later ? work_out(std::move(answer.later), keep) : write(answer, keep);
    }
    if (is_late_ && buffer_.size() == 0 && !parser_->got_some()) return;  // said nothing: an idle connection
    if (is_late_) {
      write(refusal(http::status::request_timeout, "TOO_SLOW", "The request did not come whole in time."), false);
    } else if (e == http::error::header_limit) {
      write(refusal(http::status::request_header_fields_too_large, "HEADER_TOO_LARGE",
                    "The request's header is larger than a page's of ours."),
            false);
    } else if (e == http::error::body_limit) {
      write(refusal(http::status::payload_too_large, "BODY", "The request's body is larger than one may be."), false);
    } else if (e.category() == http::make_error_code(http::error::bad_method).category() &&
               e != http::error::end_of_stream && e != http::error::partial_message) {
      write(refusal(http::status::bad_request, "NOT_HTTP", "This is no HTTP/1.1 request: " + e.message() + "."), false);
    }
  }

  // The connection goes along, so that it ends on the io_context's thread.
  void work_out(std::function<Answer()> later, bool keep) {
    asio::post(shared_->workers, [self = this->shared_from_this(), later = std::move(later), keep]() mutable {
      auto answer = std::make_shared<const Answer>(later());
      later = nullptr;
      asio::io_context& io = self->shared_->io;
      asio::post(io, [self = std::move(self), answer, keep] { self->write(*answer, keep); });
    });
  }

  static void set_common(http::fields& fields) {
    fields.set("Content-Security-Policy", kPolicy);
    fields.set("X-Content-Type-Options", "nosniff");
    fields.set("Referrer-Policy", "no-referrer");
    fields.set("Cross-Origin-Resource-Policy", "same-origin");
    fields.set("Cross-Origin-Opener-Policy", "same-origin");
    fields.set("X-Frame-Options", "DENY");
    fields.set(http::field::cache_control, "no-store");
  }

  void write(const Answer& answer, bool keep) {
    auto response = std::make_shared<http::response<http::string_body>>(answer.status, 11);
    set_common(*response);
    response->set(http::field::content_type, answer.type);
    if (answer.status == http::status::method_not_allowed) response->set(http::field::allow, answer.allow);
    if (answer.status == http::status::unauthorized) response->set(http::field::www_authenticate, "Bearer");
    response->body() = answer.body;
    response->keep_alive(keep);
    response->prepare_payload();
    within(shared_->limits.write, [](Connection& c) { c.socket_.close(c.ignored_); });
    http::async_write(socket_, *response, [self = this->shared_from_this(), response, keep](Error e, std::size_t) {
      self->in_time();
      if (!e && keep) return self->read();
      self->leave();
    });
  }

  // Who is refused while still sending would lose the refusal with a connection that is simply closed.
  void leave() {
    socket_.shutdown(Tcp::socket::shutdown_send, ignored_);
    constexpr std::chrono::milliseconds kLinger{500};
    within(kLinger, [](Connection& c) { c.socket_.close(c.ignored_); });
    drain();
  }
  void drain() {
    socket_.async_read_some(asio::buffer(unread_), [self = this->shared_from_this()](Error e, std::size_t) {
      if (!e) return self->drain();
      self->in_time();
    });
  }

  // Events until the page goes.
  void start_feed() {
    if (shared_->feeds >= shared_->limits.feeds) {
      return write(refusal(http::status::service_unavailable, "TOO_MANY_PAGES",
                           "As many pages are open as may be. Close some, and load this one again."),
                   false);
    }
    ++shared_->feeds;
    reader_.emplace(shared_->feed, [weak = this->weak_from_this(), &io = shared_->io] {
      asio::post(io, [weak] {
        if (const auto self = weak.lock()) self->write_event();
      });
    });
    http::response<http::empty_body> head(http::status::ok, 11);
    set_common(head);
    head.set(http::field::content_type, "text/event-stream");
    head.set(http::field::connection, "close");
    std::ostringstream text;
    text << head.base();
    write_text(std::make_shared<const std::string>(text.str()));
    expect_end();
  }

  // A page says nothing more on its feed.
  void expect_end() {
    socket_.async_read_some(asio::buffer(unread_), [self = this->shared_from_this()](Error, std::size_t) {
      self->socket_.close(self->ignored_);
      self->in_time();
    });
  }

  void write_event() {
    if (is_writing_ || !socket_.is_open()) return;
    if (auto text = reader_->next()) return write_text(std::move(text));
    within(shared_->limits.tick, [](Connection& c) {
      static const auto kTick = std::make_shared<const std::string>("event: tick\ndata: {}\n\n");
      if (!c.is_writing_ && c.socket_.is_open()) c.write_text(kTick);
    });
  }

  void write_text(Feed::Text text) {
    is_writing_ = true;
    within(shared_->limits.write, [](Connection& c) { c.socket_.close(c.ignored_); });
    asio::async_write(socket_, asio::buffer(*text), [self = this->shared_from_this(), text](Error e, std::size_t) {
      self->is_writing_ = false;
      self->in_time();
      if (e) return self->socket_.close(self->ignored_), void();
      self->write_event();
    });
  }

  const std::shared_ptr<Shared> shared_;
  Tcp::socket socket_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_{std::size_t{64} << 10};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<Feed::Reader> reader_;
  std::optional<typename std::list<typename Shared::Waiting*>::iterator> waits_at_;
  std::array<char, 1024> unread_{};
  std::uint64_t deadline_ = 0;  // the one that holds
  bool is_late_ = false, is_writing_ = false;
  Error ignored_;
};

support::Error cannot_listen(unsigned short port, const Error& refused) {
  const std::string where = "port " + std::to_string(port) + " of 127.0.0.1";
  if (refused == asio::error::address_in_use) {
    return {"--port", "", "another program listens on " + where,
            "Name another port, leave --port out to be given a free one, or end that program (perhaps another dosegate "
            "panel)"};
  }
  if (refused == asio::error::access_denied) {
    return {"--port", "", where + " is kept for the system's own programs", "Name a port from 1024 on"};
  }
  return {"--port", "", where + " cannot be listened on: " + std::string(std::strerror(refused.value())),
          "Name another port"};
}

}  // namespace

Server::Server(asio::io_context& io, unsigned short port, Feed& feed, Handler handler, const Limits& limits)
    : shared_(std::make_shared<Shared>(io, feed, std::move(handler), limits)) {
  const Tcp::endpoint here(asio::ip::address_v4::loopback(), port);
  shared_->acceptor.open(here.protocol());
  shared_->acceptor.set_option(Tcp::acceptor::reuse_address(true));
  Error refused;
  shared_->acceptor.bind(here, refused);
  if (!refused) shared_->acceptor.listen(asio::socket_base::max_listen_connections, refused);
  if (refused) throw cannot_listen(port, refused);
  shared_->port = shared_->acceptor.local_endpoint().port();
  accept(shared_);
}

Server::~Server() {
  Error ignored;
  shared_->acceptor.close(ignored);
  shared_->workers.join();
}

unsigned short Server::port() const { return shared_->port; }

void Server::accept(const std::shared_ptr<Shared>& shared) {
  shared->acceptor.async_accept([shared](Error e, Tcp::socket socket) {
    if (e == asio::error::operation_aborted || !shared->acceptor.is_open()) return;
    const auto make_room = [&] {
      if (shared->waiting.empty()) return false;
      shared->waiting.front()->give_way();
      return true;
    };
    if (e) {  // no descriptors, perhaps: not again at once
      if (make_room()) return accept(shared);
      const auto wait = std::make_shared<asio::steady_timer>(shared->io, std::chrono::milliseconds(100));
      return wait->async_wait([shared, wait](Error) { accept(shared); });
    }
    const bool is_full = shared->connections >= shared->limits.connections && !make_room();
    const auto connection = std::make_shared<Connection<Shared>>(shared, std::move(socket));
    // What is refused for want of room is bounded, too.
    if (!is_full) {
      connection->read();
    } else if (shared->connections < 2 * shared->limits.connections) {
      connection->refuse_crowd();
    }
    accept(shared);
  });
}

}  // namespace dosegate::panel
