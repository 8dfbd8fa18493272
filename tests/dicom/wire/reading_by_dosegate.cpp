#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/data_set.h"
#include "adapters/dicom/wire/pixels.h"
#include "adapters/dicom/wire/tags.h"
#include "tests/dicom/wire/attributes_read.h"
#include "tests/dicom/wire/place.h"
#include "tests/dicom/wire/reading.h"

namespace dicom_test {
namespace {

using namespace dosegate::dicom;

// Asks as plan.cpp, structures.cpp and dose.cpp do.
class Asker {
 public:
  explicit Asker(Reading& to) : to_(to) {}

  void ask(const Item& item, const std::string& where) {
    for (const auto& [tag, how] : attributes_read()) {
      if (item.has(tag)) ask(item, tag, how, place_of(where, tag));
    }
  }

 private:
  void ask(const Item& item, Tag tag, How how, const std::string& place) {
    Value value;
    try {
      if (how == How::kSequence) {
        const std::vector<Item> items = item.sequence(tag);
        if (items.empty()) return;
        value.text = std::to_string(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) ask(items[i], item_of(place, i));
      } else if (how == How::kShort) {
        const auto number = item.unsigned_short(tag);
        if (!number) return;
        value.text = std::to_string(*number);
      } else {
        bool is_readable = true;
        const auto bytes = item.bytes(tag, &is_readable);
        if (!bytes && is_readable) return;
        value.is_unreadable = !is_readable;
        if (bytes) value.text = std::string(trimmed(*bytes));
        if (is_readable && value.text.empty()) return;
        if (is_readable && how != How::kText) numbers(item, tag, how, value);
      }
    } catch (const ReadError&) {
      value.is_unreadable = true;
    }
    to_.values.emplace(place, std::move(value));
  }

  static void numbers(const Item& item, Tag tag, How how, Value& value) {
    try {
      if (how == How::kDecimals) {
        value.numbers = item.decimals(tag);
      } else if (const auto number = item.integer(tag)) {
        value.numbers = {static_cast<double>(*number)};
      }
    } catch (const ReadError& error) {
      value.bad_numbers = error.message();
    }
  }

  Reading& to_;
};

void read_pixels_of(const DataSet& data, const Item& item, Reading& to) {
  if (!data.layout().has_pixels) return;
  Value value;
  try {
    PixelShape shape;
    shape.rows = item.unsigned_short(0x00280010U).value_or(0);
    shape.columns = item.unsigned_short(0x00280011U).value_or(0);
    const std::int32_t frames = item.integer(0x00280008U).value_or(1);
    shape.frames = frames > 0 ? static_cast<std::uint32_t>(frames) : 0U;
    shape.bits = item.unsigned_short(0x00280100U).value_or(0);
    if ((shape.bits != 16 && shape.bits != 32) || !is_small(shape.rows, shape.columns, shape.frames)) return;
    const SharedBytes stored = read_pixels(data, shape);
    value.text.assign(reinterpret_cast<const char*>(stored.data()), stored.size());
  } catch (const ReadError&) {
    value.is_unreadable = true;
  }
  to.values.emplace(kPixels, std::move(value));
}

// Of one frame: the control bytes of its segments, one after another.
bool has_no_operation(std::string_view fragment) {
  for (std::size_t at = 64; at < fragment.size();) {
    const auto control = static_cast<unsigned char>(fragment[at]);
    if (control == 128) return true;
    at += control < 128 ? control + 2U : 2U;
  }
  return false;
}

// Of a file with a meta group, whose data set starts at `data_set`.
bool is_meta_length_wrong(const std::string& bytes, std::size_t data_set) {
  constexpr std::size_t kMeta = 132, kValue = 140;
  if (bytes.compare(kMeta - 4, 4, "DICM") != 0 || bytes.size() < kValue + 4) return false;
  std::size_t length = 0;
  for (std::size_t i = 4; i > 0; --i) length = length << 8U | static_cast<unsigned char>(bytes[kValue + i - 1]);
  return bytes.compare(kMeta, 8, std::string("\x02\0\0\0UL\x04\0", 8)) != 0 || length != data_set - kValue - 4;
}

double sum_of_contours(const DataSet& data) {
  double sum = 0.0;
  for (const Item& roi : Item(data).sequence(0x30060039U)) {
    for (const Item& contour : roi.sequence(0x30060040U)) {
      for (const double number : contour.decimals(0x30060050U)) sum += number;
    }
  }
  return sum;
}

SharedBytes shared(const std::string& bytes) {
  NewBytes copy(bytes.size());
  std::memcpy(copy.data(), bytes.data(), bytes.size());
  return std::move(copy).share();
}

}  // namespace

double Parsers::contours_by_dosegate(const std::string& bytes) const {
  return sum_of_contours(DataSet(shared(bytes), "f", Limits()));
}

Reading Parsers::by_dosegate(const std::string& bytes) const {
  Reading reading;
  try {
    Limits limits;
    limits.inflated_bytes = std::uint64_t{1} << 24;
    const DataSet data(shared(bytes), "f", limits);
    const Item item(data);
    Asker(reading).ask(item, "");
    if (bytes.size() > 132) {
      reading.is_meta_length_wrong =
          is_meta_length_wrong(bytes, find_start(std::as_bytes(std::span(bytes.data(), bytes.size()))).data_set);
    }
    reading.ends_in_zeros = bytes.ends_with('\0');
    reading.is_packed = data.layout().encapsulated;
    reading.is_encoded_otherwise = data.is_encoded_otherwise();
    read_pixels_of(data, item, reading);
    for (const Extent& fragment : data.layout().fragments) {
      const auto* first = reinterpret_cast<const char*>(data.bytes().data()) + fragment.offset;
      reading.has_no_operation = reading.has_no_operation || has_no_operation({first, fragment.size});
    }
  } catch (const ReadError& error) {
    reading.values.clear();
    reading.refusal = error.message();
  }
  return reading;
}

}  // namespace dicom_test
