#include "adapters/dicom/wire/data_set.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/dicom/wire/fail.h"
#include "adapters/dicom/wire/inflate.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {

DataSet::DataSet(const SharedBytes& raw, std::string name, const Limits& limits)
    : name_(std::move(name)), start_(find_start(raw.span())) {
  if (!start_.is_dicom) fail(name_, 0, "is not a DICOM file", "give DICOM files or folders");
  if (start_.repeated != 0) fail(name_, start_.repeated, "appears twice", "the file is damaged; export it again");
  bytes_ = raw.part(start_.data_set, raw.size() - start_.data_set);
  if (start_.encoding.deflated) {
    Inflated inflated = inflate_bytes(bytes_.span(), limits.inflated_bytes);
    if (!inflated.ended) {
      const bool too_long = inflated.intact && inflated.bytes.size() >= limits.inflated_bytes;
      fail(name_, kTransferSyntax,
           too_long
               ? "the deflated data is longer than the limit of " + std::to_string(limits.inflated_bytes) + " bytes"
               : "the deflated data is damaged or cut off",
           "export the object again, uncompressed");
    }
    // Padding aside, as behind a data set that is not deflated.
    const Bytes behind = bytes_.span().last(inflated.behind);
    if (std::any_of(behind.begin(), behind.end(), [](std::byte b) { return b != std::byte{0}; })) {
      fail(name_, kTransferSyntax, "something else follows behind the deflated data", "export the object again");
    }
    const auto kept = std::make_shared<const std::vector<std::byte>>(std::move(inflated.bytes));
    bytes_ = SharedBytes({kept, kept->data()}, kept->size());
  }
  layout_ = scan_object(bytes_.span(), start_.encoding, limits, name_);
}

}  // namespace dosegate::dicom
