#include "adapters/dicom/attributes.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcitem.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <charconv>
#include <cmath>

#include "adapters/dicom/charset.h"

namespace dosegate::dicom {
namespace {

DcmTagKey key(Tag tag) { return {static_cast<Uint16>(tag >> 16U), static_cast<Uint16>(tag & 0xFFFFU)}; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

template <typename T>
std::optional<T> parse(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The value of an attribute that was written with VR UN; it is in implicit VR little endian (PS3.5 6.2.2).
std::optional<std::string_view> unknown_bytes(DcmElement& element) {
  Uint8* raw = nullptr;
  if (element.ident() != EVR_UN || element.getLength() == 0) return std::nullopt;
  if (element.getUint8Array(raw).bad() || raw == nullptr) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(raw), element.getLength());
}

// Reads the value again as the sequence that it is, and puts that in its place. The scan has been through it.
// nullptr when DCMTK cannot read it.
DcmElement* replace_by_sequence(DcmItem& item, Tag tag, std::string_view value) {
  std::string encoded;
  for (const std::uint32_t half : {tag >> 16U, tag & 0xFFFFU}) {
    encoded += static_cast<char>(half & 0xFFU);
    encoded += static_cast<char>(half >> 8U);
  }
  for (unsigned shift = 0; shift < 32; shift += 8) encoded += static_cast<char>((value.size() >> shift) & 0xFFU);
  encoded += value;
  DcmInputBufferStream stream;
  stream.setBuffer(encoded.data(), static_cast<offile_off_t>(encoded.size()));
  stream.setEos();
  DcmDataset read;
  read.transferInit();
  const OFCondition status = read.read(stream, EXS_LittleEndianImplicit, EGL_noChange);
  read.transferEnd();
  if (status.bad()) return nullptr;
  DcmElement* sequence = read.remove(key(tag));
  if (sequence == nullptr || sequence->ident() != EVR_SQ || item.insert(sequence, OFTrue).bad()) {
    delete sequence;
    return nullptr;
  }
  return sequence;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out(1, '\'');
  out += printable(text.substr(0, kLongest));
  out += text.size() > kLongest ? "...'" : "'";
  return out;
}

}  // namespace

std::optional<double> parse_decimal(std::string_view text) {
  const auto value = parse<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::optional<std::int32_t> parse_integer(std::string_view text) { return parse<std::int32_t>(text); }

bool parse_decimals(std::string_view text, std::vector<double>& out) {
  text = trimmed(text);
  if (text.empty()) return true;
  for (;;) {
    const std::size_t end = text.find('\\');
    const auto value = parse_decimal(text.substr(0, end));
    if (!value) return false;
    out.push_back(*value);
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool Item::has(Tag tag) const { return item_->tagExists(key(tag)); }

std::optional<std::string_view> Item::bytes(Tag tag, bool* readable) const {
  DcmElement* element = nullptr;
  if (item_->findAndGetElement(key(tag), element).bad() || element == nullptr) return std::nullopt;
  if (element->getLength() == 0) return std::nullopt;
  char* text = nullptr;
  Uint32 size = 0;
  if (element->getString(text, size).good() && element->ident() != EVR_SQ) {
    if (text == nullptr) return std::nullopt;
    return std::string_view(text, size);
  }
  if (const auto raw = unknown_bytes(*element)) return raw;
  if (readable != nullptr) *readable = false;
  return std::nullopt;
}

std::string Item::text(Tag tag) const {
  bool readable = true;
  const auto found = bytes(tag, &readable);
  if (!readable) fail(*file_, tag, "holds no text", "the file is damaged; export it again");
  return found ? printable(trimmed(*found)) : "";
}

std::optional<double> Item::decimal(Tag tag) const {
  const std::vector<double> values = decimals(tag);
  if (values.empty()) return std::nullopt;
  if (values.size() > 1) fail(*file_, tag, "has several values where one is expected", "correct it and export again");
  return values.front();
}

std::optional<std::int32_t> Item::integer(Tag tag) const {
  const std::string found = text(tag);
  if (found.empty()) return std::nullopt;
  const auto value = parse_integer(found);
  if (!value) fail(*file_, tag, in_quotes(found) + " is not a whole number", "correct it and export again");
  return value;
}

std::optional<std::uint16_t> Item::unsigned_short(Tag tag) const {
  DcmElement* element = nullptr;
  if (item_->findAndGetElement(key(tag), element).bad() || element == nullptr || element->getLength() == 0) {
    return std::nullopt;
  }
  Uint16 value = 0;
  if (const auto raw = unknown_bytes(*element); raw && raw->size() == 2) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>((*raw)[0]) | static_cast<unsigned char>((*raw)[1])
                                                                                  << 8U);
  }
  if (element->getVM() != 1 || element->getUint16(value).bad()) {
    fail(*file_, tag, "is not a single unsigned short number", "correct it and export again");
  }
  return value;
}

std::vector<double> Item::decimals(Tag tag) const {
  bool readable = true;
  const auto found = bytes(tag, &readable);
  std::vector<double> values;
  if (!readable) fail(*file_, tag, "holds no decimal numbers", "the file is damaged; export it again");
  if (found && !parse_decimals(*found, values)) {
    fail(*file_, tag, in_quotes(*found) + " is not a list of finite numbers", "correct it and export again");
  }
  return values;
}

std::vector<Item> Item::sequence(Tag tag) const {
  std::vector<Item> items;
  DcmElement* element = nullptr;
  if (item_->findAndGetElement(key(tag), element).bad() || element == nullptr) return items;
  if (const auto raw = unknown_bytes(*element)) element = replace_by_sequence(*item_, tag, *raw);
  auto* sequence = dynamic_cast<DcmSequenceOfItems*>(element);
  if (sequence == nullptr) {
    if (element != nullptr && element->getLength() == 0) return items;
    fail(*file_, tag, "is not stored as a sequence", "export the object again");
  }
  for (DcmObject* next = sequence->nextInContainer(nullptr); next != nullptr; next = sequence->nextInContainer(next)) {
    if (auto* item = dynamic_cast<DcmItem*>(next)) items.emplace_back(*item, *file_);
  }
  return items;
}

}  // namespace dosegate::dicom
