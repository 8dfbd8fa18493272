#include "adapters/dicom/fail.h"

#include <array>
#include <cctype>
#include <charconv>

#include "adapters/dicom/dictionary.h"

namespace dosegate::dicom {
namespace {

// "ROINumber" -> "ROI Number"
std::string spaced(const std::string& keyword) {
  const auto upper = [&](std::size_t i) { return std::isupper(static_cast<unsigned char>(keyword[i])) != 0; };
  std::string out;
  for (std::size_t i = 0; i < keyword.size(); ++i) {
    const bool starts_word = i > 0 && upper(i) && (!upper(i - 1) || (i + 1 < keyword.size() && !upper(i + 1)));
    if (starts_word) out += ' ';
    out += keyword[i];
  }
  return out;
}

}  // namespace

std::string tag_text(Tag tag) {
  if (tag == 0) return "";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string text = "(";
  for (int shift = 28; shift >= 0; shift -= 4) {
    if (shift == 12) text += ',';
    text += kHex[(tag >> static_cast<unsigned>(shift)) & 0xFU];
  }
  text += ')';
  const std::string keyword = keyword_of(tag);
  if (keyword.empty()) return text;
  text += ' ';
  text += spaced(keyword);
  return text;
}

void fail(const std::string& file, Tag tag, std::string message, std::string hint) {
  throw ReadError{file, tag_text(tag), std::move(message), std::move(hint)};
}

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

std::string ReadError::text() const {
  std::string line = file;
  const auto add = [&line](const char* separator, const std::string& part) {
    if (part.empty()) return;
    if (!line.empty()) line += separator;
    line += part;
  };
  add(": ", attribute);
  add(": ", message);
  add("; ", hint);
  return line;
}

}  // namespace dosegate::dicom
