#include "adapters/panel/commands.h"

#include <malloc.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "adapters/panel/deciding.h"
#include "adapters/panel/follower.h"
#include "adapters/panel/held_plans.h"
#include "adapters/panel/routes.h"
#include "adapters/panel/server.h"
#include "adapters/panel/sessions.h"
#include "adapters/panel/token.h"
#include "adapters/panel/watch.h"

namespace dosegate::panel {
namespace {

// Revisions come and go for hours, made on one thread: what they leave goes back, and lies in one place.
void keep_memory_flat() {
  constexpr int kKiB = 1 << 10;
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 128 * kKiB);
  ::mallopt(M_TRIM_THRESHOLD, 1024 * kKiB);
}

// What a page is told of the server's sessions, for as long as it lives.
std::unique_ptr<Follower> follow(const Arguments& args, Sessions& sessions, std::string& told) {
  if (args.server.address.empty()) return nullptr;
  v1::FollowSessionsRequest request;
  request.set_curves(true);
  request.set_pictures(true);
  return std::make_unique<Follower>(args.server, request,
                                    Heard{[&](const v1::FollowSessionsResponse& response) { sessions.take(response); },
                                          [&](const std::string& problem) {
                                            sessions.set_connected(problem.empty());
                                            if (std::exchange(told, problem) != problem && !problem.empty())
                                              cli::print_error("--server " + args.server.address + ": " + problem);
                                          }});
}

cli::Exit serve(const Arguments& args, const ServeArguments& how) {
  keep_memory_flat();
  Feed feed;
  Sessions sessions(feed, args.language, how.identifiers);
  std::unique_ptr<HeldPlans> held;
  std::unique_ptr<Deciding> deciding;
  Limits limits;
  if (how.decide_as.is_on()) require_key(how.decide_as);
  if (!how.gate.empty()) {
    held = std::make_unique<HeldPlans>(feed, how.gate, args.language, how.identifiers, how.decide_as,
                                       args.server.address.empty());
  }
  if (how.decide_as.is_on()) {
    deciding = std::make_unique<Deciding>(*held);
    limits.posts = kDecide;
  }
  const std::string token = make_token();
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
  const Server server(io, how.port, feed, routes(sessions, token, held.get(), deciding.get()), limits);
  std::string told;
  const auto follower = follow(args, sessions, told);
  cli::answer("", "http://127.0.0.1:" + std::to_string(server.port()) + "/#" + token + "\n");
  io.run();
  if (deciding) deciding->stop();
  return cli::Exit::kPass;
}

cli::Exit watch(const Arguments& args, const WatchArguments& how) {
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
  Watch shown(args.language, cli::style_for(""));
  v1::FollowSessionsRequest request;
  request.set_session(how.session);
  std::string problem;  // that ends it
  const auto tell = [&](const std::string& text) {
    if (text.empty()) return;
    if (const auto broken = cli::write_stdout(text)) {
      problem = broken->what();
      io.stop();
    }
  };
  {
    const Follower follower(args.server, request,
                            {[&](const v1::FollowSessionsResponse& response) {
                               tell(shown.take(response));
                               if (how.once && response.has_heartbeat()) io.stop();
                             },
                             [&](const std::string& lost) {
                               if (how.once && !lost.empty()) {
                                 problem = "--server " + args.server.address + ": " + lost;
                                 io.stop();
                               }
                               tell(shown.connection(lost));
                             }});
    io.run();
  }
  if (!problem.empty()) cli::stop(problem);
  return cli::Exit::kPass;
}

}  // namespace

cli::Exit run(const Arguments& args) {
  if (const auto* how = std::get_if<ServeArguments>(&args.command)) return serve(args, *how);
  return watch(args, std::get<WatchArguments>(args.command));
}

}  // namespace dosegate::panel
