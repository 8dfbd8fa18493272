#include "adapters/dicom/wire/attributes.h"

#include "adapters/dicom/wire/charset.h"

namespace dosegate::dicom {
namespace {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out(1, '\'');
  out += plain_utf8(text.substr(0, kLongest));
  out += text.size() > kLongest ? "...'" : "'";
  return out;
}

}  // namespace

const Element* Item::find(Tag tag) const {
  const std::vector<Element>& elements = data_set_->layout().elements;
  const std::size_t end = elements[place_].end;
  for (std::size_t i = place_ + 1; i < end; i = elements[i].end) {
    if (elements[i].tag == tag) return &elements[i];
  }
  return nullptr;
}

std::string_view Item::value(const Element& element) const {
  const auto* first = reinterpret_cast<const char*>(data_set_->bytes().span().data());
  return {first + element.value, element.length};
}

std::optional<std::string_view> Item::bytes(Tag tag, bool* readable) const {
  const Element* element = find(tag);
  if (element == nullptr || element->length == 0) return std::nullopt;
  // Whoever asks knows that the tag holds text; so does implicit VR. A value of unknown VR is as in implicit VR.
  const bool is_text = !element->vr.is_written() || element->vr == kUnknownVr || holds_text(element->vr);
  if (element->is_sequence || !is_text) {
    if (readable != nullptr) *readable = false;
    return std::nullopt;
  }
  std::string_view text = value(*element);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  return text;
}

std::string Item::text(Tag tag) const {
  bool readable = true;
  const auto found = bytes(tag, &readable);
  if (!readable) fail(file(), tag, "holds no text", "the file is damaged; export it again");
  return found ? plain_utf8(trimmed(*found)) : "";
}

std::string Item::code(Tag tag) const {
  std::string found = text(tag);
  for (char& c : found) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return found;
}

std::optional<double> Item::decimal(Tag tag) const {
  const std::vector<double> values = decimals(tag);
  if (values.empty()) return std::nullopt;
  if (values.size() > 1) fail(file(), tag, "has several values where one is expected", "correct it and export again");
  return values.front();
}

std::optional<std::int32_t> Item::integer(Tag tag) const {
  const std::string found = text(tag);
  if (found.empty()) return std::nullopt;
  const auto value = parse_integer(found);
  if (!value) fail(file(), tag, in_quotes(found) + " is not a whole number", "correct it and export again");
  return value;
}

std::optional<std::uint16_t> Item::unsigned_short(Tag tag) const {
  static constexpr Vr kUnsignedShort("US");
  const Element* element = find(tag);
  if (element == nullptr || element->length == 0) return std::nullopt;
  const bool is_unknown = element->vr == kUnknownVr;
  const bool is_short = !element->vr.is_written() || is_unknown || element->vr == kUnsignedShort;
  if (element->is_sequence || !is_short || element->length != sizeof(std::uint16_t)) {
    fail(file(), tag, "is not a single unsigned short number", "correct it and export again");
  }
  // A value of unknown VR is little endian (PS3.5 6.2.2).
  return read_u16(data_set_->bytes().span(), element->value, data_set_->encoding().big_endian && !is_unknown);
}

std::vector<double> Item::decimals(Tag tag) const {
  bool readable = true;
  const auto found = bytes(tag, &readable);
  std::vector<double> values;
  if (!readable) fail(file(), tag, "holds no decimal numbers", "the file is damaged; export it again");
  if (found && !parse_decimals(*found, values)) {
    fail(file(), tag, in_quotes(*found) + " is not a list of finite numbers", "correct it and export again");
  }
  return values;
}

std::vector<Item> Item::sequence(Tag tag) const {
  std::vector<Item> items;
  const Element* sequence = find(tag);
  if (sequence == nullptr || sequence->length == 0) return items;
  if (!sequence->is_sequence) fail(file(), tag, "is not stored as a sequence", "export the object again");
  const std::vector<Element>& elements = data_set_->layout().elements;
  const auto first = static_cast<std::size_t>(sequence - elements.data()) + 1;
  for (std::size_t i = first; i < sequence->end; i = elements[i].end) items.push_back(Item(*data_set_, i));
  return items;
}

}  // namespace dosegate::dicom
