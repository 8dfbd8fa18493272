#include "adapters/panel/deciding.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "adapters/cli/program.h"
#include "adapters/panel/program_beside.h"
#include "adapters/support/strict_json.h"
#include "adapters/support/temporary_folder.h"
#include "adapters/support/utf8.h"

namespace dosegate::panel {
namespace fs = std::filesystem;
namespace json = boost::json;
namespace http = boost::beast::http;
using support::TemporaryFolder;

namespace {

constexpr std::chrono::seconds kWaiveWithin{10}, kGateWithin{40};
constexpr const char* kGateWaits = "30";  // seconds, for the gate's answer
constexpr int kMostDays = 366;

[[noreturn]] void refuse_decision(const std::string& why) { throw std::runtime_error(why); }

std::string text_of(const json::object& object, std::string_view name, std::size_t most) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) refuse_decision(std::string(name) + " is missing");
  std::string text(value->as_string());
  const bool is_plain = std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
  });
  if (text.find_first_not_of(" \n") == std::string::npos || text.size() > most || !is_plain ||
      !support::is_utf8(text)) {
    refuse_decision(std::string(name) + " is empty, too long or no plain text");
  }
  return text;
}

std::int64_t whole_of(const json::object& object, std::string_view name, std::int64_t least, std::int64_t most) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64() || value->as_int64() < least || value->as_int64() > most) {
    refuse_decision(std::string(name) + " is no number that may be");
  }
  return value->as_int64();
}

Answer refused_by(const Ran& ran, std::string_view name) {
  return refusal(http::status::conflict, name, ran.problem.empty() ? "It was not done." : ran.problem);
}

}  // namespace

Decision parse_decision(std::string_view body) {
  if (const std::string problem = support::problem_of_json(body); !problem.empty()) refuse_decision(problem);
  json::parse_options options;
  options.max_depth = 4;
  const json::value value = json::parse(json::string_view(body.data(), body.size()), {}, options);
  if (!value.is_object()) refuse_decision("it is no object");
  const json::object& object = value.as_object();
  constexpr std::size_t kMostName = 64;
  Decision decision;
  const std::string action = text_of(object, "action", kMostName);
  decision.is_release = action == "release";
  if (!decision.is_release && action != "reject") refuse_decision("action is neither release nor reject");
  decision.plan = text_of(object, "plan", kMostName);
  decision.attempt = text_of(object, "attempt", kMostName);
  decision.reason = text_of(object, "reason", Deciding::kMostReason);
  std::size_t members = 4;
  if (decision.is_release) {
    const json::value* list = object.if_contains("waive");
    if (list == nullptr || !list->is_array() || list->as_array().size() > Deciding::kMostWaived) {
      refuse_decision("waive is no list of rules, or too long");
    }
    for (const json::value& one : list->as_array()) {
      if (!one.is_object() || one.as_object().size() != 2) refuse_decision("waive names no rules");
      decision.waive.push_back({static_cast<std::size_t>(whole_of(one.as_object(), "report", 1, 20)),
                                text_of(one.as_object(), "rule", kMostName)});
    }
    decision.days = static_cast<int>(whole_of(object, "days", 1, kMostDays));
    members += 2;
  }
  if (object.size() != members) refuse_decision("it has a member that nobody asked for");
  return decision;
}

Answer Deciding::ask(std::string_view body) {
  Decision decision;
  try {
    decision = parse_decision(body);
  } catch (const std::exception& e) {
    return refusal(http::status::bad_request, "NO_DECISION", std::string("This is no decision: ") + e.what() + ".");
  }
  const auto plan = held_.find(decision.plan);
  if (!plan) {
    return refusal(http::status::not_found, "NO_SUCH_PLAN", "No such plan is held, or it was decided on already.");
  }
  if (plan->attempt != decision.attempt) {
    return refusal(http::status::conflict, "DECIDED_AGAIN",
                   "The plan was decided on again since it was shown. Look at it again.");
  }
  if (is_busy_.exchange(true)) {
    return refusal(http::status::conflict, "BUSY", "Another decision is being carried out. Ask again when it is done.");
  }
  // Frees it whatever becomes of the answer, also where it is never worked out.
  const std::shared_ptr<void> busy(nullptr, [this](void*) { is_busy_ = false; });
  Answer answer;
  answer.later = [this, decision, busy] {
    try {
      Answer done = decide(decision);
      held_.look_again();
      return done;
    } catch (const std::exception& e) {
      return refusal(http::status::internal_server_error, "NOT_DONE", e.what());
    }
  };
  return answer;
}

Answer Deciding::decide(const Decision& decision) {
  std::vector<std::string> waivers;
  if (!decision.is_release) return run_gate(decision, waivers);
  const fs::path held = held_.queue() / "held" / decision.plan;
  // All that are to count, also of earlier releases.
  if (const auto plan = held_.find(decision.plan)) {
    for (const std::string& waiver : plan->waivers) waivers.push_back((held / ("waiver-" + waiver + ".json")).string());
  }
  // Of waivers on their way from one command to the next.
  const TemporaryFolder folder(TemporaryFolder::usual_parent(), "free space there");
  const DecideAs& as = held_.decide_as();
  for (std::size_t i = 0; i < decision.waive.size(); ++i) {
    const Decision::Waived& waived = decision.waive[i];
    const std::string made = folder / (std::to_string(i) + ".json");
    const Ran ran = run_beside(
        "dosegate-gate",
        {"waive", "--report=" + (held / ("report-" + std::to_string(waived.report) + ".json")).string(),
         "--rule=" + waived.rule, "--person=" + as.person, "--role=" + as.role, "--reason=" + decision.reason,
         "--days=" + std::to_string(decision.days), "--key=" + as.key, "--output=" + made},
        kWaiveWithin, is_over_);
    if (ran.exit_code != 0) return refused_by(ran, "NO_WAIVER");
    waivers.push_back(made);
  }
  return run_gate(decision, waivers);
}

Answer Deciding::run_gate(const Decision& decision, const std::vector<std::string>& waivers) {
  const DecideAs& as = held_.decide_as();
  std::vector<std::string> line = {"gate",
                                   decision.is_release ? "release" : "reject",
                                   decision.plan,
                                   "--queue=" + held_.queue().string(),
                                   "--attempt=" + decision.attempt,
                                   "--person=" + as.person,
                                   "--role=" + as.role,
                                   "--reason=" + decision.reason,
                                   "--key=" + as.key,
                                   std::string("--wait-s=") + kGateWaits};
  for (const std::string& waiver : waivers) line.push_back("--waiver=" + waiver);
  const Ran ran = run_beside("dosegate-dicom-gate", line, kGateWithin, is_over_);
  std::string said = ran.out;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  constexpr int kRefusedByGate = static_cast<int>(cli::Exit::kIncomplete);
  if (ran.exit_code == kRefusedByGate) return refusal(http::status::conflict, "GATE_REFUSED", said);
  if (ran.exit_code != 0) return refused_by(ran, "NOT_DONE");
  Answer answer;
  answer.body = json::serialize(json::object{{"done", true}, {"message", said}}) + "\n";
  return answer;
}

void require_key(const DecideAs& as) {
  const std::atomic<bool> never{false};
  const Ran ran = run_beside("dosegate-gate", {"public-key", "--key=" + as.key}, kWaiveWithin, never);
  if (ran.exit_code != 0) cli::stop("--decide-key " + as.key + ": " + ran.problem);
}

}  // namespace dosegate::panel
