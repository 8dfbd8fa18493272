// What a case answered to its last check, as a message and as it goes over the wire.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "adapters/grpc/documents.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/service.pb.h"

namespace dosegate::rpc {

// A CheckCaseResponse, written out once; copies of the bytes share them.
struct Written {
  std::string key;  // of the protocol that was checked against
  grpc::ByteBuffer bytes;
};

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
  // Throws std::length_error where it is too long for a message.
  const std::shared_ptr<const Written>& written() {
    if (written_) return written_;
    auto written = std::make_shared<Written>();
    written->key = key_;
    bool is_ours = true;
    if (!grpc::SerializationTraits<v1::CheckCaseResponse>::Serialize(response_, &written->bytes, &is_ours).ok()) {
      throw std::length_error("The report is too long for one message.");
    }
    return written_ = std::move(written);
  }

 private:
  const std::string key_;
  v1::CheckCaseResponse response_;
  std::shared_ptr<const Written> written_;  // null: nobody has asked for it
};

// The answer of a case that nothing changes at this moment. [thread-safe]
class AtHand {
 public:
  void set(std::shared_ptr<const Written> written) {
    const std::lock_guard lock(mutex_);
    written_.swap(written);
  }
  // Null: none by that key.
  std::shared_ptr<const Written> get(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    return written_ && written_->key == key ? written_ : nullptr;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Written> written_;
};

}  // namespace dosegate::rpc
