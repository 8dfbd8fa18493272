#include "adapters/dicom/wire/fail.h"

#include <cctype>
#include <utility>

#include "adapters/dicom/wire/dictionary.h"

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
  throw ReadError(file, tag_text(tag), std::move(message), std::move(hint));
}

}  // namespace dosegate::dicom
