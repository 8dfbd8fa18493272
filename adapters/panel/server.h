// The panel's HTTP server, on the loopback address alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "adapters/panel/admission.h"
#include "adapters/panel/feed.h"

namespace dosegate::panel {

// What a connection may cost.
struct Limits {
  unsigned header_bytes = 8192;
  unsigned body_bytes = 8192;
  std::size_t connections = 64;              // at a time, those of feeds included
  std::size_t feeds = 16;                    // at a time
  std::chrono::milliseconds request{10000};  // for a whole request, from the connection's or the last answer's end on
  std::chrono::milliseconds write{10000};    // for what is written at a time
  std::chrono::milliseconds tick{2000};      // after which a silent feed says that it is alive
  std::string posts;                         // the one target that POST is answered at; empty: none is
};

// What is answered to a request that is no stranger's; refusals included.
using Handler = std::function<Answer(const Request&)>;

class Server {
 public:
  // What is worked out later is waited for when it goes. `feed` and what `handler` knows outlive `io`, which
  // connections end with at the latest. Listens on 127.0.0.1; port 0: a free one. Throws boost::system::system_error
  // where it cannot.
  Server(boost::asio::io_context& io, unsigned short port, Feed& feed, Handler handler, const Limits& limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  unsigned short port() const;

 private:
  struct Shared;
  static void accept(const std::shared_ptr<Shared>& shared);

  const std::shared_ptr<Shared> shared_;
};

}  // namespace dosegate::panel
