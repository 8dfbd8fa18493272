#include "adapters/grpc/access.h"

#include <grpc/grpc_security_constants.h>

#include <utility>
#include <vector>

#include "adapters/grpc/files.h"
#include "adapters/grpc/status.h"

namespace dosegate::rpc {
namespace {

std::string list(const std::set<v1::ClientRights::Right>& rights) {
  std::string text;
  for (const v1::ClientRights::Right right : rights) {
    text += (text.empty() ? "" : " or ") + v1::ClientRights::Right_Name(right);
  }
  return text;
}

// Over a Unix socket there is no TLS. Whatever else a connection is, its client has a certificate, though a certificate
// without any name is none to IsPeerAuthenticated().
bool is_of_socket(const grpc::ServerContextBase& context) {
  const auto auth = context.auth_context();
  if (!auth) return false;
  const auto types = auth->FindPropertyValues(GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME);
  return types.size() == 1 && types.front() == "insecure";
}

}  // namespace

std::vector<std::string> names_of(const grpc::ServerContextBase& context) {
  std::vector<std::string> names;
  const auto auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return names;
  const auto take = [&](const char* property) {
    for (const grpc::string_ref& name : auth->FindPropertyValues(property)) {
      std::string text = lower_name(std::string(name.data(), name.size()));
      if (problem_of_name(text).empty()) names.push_back(std::move(text));
    }
  };
  take(GRPC_PEER_DNS_PROPERTY_NAME);
  if (auth->FindPropertyValues(GRPC_X509_SAN_PROPERTY_NAME).empty()) take(GRPC_X509_CN_PROPERTY_NAME);
  return names;
}

std::string caller_of(const grpc::ServerContextBase& context) {
  const std::vector<std::string> names = names_of(context);
  if (!names.empty()) return names.front();
  return is_of_socket(context) ? "" : kNobody;
}

Access::Access(const std::string& rights_file) : file_(rights_file), text_(read_small_file(rights_file)) {
  rights_ = parse_rights(text_, file_);
}

void Access::reload() {
  if (file_.empty()) return;
  try {
    std::string text = read_small_file(file_);
    if (text == text_ && !failed_before_) return;
    Rights rights = parse_rights(text, file_);
    text_ = std::move(text);
    failed_before_ = false;
    const std::lock_guard lock(mutex_);
    rights_ = std::move(rights);
    is_closed_ = false;
    ++version_;
  } catch (const std::exception&) {
    // The first time it may be just being written.
    if (failed_before_ && !is_closed_) {
      const std::lock_guard lock(mutex_);
      rights_.clear();
      is_closed_ = true;
      ++version_;
    }
    failed_before_ = true;
    throw;
  }
}

bool Access::has_one(const std::vector<std::string>& names, const std::set<v1::ClientRights::Right>& rights) const {
  if (file_.empty()) return true;
  const std::lock_guard lock(mutex_);
  for (const std::string& name : names) {
    const auto found = rights_.find(name);
    if (found == rights_.end()) continue;
    for (const auto right : rights) {
      if (found->second.count(right) != 0) return true;
    }
  }
  return false;
}

Permit Access::permit(const grpc::ServerContextBase& context, const std::set<v1::ClientRights::Right>& rights) const {
  Permit permit;
  permit.access_ = this;
  permit.state_ = std::make_shared<Permit::State>();
  permit.state_->names = names_of(context);
  permit.state_->rights = rights;
  return permit;
}

bool Permit::holds() const {
  const std::uint64_t version = access_->version();
  if (const std::uint64_t seen = state_->seen; seen / 2 == version) return seen % 2 == 1;
  const bool holds = access_->has_one(state_->names, state_->rights);
  state_->seen = 2 * version + (holds ? 1 : 0);
  return holds;
}

grpc::Status Permit::status() const {
  if (holds()) return grpc::Status::OK;
  if (!access_->is_usable()) {
    return refusal(grpc::StatusCode::PERMISSION_DENIED, "RIGHTS_UNUSABLE",
                   "The server's file of --rights cannot be used; until it can, nobody has a right. Whoever runs the "
                   "server finds the reason in its log.");
  }
  const std::string who = state_->names.empty() ? "A client whose certificate has no name that counts"
                                                : "The client '" + state_->names.front() + "' of this certificate";
  return refusal(grpc::StatusCode::PERMISSION_DENIED, "RIGHT_MISSING",
                 who + " lacks the right " + list(state_->rights) +
                     " for this call. Whoever runs the server adds it to the file of --rights.");
}

}  // namespace dosegate::rpc
