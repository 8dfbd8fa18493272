#include "adapters/grpc/status.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

namespace dosegate::rpc {
namespace {

struct Meaning {
  grpc::StatusCode code;
  const char* reason;
};

Meaning meaning_of(dosegate_status status) {
  switch (status) {
    case DOSEGATE_INVALID_ARGUMENT:
      return {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT"};
    case DOSEGATE_INVALID_DATA:
      return {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_DATA"};
    case DOSEGATE_NOT_FOUND:
      return {grpc::StatusCode::NOT_FOUND, "NOT_FOUND"};
    case DOSEGATE_CANCELLED:
      return {grpc::StatusCode::CANCELLED, "CANCELLED"};
    case DOSEGATE_LIMIT_EXCEEDED:
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED"};
    case DOSEGATE_OUT_OF_MEMORY:
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY"};
    default:
      return {grpc::StatusCode::INTERNAL, "INTERNAL"};
  }
}

}  // namespace

grpc::Status refusal(grpc::StatusCode code, const std::string& reason, const std::string& message,
                     const std::string& field) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kErrorDomain);
  status.add_details()->PackFrom(info);
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(message);
    status.add_details()->PackFrom(bad);
  }
  return grpc::Status(code, (field.empty() ? "" : field + ": ") + message, status.SerializeAsString());
}

grpc::Status refusal(const PluginError& error, const std::string& field) {
  const Meaning meaning = meaning_of(error.status);
  const std::string dot = field.empty() || error.path.empty() ? "" : ".";
  return refusal(meaning.code, meaning.reason, error.message, field + dot + error.path);
}

}  // namespace dosegate::rpc
