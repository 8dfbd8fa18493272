// Reading a document by the schema alone, forgiving nothing.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::proto_test {

// Fails the test where the text is not exactly a `Message` in the proto3 JSON mapping: an unknown field, a wrong type.
template <typename Message>
Message parse(std::string_view json) {
  Message message;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  options.case_insensitive_enum_parsing = false;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message, options);
  INFO(json.substr(0, 2000));
  INFO(status.ToString());
  REQUIRE(status.ok());
  return message;
}

template <typename Message>
std::string print(const Message& message) {
  std::string json;
  REQUIRE(google::protobuf::util::MessageToJsonString(message, &json).ok());
  return json;
}

// Fields of the schema, nested ones included, that no part of the message sets.
inline void unset_fields(const google::protobuf::Message& message, const std::string& path,
                         std::vector<std::string>& out) {
  const auto* reflection = message.GetReflection();
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    const std::string name = path + "." + field->name();
    if (field->is_repeated()) {
      const int size = reflection->FieldSize(message, field);
      if (size == 0) out.push_back(name);
      // Sentences hold one of several kinds of argument each, and have a test of their own.
      const bool is_sentence = field->message_type() != nullptr && field->message_type()->name() == "Sentence";
      if (size > 0 && field->message_type() != nullptr && !field->is_map() && !is_sentence) {
        unset_fields(reflection->GetRepeatedMessage(message, field, 0), name, out);
      }
    } else if (!reflection->HasField(message, field)) {
      out.push_back(name);
    } else if (field->message_type() != nullptr) {
      unset_fields(reflection->GetMessage(message, field), name, out);
    }
  }
}

}  // namespace dosegate::proto_test
