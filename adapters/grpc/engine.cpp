#include "adapters/grpc/engine.h"

#include <string_view>

namespace dosegate::rpc {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

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
      most_case_bytes_(options.max_case_mib * kMiB),
      budget_(options.max_memory_mib * kMiB),
      pool_(options.threads),
      upload_patience_(options.upload_idle_seconds),
      session_patience_(std::chrono::minutes(options.idle_minutes)),
      access_(options.rights.empty() ? std::make_unique<Access>() : std::make_unique<Access>(options.rights)),
      cases_("cases/", options.max_cases, session_patience_),
      sessions_("sessions/", options.max_cases, session_patience_) {}

std::shared_ptr<HostedCase> Engine::make_case() {
  return std::make_shared<HostedCase>(library_, threads_, pool_, budget_, most_case_bytes_);
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
