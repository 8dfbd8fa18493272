// Writing attributes: DCMTK's calls with a name that says what is put, checked once at the end.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::phantom {

// Decimal text of at most 16 characters (VR DS), six decimals at most, the same in every locale.
std::string decimal(double value);

// A UID under 2.25 from a hash of the text: the same text, the same UID.
std::string uid_of(std::string_view text);

// A view of a dataset or of an item of a sequence.
class Item {
 public:
  explicit Item(DcmItem& item) : item_(&item) {}
  void text(const DcmTagKey& tag, std::string_view value);
  void empty(const DcmTagKey& tag) { text(tag, ""); }  // type 2: present, no value
  void integer(const DcmTagKey& tag, int value) { text(tag, std::to_string(value)); }
  void number(const DcmTagKey& tag, double value) { text(tag, decimal(value)); }
  void numbers(const DcmTagKey& tag, const std::vector<double>& values);
  void us(const DcmTagKey& tag, std::uint16_t value);
  void words(const DcmTagKey& tag, const Uint16* values, std::size_t count);
  void attribute_tag(const DcmTagKey& tag, const DcmTagKey& value);
  // A new item at the end of the sequence, which is made if need be.
  Item append(const DcmTagKey& sequence);
  // An item that references a SOP instance.
  Item reference(const DcmTagKey& sequence, std::string_view sop_class, std::string_view sop_instance);
  DcmItem& raw() { return *item_; }

 private:
  DcmItem* item_;
};

}  // namespace dosegate::phantom
