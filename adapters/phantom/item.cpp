#include "adapters/phantom/item.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace dosegate::phantom {
namespace {

__extension__ using Uint128 = unsigned __int128;

// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ : 64 bits, from a chosen start.
std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

// Only memory running out makes DCMTK refuse one of our own, well-formed values.
void require(const OFCondition& condition, const DcmTagKey& tag) {
  if (condition.good()) return;
  throw std::runtime_error(std::string("DICOM attribute ") + tag.toString().c_str() + ": " + condition.text());
}

}  // namespace

std::string decimal(double value) {
  std::array<char, 64> buffer{};
  const double rounded = std::round(value * 1e6) / 1e6;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded == 0.0 ? 0.0 : rounded,
                                 std::chars_format::fixed, 6);
  std::string out(buffer.data(), end.ptr);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string uid_of(std::string_view text) {
  std::uint64_t high = fnv1a(text, 14695981039346656037ULL);
  std::uint64_t low = fnv1a(text, high ^ 0x9E3779B97F4A7C15ULL);
  // 2.25 takes a UUID (PS3.5 B.2): version 8 (custom), variant 1 (RFC 9562).
  high = (high & ~0xF000ULL) | 0x8000ULL;
  low = (low & ~(3ULL << 62)) | (2ULL << 62);
  Uint128 number = (static_cast<Uint128>(high) << 64) | low;
  std::string digits;
  for (; number != 0; number /= 10) digits.push_back(static_cast<char>('0' + static_cast<int>(number % 10)));
  std::reverse(digits.begin(), digits.end());
  return "2.25." + digits;
}

void Item::text(const DcmTagKey& tag, std::string_view value) {
  require(item_->putAndInsertString(tag, std::string(value).c_str()), tag);
}

void Item::numbers(const DcmTagKey& tag, const std::vector<double>& values) {
  std::string joined;
  for (const double v : values) {
    if (!joined.empty()) joined += '\\';
    joined += decimal(v);
  }
  text(tag, joined);
}

void Item::us(const DcmTagKey& tag, std::uint16_t value) { require(item_->putAndInsertUint16(tag, value), tag); }

void Item::words(const DcmTagKey& tag, const Uint16* values, std::size_t count) {
  require(item_->putAndInsertUint16Array(tag, values, static_cast<unsigned long>(count)), tag);
}

void Item::attribute_tag(const DcmTagKey& tag, const DcmTagKey& value) {
  require(item_->putAndInsertTagKey(tag, value), tag);
}

Item Item::append(const DcmTagKey& sequence) {
  DcmItem* made = nullptr;
  require(item_->findOrCreateSequenceItem(sequence, made, -2), sequence);
  return Item(*made);
}

Item Item::reference(const DcmTagKey& sequence, std::string_view sop_class, std::string_view sop_instance) {
  Item made = append(sequence);
  made.text(DCM_ReferencedSOPClassUID, sop_class);
  made.text(DCM_ReferencedSOPInstanceUID, sop_instance);
  return made;
}

}  // namespace dosegate::phantom
