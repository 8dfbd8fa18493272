#include "adapters/dicom/wire/scan.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/dicom/wire/dictionary.h"
#include "adapters/dicom/wire/sequence_tags.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

// Looking up is linear in an item's attributes, and each is looked up a few times.
constexpr std::uint32_t kElementsInItem = 100'000;
// No exporter writes them in disorder; a file of noise does.
constexpr std::uint32_t kDisorderInItem = 1'000;

constexpr const char* kTruncatedHint = "the file is damaged or was cut off; export it again";

class Scanner {
 public:
  Scanner(Bytes bytes, const Encoding& encoding, const Limits& limits, const std::string& file)
      : bytes_(bytes), big_(encoding.big_endian), explicit_(encoding.explicit_vr), limits_(limits), file_(file) {}

  Layout run() {
    const std::size_t data_set = open({kItemTag, Vr(), kUndefinedLength, 0});
    attributes(0, bytes_.size(), Closed::kByLength, explicit_, 0);
    close(data_set);
    return std::move(layout_);
  }

 private:
  enum class Closed { kByLength, kByDelimiter };
  using Creators = std::map<std::uint32_t, std::string>;  // group and block of private attributes -> their creator

  [[noreturn]] void truncated(Tag tag, std::uint64_t announced, std::uint64_t left) const {
    fail(file_, tag, std::to_string(announced) + " bytes are announced and " + std::to_string(left) + " are there",
         kTruncatedHint);
  }

  // Appends to the list; answers the place. Everything appended before it is closed is inside it.
  std::size_t open(const Header& h) {
    layout_.elements.push_back({h.tag, h.vr, false, h.length, 0, h.value});
    return layout_.elements.size() - 1;
  }
  void close(std::size_t place) { layout_.elements[place].end = static_cast<std::uint32_t>(layout_.elements.size()); }

  void count(Tag tag) {
    if (++elements_ > limits_.elements) {
      fail(file_, tag, "more than " + std::to_string(limits_.elements) + " attributes",
           "a plan, structure set or dose has far fewer; check what this file is");
    }
  }

  bool only_zeros(std::size_t at) const {
    return std::all_of(bytes_.begin() + static_cast<std::ptrdiff_t>(at), bytes_.end(),
                       [](std::byte b) { return b == std::byte{0}; });
  }

  // Attributes of one item, as long as their tags do not descend, cannot repeat one but the last: what stands before is
  // gathered where they do.
  void refuse_repeated(Tag tag, std::size_t item, std::set<Tag>& seen) const {
    if (seen.empty()) {
      for (std::size_t i = item + 1; i < layout_.elements.size(); i = layout_.elements[i].end) {
        seen.insert(layout_.elements[i].tag);
      }
    }
    if (seen.insert(tag).second) return;
    fail(file_, tag, "appears twice in one data set or item, so it is not known which of the two values holds",
         "the file is damaged; export it again");
  }

  Header header(std::size_t at, std::size_t end, bool explicit_vr, Tag previous) const {
    Header h;
    switch (read_header(bytes_, at, end, {explicit_vr, big_}, h)) {
      case HeaderProblem::kNone:
        return h;
      case HeaderProblem::kEndsInside:
        fail(file_, previous, "the data ends inside the attribute after this one", kTruncatedHint);
      case HeaderProblem::kNoVr:
        break;
    }
    fail(file_, h.tag,
         "has no valid value representation (VR), at byte " + std::to_string(at + 1) +
             " of the data set: something else than an attribute follows after " +
             (previous == 0 ? std::string("its beginning") : tag_text(previous)),
         "the file is damaged; export it again");
  }

  // Attributes of the data set or of an item, from `at`. Answers the offset behind them.
  std::size_t attributes(std::size_t at, std::size_t end, Closed closed, bool explicit_vr, std::uint32_t depth) {
    const bool top = depth == 0;
    const std::size_t item = layout_.elements.size() - 1;  // whose attributes these are
    Tag previous = 0, highest = 0;
    std::set<Tag> seen;  // empty as long as the tags ascend
    Creators creators;
    std::uint32_t in_item = 0, disorder = 0;
    while (at < end) {
      if (top && at > 0 && only_zeros(at)) return end;  // padded to a block
      const Header h = header(at, end, explicit_vr, previous);
      if (closed == Closed::kByDelimiter && h.tag == kItemEndTag) return h.value;
      const std::uint32_t group = h.tag >> 16U;
      if (group < 0x0008U || group == 0xFFFEU || group == 0xFFFFU) {
        fail(file_, h.tag, "does not belong here", "the file is damaged; export it again");
      }
      if (h.tag <= highest || !seen.empty()) refuse_repeated(h.tag, item, seen);
      highest = std::max(highest, h.tag);
      if (h.tag < previous) ++disorder;
      if (++in_item > kElementsInItem || disorder > kDisorderInItem) {
        fail(file_, h.tag, "too many attributes, or too many out of order", "the file is damaged; export it again");
      }
      count(h.tag);
      previous = h.tag;
      if (top && h.tag == kPixelData) {
        layout_.has_pixels = true;
        layout_.pixel_vr = h.vr;
      } else if (top && layout_.has_pixels && h.tag < kPixelData) {
        fail(file_, h.tag, "stands after the pixel data", "the file is damaged; export it again");
      }
      const bool is_creator = group % 2 == 1 && (h.tag & 0xFFFFU) >= 0x10U && (h.tag & 0xFFFFU) <= 0xFFU;
      if (is_creator && !explicit_vr && h.length <= 64 && h.length <= end - h.value) {
        creators[group << 8U | (h.tag & 0xFFU)] = text_at(bytes_, h.value, h.length);
      }
      const std::size_t place = open(h);
      at = value(h, end, explicit_vr, depth, creators);
      close(place);
    }
    if (closed == Closed::kByDelimiter) {
      fail(file_, previous, "the data ends before the end of the sequence item", kTruncatedHint);
    }
    return at;
  }

