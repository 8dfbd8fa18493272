#include "adapters/grpc/engine.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace dosegate::rpc {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kTimesRead = 3;  // as many times its most on the wire a message may take when it is read

}  // namespace

std::string key_of(const v1::ProtocolChoice& choice) {
  switch (choice.choice_case()) {
    case v1::ProtocolChoice::kName:
      return "name " + choice.name();
    case v1::ProtocolChoice::kProtocolJson:
      return "json " + choice.protocol_json();
    case v1::ProtocolChoice::CHOICE_NOT_SET:
      break;
  }
  return "default";
}

Engine::Engine(const Options& options)
    : library_(Library::load(options.manifest)),
      threads_(options.threads),
      keeps_doses_(options.keep_doses),
      most_case_bytes_(options.max_case_mib * kMiB),
      most_message_bytes_(kTimesRead * options.max_message_mib * kMiB),
      budget_(options.max_memory_mib * kMiB),
      clients_({options.max_memory_mib * kMiB, options.max_cases, options.max_calls}, options.client_percent),
      turns_(options.threads),
      memory_(timers_, budget_, running_, [this] { return give_back(); }),
      upload_patience_(options.upload_idle_seconds),
      upload_most_(options.upload_seconds),
      session_patience_(std::chrono::minutes(options.idle_minutes)),
      access_(options.rights.empty() ? std::make_unique<Access>() : std::make_unique<Access>(options.rights)),
      cases_("cases/", options.max_cases, session_patience_),
      sessions_("sessions/", options.max_cases, std::chrono::minutes(options.resume_minutes)) {
  memory_.start();
}

// What is posted still uses the others.
Engine::~Engine() {
  memory_.stop();
  timers_.join();
  turns_.join();
}

// Those that calculated longest ago, a few at a time.
bool Engine::give_back() {
  constexpr std::size_t kAtATime = 4;
  std::vector<std::pair<std::chrono::steady_clock::time_point, std::shared_ptr<HostedCase>>> keeping;
  for (auto& listed : cases_.list()) {
    if (const auto since = listed.thing->keeps_since()) keeping.emplace_back(*since, std::move(listed.thing));
  }
  std::sort(keeping.begin(), keeping.end());
  for (std::size_t i = 0; i < std::min(kAtATime, keeping.size()); ++i) {
    const auto& hosted = keeping[i].second;
    hosted->line().post([hosted] {
      if (hosted->keeps_since()) (void)guarded("", [&] { return hosted->give_back(), grpc::Status::OK; });
    });
  }
  return !keeping.empty();
}

Admitted Engine::admit(const grpc::ServerContextBase& context, const std::set<v1::ClientRights::Right>& rights) {
  Admitted in;
  in.permit = access().permit(context, rights);
  in.status = in.permit.status();
  if (!in.status.ok()) return in;
  bool is_full = false;
  in.call = clients_.begin(clients_.of(caller_of(context)), is_full);
  if (!is_full) return in;
  const Client& client = *in.call.client();
  const bool has_own = client.calls > client.most.calls;
  if (silent_.end_one(has_own ? &client : nullptr)) return in;
  in.status = refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CALLS",
                      has_own ? "This client has " + std::to_string(client.most.calls) +
                                    " calls under way, as many as one client may. Wait for some to end."
                              : "This server has " + std::to_string(clients_.most().calls) +
                                    " calls under way, as many as it may. Try again later.");
  return in;
}

std::shared_ptr<HostedCase> Engine::make_case(std::shared_ptr<Client> client) {
  return std::make_shared<HostedCase>(
      CaseSurroundings{library_, threads_, turns_, budget_, running_, most_case_bytes_, keeps_doses_},
      std::move(client));
}

std::string Engine::keep(const std::shared_ptr<HostedCase>& hosted) {
  const Client& client = *hosted->client();
  for (;;) {
    if (std::string name = cases_.add(hosted, client.name, client.most.cases); !name.empty()) return name;
    const bool has_own = cases_.size_of(client.name) >= client.most.cases;
    const auto lost = sessions_.take_unheld(has_own ? &client.name : nullptr);
    if (!lost) return {};
    cases_.evict(lost->case_name);
  }
}

grpc::Status Engine::too_many_cases(const Client& client) {
  const std::size_t own = cases_.size_of(client.name);
  const std::string many = own >= client.most.cases
                               ? "This client has " + std::to_string(own) + " cases, as many as one client may"
                               : "This server holds " + std::to_string(cases_.size()) + " cases, as many as it may";
  return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CASES",
                 many + ". End sessions and delete cases that are not needed.");
}

Chosen Engine::choose(const v1::ProtocolChoice& choice) const {
  switch (choice.choice_case()) {
    case v1::ProtocolChoice::kName:
      return {builtin(choice.name(), "name"), key_of(choice)};
    case v1::ProtocolChoice::kProtocolJson:
      return {library_.load_protocol(choice.protocol_json()), key_of(choice)};
    case v1::ProtocolChoice::CHOICE_NOT_SET:
      break;
  }
  return {library_.builtin_protocol(), key_of(choice)};
}

Protocol Engine::builtin(const std::string& name, const std::string& field) const {
  constexpr std::string_view kCollection = "protocols/";
  if (name.compare(0, kCollection.size(), kCollection) != 0 || name.size() == kCollection.size() ||
      name.find('\0') != std::string::npos) {
    throw PluginError(DOSEGATE_INVALID_ARGUMENT, field, "is no resource name of a protocol: protocols/ID.");
  }
  try {
    return library_.builtin_protocol(name.substr(kCollection.size()));
  } catch (const PluginError& e) {
    throw PluginError(e.status, field, e.message);
  }
}

}  // namespace dosegate::rpc
