#include "adapters/grpc/access.h"

#include <google/protobuf/util/json_util.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "adapters/cli/repeated_key.h"
#include "adapters/grpc/files.h"
#include "adapters/grpc/status.h"

namespace dosegate::rpc {
namespace {

std::vector<std::string> names_of(const grpc::ServerContextBase& context) {
  std::vector<std::string> names;
  const auto auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return names;
  for (const grpc::string_ref& name : auth->GetPeerIdentity()) names.emplace_back(name.data(), name.size());
  return names;
}

std::string list(const std::set<v1::ClientRights::Right>& rights) {
  std::string text;
  for (const v1::ClientRights::Right right : rights) {
    text += (text.empty() ? "" : " or ") + v1::ClientRights::Right_Name(right);
  }
  return text;
}

}  // namespace

std::string caller_of(const grpc::ServerContextBase& context) {
  const std::vector<std::string> names = names_of(context);
  return names.empty() ? "" : names.front();
}

Access::Access(const std::string& rights_file) : file_(rights_file), text_(read_small_file(rights_file)) {
  rights_ = read(text_, file_);
}

Access::Rights Access::read(const std::string& text, const std::string& file) {
  if (const std::string name = cli::repeated_key(text); !name.empty()) {
    throw std::runtime_error(file + ": \"" + name + "\" is given twice in one object. Keep one.");
  }
  v1::AccessRights from;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &from);
  if (!status.ok()) {
    const std::string why(status.message());  // of several lines: the text and where in it
    throw std::runtime_error(file + ": is no dosegate.v1.AccessRights: " + why.substr(0, why.find('\n')) +
                             R"(. Write {"clients": [{"name": "tps.example", "rights": ["CHECK"]}]}.)");
  }
  Rights rights;
  for (const v1::ClientRights& client : from.clients()) {
    if (client.name().empty()) throw std::runtime_error(file + ": a client has no name.");
    std::set<v1::ClientRights::Right> own;
    for (const int right : client.rights()) {
      if (!v1::ClientRights::Right_IsValid(right) || right == v1::ClientRights::RIGHT_UNSPECIFIED) {
        throw std::runtime_error(file + ": client '" + client.name() +
                                 "' has an unknown right; rights are CHECK, APPROVE and ADMINISTER.");
      }
      own.insert(static_cast<v1::ClientRights::Right>(right));
    }
    if (!rights.emplace(client.name(), std::move(own)).second) {
      throw std::runtime_error(file + ": client '" + client.name() +
                               "' is there twice. Write its rights in one place.");
    }
  }
  return rights;
}

void Access::reload() {
  if (file_.empty()) return;
  std::string text = read_small_file(file_);
  if (text == text_) return;
  text_ = std::move(text);  // said once, when it cannot be used
  Rights rights = read(text_, file_);
  const std::lock_guard lock(mutex_);
  rights_ = std::move(rights);
}

grpc::Status Access::require(const grpc::ServerContextBase& context,
                             const std::set<v1::ClientRights::Right>& rights) const {
  if (file_.empty()) return grpc::Status::OK;
  const std::vector<std::string> names = names_of(context);
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& name : names) {
      const auto found = rights_.find(name);
      if (found == rights_.end()) continue;
      for (const auto right : rights) {
        if (found->second.count(right) != 0) return grpc::Status::OK;
      }
    }
  }
  return refusal(grpc::StatusCode::PERMISSION_DENIED, "RIGHT_MISSING",
                 "The client '" + (names.empty() ? "" : names.front()) + "' of this certificate lacks the right " +
                     list(rights) + " for this call. Whoever runs the server adds it to the file of --rights.");
}

}  // namespace dosegate::rpc
