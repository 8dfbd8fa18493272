#include "adapters/grpc/access.h"

#include <google/protobuf/util/json_util.h>
#include <grpc/grpc_security_constants.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "adapters/grpc/files.h"
#include "adapters/grpc/status.h"
#include "adapters/support/error.h"
#include "adapters/support/repeated_key.h"

namespace dosegate::rpc {
namespace {

// Names of hosts are the same in capitals.
std::string lower_name(std::string name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

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

// One that could match none is a mistake.
void require_name(const std::string& name, const std::string& file) {
  if (name.empty()) throw support::Error(file + ": a client has no name.");
  const std::string problem = problem_of_name(name);
  if (problem.empty()) return;
  const bool is_shown = std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  throw support::Error(file + (is_shown ? ": client '" + name + "': " : ": a client: ") + problem);
}

}  // namespace

std::string problem_of_name(const std::string& name) {
  if (name.empty()) return "its name is empty.";
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return "its name has a control character in it. Write it as the certificate has it.";
  }
  if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x7F; })) {
    return "its name has a letter in it that is not of ASCII. Write the host's name as DNS has it (xn--...).";
  }
  if (name.front() == ' ' || name.back() == ' ') return "its name begins or ends with a blank. Take it away.";
  if (name.back() == '.') return "its name ends with a dot, which certificates leave out. Take it away.";
  // Names are compared whole, as certificates give them.
  if (name.find('*') != std::string::npos) return "names are compared whole, without wildcards. Name each client.";
  return {};
}

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

Rights parse_rights(const std::string& text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    throw support::Error(file, "", "begins with a byte order mark. Save it as UTF-8 without one.", "");
  }
  if (const std::string name = support::repeated_key(text); !name.empty()) {
    throw support::Error(file, "", "\"" + name + "\" is given twice in one object. Keep one.", "");
  }
  v1::AccessRights from;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &from);
  if (!status.ok()) {
    const std::string why(status.message());  // of several lines: the text and where in it
    throw support::Error(file + ": is no dosegate.v1.AccessRights: " + why.substr(0, why.find('\n')) +
                         R"(. Write {"clients": [{"name": "tps.example", "rights": ["CHECK"]}]}.)");
  }
  Rights rights;
  for (const v1::ClientRights& client : from.clients()) {
    require_name(client.name(), file);
    std::set<v1::ClientRights::Right> own;
    for (const int right : client.rights()) {
      if (!v1::ClientRights::Right_IsValid(right) || right == v1::ClientRights::RIGHT_UNSPECIFIED) {
        throw support::Error(file + ": client '" + client.name() +
                             "' has an unknown right; rights are CHECK, APPROVE and ADMINISTER.");
      }
      if (!own.insert(static_cast<v1::ClientRights::Right>(right)).second) {
        throw support::Error(file + ": client '" + client.name() + "' has a right twice. Keep one.");
      }
    }
    if (!rights.emplace(lower_name(client.name()), std::move(own)).second) {
      throw support::Error(file + ": client '" + client.name() + "' is there twice. Write its rights in one place.");
    }
  }
  return rights;
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
