// JSON documents of dosegate.v1 to and from messages.
#pragma once

#include <google/protobuf/util/json_util.h>

#include <string>
#include <string_view>

#include "adapters/support/error.h"

namespace dosegate::rpc {

inline std::string json_of(const google::protobuf::Message& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  if (!status.ok()) {
    throw support::Error("a " + message.GetDescriptor()->name() + " cannot be written as JSON");
  }
  return json;
}

// What the engine wrote. Strict: an unknown field means that engine and server do not belong together.
template <typename Message>
Message message_of(std::string_view json) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message, google::protobuf::util::JsonParseOptions());
  if (!status.ok()) {
    throw support::Error("the engine's " + Message::descriptor()->name() +
                         " cannot be read; install the server and dosegate.so of the same version");
  }
  return message;
}

}  // namespace dosegate::rpc
