// Attributes of a DICOM item, read strictly: a value that is there but cannot be read is never "absent".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/dicom/fail.h"

class DcmItem;

namespace dosegate::dicom {

// A decimal or integer string of DICOM, spaces around it allowed, '+' allowed. Nothing else: no NaN, no
// infinity, no comma. nullopt when it is not one.
std::optional<double> parse_decimal(std::string_view text);
std::optional<std::int32_t> parse_integer(std::string_view text);

// Appends every value of a '\'-separated list; false at the first that is no finite number.
bool parse_decimals(std::string_view text, std::vector<double>& out);

class Item {
 public:
  Item(DcmItem& item, const std::string& file) : item_(&item), file_(&file) {}

  const std::string& file() const { return *file_; }
  DcmItem& raw() const { return *item_; }

  bool has(Tag tag) const;

  // The bytes of a text attribute, borrowed from the item. nullopt: absent or empty. `readable` is set to
  // false when the attribute is there and its VR holds no text.
  std::optional<std::string_view> bytes(Tag tag, bool* readable = nullptr) const;

  // The rest throws ReadError where a value is there and cannot be read.
  std::string text(Tag tag) const;  // ASCII without padding (UI, CS); "" when absent
  std::optional<double> decimal(Tag tag) const;
  std::optional<std::int32_t> integer(Tag tag) const;  // IS
  std::optional<std::uint16_t> unsigned_short(Tag tag) const;
  std::vector<double> decimals(Tag tag) const;  // empty: absent
  std::vector<Item> sequence(Tag tag) const;    // empty: absent or no item

 private:
  DcmItem* item_;
  const std::string* file_;
};

}  // namespace dosegate::dicom