  std::size_t value(const Header& h, std::size_t end, bool explicit_vr, std::uint32_t depth, const Creators& creators) {
    if (h.length == kUndefinedLength) {
      const bool has_items = h.vr == kSequenceVr || h.vr == kUnknownVr;
      const bool may_be_packed = h.vr == kBytesVr || h.vr == kWordsVr;  // PS3.5 A.4
      if (h.tag == kPixelData && may_be_packed && explicit_vr) return fragments(h, end, depth == 0);
      // A value of unknown VR and undefined length is a sequence in implicit VR (PS3.5 6.2.2).
      const bool is_sequence = explicit_vr ? has_items : may_be_sequence(h.tag, creators);
      if (h.vr == kUnknownVr) refuse_unknown_vr_in_big_endian(h.tag);
      if (!is_sequence) fail(file_, h.tag, "has no length", "the file is damaged; export it again");
      return items(h, end, Closed::kByDelimiter, explicit_vr && h.vr != kUnknownVr, depth);
    }
    if (h.length > end - h.value) truncated(h.tag, h.length, end - h.value);
    const std::size_t behind = h.value + h.length;
    if (h.vr == kUnknownVr && is_known_sequence(h.tag, creators)) {
      refuse_unknown_vr_in_big_endian(h.tag);
      items(h, behind, Closed::kByLength, false, depth);
      return behind;
    }
    if (h.tag == kPixelData) {
      if (depth == 0) layout_.pixels = {h.value, h.length};
      return behind;
    }
    if (explicit_vr ? h.vr == kSequenceVr : is_known_sequence(h.tag, creators)) {
      items(h, behind, Closed::kByLength, explicit_vr, depth);
    }
    return behind;
  }

  // Their content would be in the other byte order (PS3.5 6.2.2).
  void refuse_unknown_vr_in_big_endian(Tag tag) const {
    if (big_) fail(file_, tag, "is a sequence of unknown VR in big endian", "export the object in little endian");
  }

  // Implicit VR does not say what is a sequence; private attributes are known by their creator.
  static bool is_known_sequence(Tag tag, const Creators& creators) {
    if (is_standard_sequence(tag)) return true;
    const auto creator = creators.find(tag >> 8U);
    return creator != creators.end() && known_as(tag, creator->second) == Known::kSequence;
  }

  // Only a sequence may go without a length; an attribute that nobody knows is taken for one.
  static bool may_be_sequence(Tag tag, const Creators& creators) {
    if (tag == kPixelData || is_standard_sequence(tag)) return true;
    const auto creator = creators.find(tag >> 8U);
    return known_as(tag, creator == creators.end() ? "" : creator->second) != Known::kOther;
  }

  std::size_t items(const Header& sequence, std::size_t end, Closed closed, bool explicit_vr, std::uint32_t depth) {
    if (depth >= limits_.sequence_depth) {
      fail(file_, sequence.tag, "sequences are nested more than " + std::to_string(limits_.sequence_depth) + " deep",
           "no RT object needs that; check what this file is");
    }
    layout_.elements.back().is_sequence = true;  // the one that value() was called for
    std::size_t at = sequence.value;
    while (at < end) {
      Header h;
      if (read_header(bytes_, at, end, {false, big_}, h) != HeaderProblem::kNone) {
        fail(file_, sequence.tag, "the data ends inside this sequence", kTruncatedHint);
      }
      if (closed == Closed::kByDelimiter && h.tag == kSequenceEndTag) return h.value;
      if (h.tag != kItemTag) {
        fail(file_, sequence.tag, "holds " + tag_text(h.tag) + " where an item should start",
             "the file is damaged; export it again");
      }
      count(sequence.tag);
      const std::size_t item = open(h);
      if (h.length == kUndefinedLength) {
        at = attributes(h.value, end, Closed::kByDelimiter, explicit_vr, depth + 1);
      } else {
        if (h.length > end - h.value) truncated(sequence.tag, h.length, end - h.value);
        at = attributes(h.value, h.value + h.length, Closed::kByLength, explicit_vr, depth + 1);
      }
      close(item);
    }
    if (closed == Closed::kByDelimiter) {
      fail(file_, sequence.tag, "the data ends before the end of this sequence", kTruncatedHint);
    }
    return at;
  }

  std::size_t fragments(const Header& pixels, std::size_t end, bool top) {
    std::size_t at = pixels.value;
    while (at < end) {
      Header h;
      if (read_header(bytes_, at, end, {false, big_}, h) != HeaderProblem::kNone) break;
      if (h.tag == kSequenceEndTag) {
        if (top) layout_.encapsulated = true;
        return h.value;
      }
      if (h.tag != kItemTag || h.length == kUndefinedLength) {
        fail(file_, pixels.tag, "a compressed fragment does not start where it should",
             "the file is damaged; export it again");
      }
      if (h.length > end - h.value) truncated(pixels.tag, h.length, end - h.value);
      count(pixels.tag);
      if (top) layout_.fragments.push_back({h.value, h.length});
      at = h.value + h.length;
    }
    fail(file_, pixels.tag, "the data ends before the end of the compressed pixel data", kTruncatedHint);
  }

  Bytes bytes_;
  bool big_, explicit_;
  const Limits& limits_;
  const std::string& file_;
  std::uint64_t elements_ = 0;
  Layout layout_;
};

}  // namespace

Layout scan_object(Bytes data_set, const Encoding& encoding, const Limits& limits, const std::string& file) {
  return Scanner(data_set, encoding, limits, file).run();
}

}  // namespace dosegate::dicom
