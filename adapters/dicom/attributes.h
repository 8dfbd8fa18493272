// Attributes of a DICOM item, read strictly: a value that is there but cannot be read is never "absent".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/dicom/decimals.h"
#include "adapters/dicom/file.h"

namespace dosegate::dicom {

// The data set of an object, or an item of one of its sequences. A view: the object stays where it is, and loaded.
class Item {
 public:
  explicit Item(const Object& object) : object_(&object) {}

  const std::string& file() const { return object_->name(); }

  bool has(Tag tag) const { return find(tag) != nullptr; }

  // The bytes of a text attribute without the padding behind them, borrowed from the object. nullopt: absent or empty.
  // `readable` is set to false when the attribute is there and its VR holds no text.
  std::optional<std::string_view> bytes(Tag tag, bool* readable = nullptr) const;

  // The rest throws ReadError where a value is there and cannot be read.
  std::string text(Tag tag) const;  // ASCII without padding (UI, CS); "" when absent
  std::optional<double> decimal(Tag tag) const;
  std::optional<std::int32_t> integer(Tag tag) const;  // IS
  std::optional<std::uint16_t> unsigned_short(Tag tag) const;
  std::vector<double> decimals(Tag tag) const;  // empty: absent
  std::vector<Item> sequence(Tag tag) const;    // empty: absent or no item

 private:
  Item(const Object& object, std::size_t place) : object_(&object), place_(place) {}

  // The first of this tag. nullptr: none.
  const Element* find(Tag tag) const;
  std::string_view value(const Element& element) const;

  const Object* object_;
  std::size_t place_ = 0;  // in the object's list of elements
};

}  // namespace dosegate::dicom
