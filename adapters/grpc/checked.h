// What a case answered to its last check.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "adapters/grpc/documents.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/service.pb.h"

namespace dosegate::rpc {

// One thread at a time.
class Checked {
 public:
  Checked(std::string key, const Report& report) : key_(std::move(key)) {
    *response_.mutable_report() = message_of<v1::Report>(report.json());
    response_.set_report_json(std::string(report.json()));
  }

  // Of the protocol that it was checked against.
  const std::string& key() const { return key_; }
  const v1::CheckCaseResponse& response() const { return response_; }
  // The response as it goes over the wire: written once, however often it is asked for; copies share it. Throws
  // std::length_error where it is too long for a message.
  const grpc::ByteBuffer& bytes() {
    if (bytes_) return *bytes_;
    grpc::ByteBuffer bytes;
    bool is_ours = true;
    if (!grpc::SerializationTraits<v1::CheckCaseResponse>::Serialize(response_, &bytes, &is_ours).ok()) {
      throw std::length_error("The report is too long for one message.");
    }
    return bytes_.emplace(std::move(bytes));
  }

 private:
  const std::string key_;
  v1::CheckCaseResponse response_;
  std::optional<grpc::ByteBuffer> bytes_;
};

}  // namespace dosegate::rpc
