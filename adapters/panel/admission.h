// Which requests the panel's server answers, and what it says to the others.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dosegate::panel {

using Request = boost::beast::http::request<boost::beast::http::string_body>;

struct Answer {
  boost::beast::http::status status = boost::beast::http::status::ok;
  std::string type = "application/json";
  std::string body;
  bool is_feed = false;           // the connection stays, and is told of what changes
  std::string allow = "GET";      // of a method that is not allowed: the one that is
  std::function<Answer()> later;  // works the answer out, on another thread; none: this is it
};

// {"error": "NAME", "message": "..."}
Answer refusal(boost::beast::http::status status, std::string_view name, std::string_view message);

// What every request must have, whatever it asks for: this machine's own name as Host, which a page of another name
// that resolves to us (DNS rebinding) cannot send; no Origin but ours; no body. At the target `posts`, where there is
// one, POST is answered instead, of JSON, and with our Origin, which every browser sends. None: it has. `port`: ours.
std::optional<Answer> refuse_stranger(const Request& request, unsigned short port, std::string_view posts = {});

// And where data are asked for: the token as "Authorization: Bearer ...", which no form, link or picture of another
// page can send, and no cookie carries to other servers of this machine.
std::optional<Answer> refuse_without_token(const Request& request, std::string_view token);

}  // namespace dosegate::panel
