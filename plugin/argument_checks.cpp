#include "plugin/argument_checks.h"

#include <cstring>
#include <optional>
#include <utility>

#include "core/json/utf8.h"
#include "core/plan/name_in_case.h"
#include "plugin/arguments.h"

namespace dosegate::plugin {
namespace {

// A struct_size beyond this is no struct of ours but garbage.
constexpr std::uint32_t kMaxStruct = 4096;

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t n = utf8_length(text.substr(at));
    if (n == 0) return at;
    at += n;
  }
  return std::nullopt;
}

Error not_utf8(std::string path, std::size_t at) {
  return bad_data(std::move(path),
                  "is not valid UTF-8 at byte " + std::to_string(at + 1) +
                      ". Convert it from its character set (Specific Character Set, 0008,0005) first.");
}

}  // namespace

Error bad_argument(std::string path, std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(path), std::move(message)};
}
Error bad_data(std::string path, std::string message) {
  return Error{ErrorCode::kInvalidData, std::move(path), std::move(message)};
}
Error too_large(std::string path, std::string message) {
  return Error{ErrorCode::kLimitExceeded, std::move(path), std::move(message)};
}

Error bad_enum(const std::string& path, std::int32_t value, std::int32_t last) {
  return bad_argument(path, "is " + std::to_string(value) + "; the values are 1 to " + std::to_string(last) + ".");
}

Result<std::string> read_c_text(const char* text, std::size_t limit, const std::string& path) {
  if (text == nullptr) return std::string();
  const std::size_t size = ::strnlen(text, limit + 1);
  if (size > limit) return too_large(path, "is longer than " + std::to_string(limit) + " bytes.");
  std::string copy(text, size);
  if (const auto at = first_invalid_utf8(copy)) return not_utf8(path, *at);
  return copy;
}

Status check_struct(const void* data, std::uint32_t first, std::uint32_t known, std::size_t alignment,
                    std::string_view path) {
  const std::string field = std::string(path) + ".struct_size";
  if (data == nullptr) return bad_argument(std::string(path), "is NULL.");
  if (!is_aligned(data, alignment)) return bad_argument(std::string(path), "is not aligned.");
  std::uint32_t size = 0;
  std::memcpy(&size, data, sizeof size);
  if (size < first || size > kMaxStruct) {
    return bad_argument(field, "is " + std::to_string(size) + "; ABI version 1 has " + std::to_string(first) +
                                   " bytes here. Set it to the sizeof of the struct.");
  }
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (std::uint32_t i = known; i < size; ++i) {
    if (bytes[i] != 0) {
      return bad_argument(field, "is " + std::to_string(size) + ", and byte " + std::to_string(i) +
                                     " is set: a field that this version of Dosegate does not know. Leave it zero, "
                                     "or install a newer Dosegate.");
    }
  }
  return ok();
}

Result<std::string> read_name(const char* name, const std::string& path) {
  Result<std::string> text = read_c_text(name, kMaxName, path);
  if (!text) return text;
  if (text->size() > kMostNameBytes) return too_large(path, fault_of_name(*text));
  if (std::string fault = fault_of_name(*text); !fault.empty()) return bad_data(path, std::move(fault));
  return text;
}

Result<std::string_view> read_text(dosegate_text text, std::size_t limit, std::string_view path) {
  if (text.size > limit) {
    return too_large(std::string(path), "The document has " + std::to_string(text.size) + " bytes; " +
                                            std::to_string(limit) + " are accepted.");
  }
  if (text.data == nullptr) {
    if (text.size > 0) return bad_argument(std::string(path) + ".data", "is NULL, but size is not 0.");
    return std::string_view();
  }
  const std::string_view view(text.data, text.size);
  if (const auto at = first_invalid_utf8(view)) return not_utf8(std::string(path), *at);
  return view;
}

}  // namespace dosegate::plugin
