#include "adapters/panel/routes.h"

#include <charconv>
#include <optional>
#include <utility>

#include "adapters/web/panel_assets.h"

namespace dosegate::panel {
namespace {

namespace http = boost::beast::http;

struct UndoOf {
  std::string session;
  std::uint64_t revision = 0;
};

// "session=s1&revision=7", and nothing else.
std::optional<UndoOf> parse_undo(std::string_view query) {
  constexpr std::string_view kSession = "session=", kRevision = "revision=";
  constexpr std::size_t kMostName = 20;
  const std::size_t amp = query.find('&');
  if (amp == std::string_view::npos) return std::nullopt;
  const std::string_view first = query.substr(0, amp), second = query.substr(amp + 1);
  if (!first.starts_with(kSession) || !second.starts_with(kRevision)) return std::nullopt;
  UndoOf undo;
  undo.session = first.substr(kSession.size());
  const std::string_view number = second.substr(kRevision.size());
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), undo.revision);
  if (error != std::errc() || end != number.data() + number.size() || number.empty()) return std::nullopt;
  if (undo.session.empty() || undo.session.size() > kMostName) return std::nullopt;
  return undo;
}

Answer file(std::string type, std::string_view body) {
  Answer answer;
  answer.type = std::move(type);
  answer.body = body;
  return answer;
}

// "plan=UID", and nothing else.
Answer details_of(const HeldPlans& held, std::string_view query) {
  constexpr std::string_view kPlan = "plan=", kUid = "0123456789.";
  constexpr std::size_t kMostUid = 64;
  const std::string_view plan = query.starts_with(kPlan) ? query.substr(kPlan.size()) : "";
  if (plan.empty() || plan.size() > kMostUid || plan.find_first_not_of(kUid) != std::string_view::npos) {
    return refusal(http::status::bad_request, "QUERY", "Asked for is /held?plan=UID.");
  }
  auto json = held.details(plan);
  if (!json) return refusal(http::status::not_found, "NO_SUCH_PLAN", "No such plan is held, or is shown.");
  Answer answer;
  answer.body = std::move(*json);
  return answer;
}

}  // namespace

Handler routes(const Sessions& sessions, std::string token, const HeldPlans* held, Deciding* deciding) {
  return [&sessions, held, deciding, token = std::move(token)](const Request& request) -> Answer {
    const std::string_view target = request.target();
    const std::size_t question = target.find('?');
    const std::string_view path = target.substr(0, question);
    const bool has_query = question != std::string_view::npos;
    if (path == "/undo") {
      if (auto refused = refuse_without_token(request, token)) return *refused;
      const auto asked = parse_undo(has_query ? target.substr(question + 1) : "");
      if (!asked) {
        return refusal(http::status::bad_request, "QUERY", "Asked for is /undo?session=ID&revision=NUMBER.");
      }
      auto json = sessions.undo(asked->session, asked->revision);
      if (!json) return refusal(http::status::not_found, "NO_SUCH_REVISION", "This revision is not kept any more.");
      Answer answer;
      answer.body = std::move(*json);
      return answer;
    }
    if (path == "/held" && held != nullptr) {
      if (auto refused = refuse_without_token(request, token)) return *refused;
      return details_of(*held, has_query ? target.substr(question + 1) : "");
    }
    if (target == kDecide && deciding != nullptr) {
      if (auto refused = refuse_without_token(request, token)) return *refused;
      return deciding->ask(request.body());
    }
    if (path == "/events" && !has_query) {
      if (auto refused = refuse_without_token(request, token)) return *refused;
      Answer answer;
      answer.is_feed = true;
      return answer;
    }
    if (path == "/" && !has_query) return file("text/html; charset=utf-8", web::kPanelPage);
    if (path == "/panel.css" && !has_query) return file("text/css; charset=utf-8", web::kPanelStyles);
    if (path == "/panel.js" && !has_query) return file("text/javascript; charset=utf-8", web::kPanelScript);
    return refusal(http::status::not_found, "NO_SUCH_PAGE", "The panel has no such page.");
  };
}

}  // namespace dosegate::panel
