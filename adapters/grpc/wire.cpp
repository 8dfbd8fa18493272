#include "adapters/grpc/wire.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <string>

#include "adapters/grpc/status.h"

namespace dosegate::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormat;
using google::protobuf::io::CodedInputStream;
using Wire = google::protobuf::internal::WireFormatLite;

constexpr int kDeepest = 100;                  // as protobuf itself
constexpr std::uint64_t kOfAllocation = 32;    // what the allocator and the list around a part take
constexpr std::uint64_t kOfUnknown = 64;       // a field that the schema does not have, which is kept
constexpr std::uint64_t kLeftAlone = 1 << 20;  // so much more than on the wire is not taken of the budget

// An empty message, from above: its own size by its fields. Protobuf's SpaceUsedLong() knows it to the byte, but not of
// a prototype in a program that was compiled for ThreadSanitizer, whose layout is another than its library's.
std::uint64_t bytes_of_one(const Descriptor& type) {
  constexpr std::uint64_t kOwn = 64, kOfField = 16, kOfRepeated = 32, kOfMap = 112;
  std::uint64_t bytes = kOwn + kOfAllocation;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    bytes += field.is_map() ? kOfMap : field.is_repeated() ? kOfRepeated : kOfField;
  }
  return bytes;
}

// What a message takes in memory, from what it is on the wire (protobuf.dev, "Encoding").
class Estimate {
 public:
  Estimate(CodedInputStream& in, std::uint64_t most) : in_(in), most_(most) {}

  std::uint64_t bytes() const { return bytes_; }
  // False: it is no message, or takes more than the most; then bytes() says so.
  bool add(const Descriptor* type, int depth) {
    if (type != nullptr) bytes_ += bytes_of_one(*type);
    for (;;) {
      const std::uint32_t tag = in_.ReadTag();
      if (tag == 0) return in_.ConsumedEntireMessage();
      const Wire::WireType wire = Wire::GetTagWireType(tag);
      if (wire == Wire::WIRETYPE_END_GROUP) return depth > 0 && type == nullptr;
      const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByNumber(Wire::GetTagFieldNumber(tag));
      if (!add_field(wire, field, depth) || bytes_ > most_) return false;
    }
  }

 private:
  bool add_field(Wire::WireType wire, const FieldDescriptor* field, int depth) {
    // A field of another kind than the schema's is kept as one that it does not have.
    const bool is_packed = field != nullptr && field->is_packable() && wire == Wire::WIRETYPE_LENGTH_DELIMITED;
    if (field != nullptr && !is_packed && wire != WireFormat::WireTypeForFieldType(field->type())) field = nullptr;
    if (field == nullptr) bytes_ += kOfUnknown;
    std::uint64_t ignored = 0;
    switch (wire) {
      case Wire::WIRETYPE_VARINT:
        bytes_ += sizeof(std::uint64_t);
        return in_.ReadVarint64(&ignored);
      case Wire::WIRETYPE_FIXED64:
        bytes_ += sizeof(std::uint64_t);
        return in_.Skip(sizeof(std::uint64_t));
      case Wire::WIRETYPE_FIXED32:
        bytes_ += sizeof(std::uint64_t);
        return in_.Skip(sizeof(std::uint32_t));
      case Wire::WIRETYPE_LENGTH_DELIMITED:
        return add_part(field, depth);
      case Wire::WIRETYPE_START_GROUP:
        return depth < kDeepest && add(nullptr, depth + 1);
      case Wire::WIRETYPE_END_GROUP:
        break;
    }
    return false;
  }

  bool add_part(const FieldDescriptor* field, int depth) {
    std::uint32_t length = 0;
    if (!in_.ReadVarint32(&length) || length > INT32_MAX) return false;
    const int size = static_cast<int>(length);
    if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (depth >= kDeepest) return false;
      const auto outer = in_.PushLimit(size);
      if (!add(field->message_type(), depth + 1)) return false;
      in_.PopLimit(outer);
      return true;
    }
    const bool is_text = field == nullptr || field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    const bool is_fixed =
        !is_text && (field->type() == FieldDescriptor::TYPE_DOUBLE || field->type() == FieldDescriptor::TYPE_FLOAT);
    // A packed number of one byte may take eight.
    bytes_ += is_text ? length + sizeof(std::string) + kOfAllocation : is_fixed ? length : 8ULL * length;
    return in_.Skip(size);
  }

  CodedInputStream& in_;
  const std::uint64_t most_;
  std::uint64_t bytes_ = 0;
};

grpc::Status unreadable() {
  return refusal(grpc::StatusCode::INVALID_ARGUMENT, "UNREADABLE",
                 "The request is no message of this method. Make it from the .proto files of this server's version.");
}

}  // namespace

grpc::Status read_message(const grpc::ByteBuffer& bytes, const Reading& reading, google::protobuf::Message& into,
                          Budget::Share& share) {
  grpc::ByteBuffer shared = bytes;  // copies no byte
  {
    grpc::ProtoBufferReader reader(&shared);
    CodedInputStream in(&reader);
    Estimate estimate(in, reading.most_bytes);
    const bool is_message = reader.status().ok() && estimate.add(into.GetDescriptor(), 0);
    if (estimate.bytes() > reading.most_bytes) {
      return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE",
                     "The message would take more than " + std::to_string(reading.most_bytes >> 20) +
                         " MiB when it is read: it has very many parts. Send them in several messages.");
    }
    if (!is_message) return unreadable();
    const std::uint64_t more = estimate.bytes() > bytes.Length() ? estimate.bytes() - bytes.Length() : 0;
    if (more > kLeftAlone && reading.budget.take(reading.client, more, share) != Budget::Answer::kTaken) {
      return refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                     "There is no room for the message when it is read: " + std::to_string(more >> 20) +
                         " MiB. Delete cases that are not needed, or send it in parts.");
    }
  }
  grpc::ProtoBufferReader reader(&shared);
  return into.ParseFromZeroCopyStream(&reader) && reader.status().ok() ? grpc::Status::OK : unreadable();
}

void refuse_compression(grpc::ServerBuilder& builder) {
  for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder.SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
}

grpc::Status write_message(const google::protobuf::Message& message, grpc::ByteBuffer& bytes) {
  bool is_ours = true;
  bytes.Clear();
  return grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(message, &bytes, &is_ours);
}

}  // namespace dosegate::rpc
