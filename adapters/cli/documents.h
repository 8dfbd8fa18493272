// JSON documents of dosegate.v1 to and from the generated classes.
#pragma once

#include <google/protobuf/util/json_util.h>

#include <string>
#include <string_view>

#include "adapters/support/error.h"
#include "adapters/support/strict_json.h"

namespace dosegate::cli {

// Strict: what is no JSON, an unknown field or enum name, or a name given twice, is an error. Empty: `message` holds
// the document; else what is wrong.
template <typename Message>
std::string read_document(std::string_view json, Message& message) {
  if (std::string problem = support::problem_of_json(json); !problem.empty()) return problem;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message, options);
  return status.ok() ? std::string() : std::string(status.message());
}

// What the library wrote. Where it is not what this program understands, the versions do not belong together: an Error
// names the document.
template <typename Message>
Message parse_document(std::string_view json) {
  Message message;
  const std::string problem = read_document(json, message);
  if (!problem.empty()) {
    throw support::Error("the library's " + Message::descriptor()->name() + " cannot be read (" + problem +
                         "). Install program and library of the same version");
  }
  return message;
}

template <typename Message>
std::string to_json(const Message& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  if (!status.ok()) {
    throw support::Error("a " + Message::descriptor()->name() + " cannot be written: " + std::string(status.message()));
  }
  return json;
}

}  // namespace dosegate::cli
