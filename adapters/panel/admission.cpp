#include "adapters/panel/admission.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/panel/token.h"

namespace dosegate::panel {

namespace http = boost::beast::http;

Answer refusal(http::status status, std::string_view name, std::string_view message) {
  Answer answer;
  answer.status = status;
  answer.body = boost::json::serialize(boost::json::object{{"error", name}, {"message", message}}) + "\n";
  return answer;
}

std::optional<Answer> refuse_stranger(const Request& request, unsigned short port, std::string_view posts) {
  const std::string end = ":" + std::to_string(port);
  const auto is_ours = [&](std::string_view host) {
    return host == "127.0.0.1" + end || host == "localhost" + end || host == "[::1]" + end;
  };
  const auto count = [&](http::field field) {
    const auto [begin, last] = request.equal_range(field);
    return std::distance(begin, last);
  };
  const std::string_view host = request[http::field::host];
  if (count(http::field::host) != 1 || !is_ours(host)) {
    return refusal(http::status::misdirected_request, "WRONG_HOST",
                   "The panel is asked for by the address that it was started with, and by no other name.");
  }
  constexpr std::string_view kScheme = "http://";
  if (const auto origins = count(http::field::origin); origins > 0) {
    const std::string_view origin = request[http::field::origin];
    if (origins > 1 || origin.substr(0, kScheme.size()) != kScheme || origin.substr(kScheme.size()) != host) {
      return refusal(http::status::forbidden, "WRONG_ORIGIN", "Another page asks; the panel answers its own alone.");
    }
  }
  const std::string_view site = request["Sec-Fetch-Site"];
  if (site == "cross-site" || site == "same-site") {
    const bool is_link = request["Sec-Fetch-Mode"] == "navigate" && request["Sec-Fetch-Dest"] == "document";
    if (!is_link) {
      return refusal(http::status::forbidden, "WRONG_ORIGIN", "Another page asks; the panel answers its own alone.");
    }
  }
  if (!posts.empty() && request.target() == posts) {
    if (request.method() != http::verb::post) {
      Answer refused = refusal(http::status::method_not_allowed, "WRONG_METHOD", "A decision is asked for with POST.");
      refused.allow = "POST";
      return refused;
    }
    if (count(http::field::origin) == 0) {
      return refusal(http::status::forbidden, "WRONG_ORIGIN", "A decision is asked for by the panel's own page.");
    }
    if (request[http::field::content_type] != "application/json") {
      return refusal(http::status::unsupported_media_type, "WRONG_TYPE", "A decision is JSON.");
    }
    return std::nullopt;
  }
  if (request.method() != http::verb::get) {
    return refusal(http::status::method_not_allowed, "WRONG_METHOD", "The panel is read with GET alone.");
  }
  if (!request.body().empty()) {
    return refusal(http::status::bad_request, "BODY", "A request to the panel has no body.");
  }
  return std::nullopt;
}

std::optional<Answer> refuse_without_token(const Request& request, std::string_view token) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view given = request[http::field::authorization];
  if (given.empty()) {
    return refusal(http::status::unauthorized, "NO_TOKEN",
                   "The token is missing: open the panel by the whole address that 'dosegate panel' has printed.");
  }
  if (given.substr(0, kScheme.size()) != kScheme || !is_same(given.substr(kScheme.size()), token)) {
    return refusal(http::status::unauthorized, "WRONG_TOKEN",
                   "The token is of another panel: open the whole address that 'dosegate panel' has printed last.");
  }
  return std::nullopt;
}

}  // namespace dosegate::panel
