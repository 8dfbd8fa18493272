// Attributes of a DICOM item, read strictly: a value that is there but cannot be read is never "absent".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/dicom/wire/data_set.h"
#include "adapters/dicom/wire/decimals.h"
#include "adapters/dicom/wire/fail.h"

namespace dosegate::dicom {

// A data set, or an item of one of its sequences. A view: the data set stays where it is, and keeps its bytes.
class Item {
 public:
  explicit Item(const DataSet& data_set) : data_set_(&data_set) {}

  const std::string& file() const { return data_set_->name(); }

  bool has(Tag tag) const { return find(tag) != nullptr; }

  // The bytes of a text attribute without the padding behind them, borrowed from the data set. nullopt: absent or
  // empty. `readable` is set to false when the attribute is there and its VR holds no text.
  std::optional<std::string_view> bytes(Tag tag, bool* readable = nullptr) const;

  // The rest throws ReadError where a value is there and cannot be read.
  std::string text(Tag tag) const;  // ASCII without padding (UI, CS); "" when absent
  std::string code(Tag tag) const;  // text in capitals, as the standard has coded strings (CS)
  std::optional<double> decimal(Tag tag) const;
  std::optional<std::int32_t> integer(Tag tag) const;  // IS
  std::optional<std::uint16_t> unsigned_short(Tag tag) const;
  std::vector<double> decimals(Tag tag) const;  // empty: absent
  std::vector<Item> sequence(Tag tag) const;    // empty: absent or no item

 private:
  Item(const DataSet& data_set, std::size_t place) : data_set_(&data_set), place_(place) {}

  // The first of this tag. nullptr: none.
  const Element* find(Tag tag) const;
  std::string_view value(const Element& element) const;

  const DataSet* data_set_;
  std::size_t place_ = 0;  // in its list of elements
};

}  // namespace dosegate::dicom
