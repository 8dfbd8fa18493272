#include "adapters/dicom/scan.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace dosegate::dicom {
namespace {

constexpr std::uint32_t kUndefined = 0xFFFFFFFFU;
constexpr Tag kItem = 0xFFFEE000U, kItemEnd = 0xFFFEE00DU, kSequenceEnd = 0xFFFEE0DDU;
constexpr Tag kTransferSyntax = 0x00020010U, kSopClass = 0x00080016U, kPixelData = 0x7FE00010U;
constexpr std::size_t kPreamble = 128;
constexpr std::uint32_t kElementsInItem = 100'000;
// DCMTK sorts attributes into a list; many out of order would take it quadratic time.
constexpr std::uint32_t kDisorderInItem = 1'000;

constexpr const char* kTruncatedHint = "the file is damaged or was cut off; export it again";

std::uint32_t byte_at(Bytes b, std::size_t i) { return std::to_integer<std::uint32_t>(b[i]); }

std::uint32_t u16(Bytes b, std::size_t i, bool big) {
  return big ? byte_at(b, i) << 8U | byte_at(b, i + 1) : byte_at(b, i + 1) << 8U | byte_at(b, i);
}

std::uint32_t u32(Bytes b, std::size_t i, bool big) {
  return big ? u16(b, i, big) << 16U | u16(b, i + 2, big) : u16(b, i + 2, big) << 16U | u16(b, i, big);
}

std::string text_at(Bytes b, std::size_t offset, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(byte_at(b, offset + i));
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text;
}

bool is_vr(std::string_view vr) {
  static constexpr std::array<std::string_view, 34> kVrs = {
      "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV",
      "OW", "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV"};
  return std::find(kVrs.begin(), kVrs.end(), vr) != kVrs.end();
}

bool has_long_length(std::string_view vr) {
  static constexpr std::array<std::string_view, 13> kLong = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                             "SV", "UC", "UN", "UR", "UT", "UV"};
  return std::find(kLong.begin(), kLong.end(), vr) != kLong.end();
}

struct Header {
  Tag tag = 0;
  std::string vr;  // empty: implicit, or an item tag
  std::uint32_t length = 0;
  std::size_t value = 0;  // offset
};

enum class HeaderProblem { kNone, kEndsInside, kNoVr };

HeaderProblem read_header(Bytes b, std::size_t at, std::size_t end, bool explicit_vr, bool big, Header& out) {
  if (end - at < 8) return HeaderProblem::kEndsInside;
  out.tag = u16(b, at, big) << 16U | u16(b, at + 2, big);
  out.vr.clear();
  if (!explicit_vr || out.tag >> 16U == 0xFFFEU) {
    out.length = u32(b, at + 4, big);
    out.value = at + 8;
    return HeaderProblem::kNone;
  }
  out.vr = {static_cast<char>(byte_at(b, at + 4)), static_cast<char>(byte_at(b, at + 5))};
  if (!is_vr(out.vr)) return HeaderProblem::kNoVr;
  if (!has_long_length(out.vr)) {
    out.length = u16(b, at + 6, big);
    out.value = at + 8;
    return HeaderProblem::kNone;
  }
  if (end - at < 12) return HeaderProblem::kEndsInside;
  out.length = u32(b, at + 8, big);
  out.value = at + 12;
  return HeaderProblem::kNone;
}

class Scanner {
 public:
  Scanner(Bytes bytes, const Encoding& encoding, const Limits& limits, const std::string& file)
      : bytes_(bytes), big_(encoding.big_endian), explicit_(encoding.explicit_vr), limits_(limits), file_(file) {}

  Layout run() {
    layout_.header_size = bytes_.size();
    attributes(0, bytes_.size(), Closed::kByLength, explicit_, 0);
    return std::move(layout_);
  }

 private:
  enum class Closed { kByLength, kByDelimiter };
  using Creators = std::map<std::uint32_t, std::string>;  // group and block of private attributes -> their creator

  [[noreturn]] void truncated(Tag tag, std::uint64_t announced, std::uint64_t left) const {
    fail(file_, tag, std::to_string(announced) + " bytes are announced and " + std::to_string(left) + " are there",
         kTruncatedHint);
  }

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

  Header header(std::size_t at, std::size_t end, bool explicit_vr, Tag previous) const {
    Header h;
    switch (read_header(bytes_, at, end, explicit_vr, big_, h)) {
      case HeaderProblem::kNone:
        return h;
      case HeaderProblem::kEndsInside:
        fail(file_, previous, "the data ends inside the attribute after this one", kTruncatedHint);
      case HeaderProblem::kNoVr:
        break;
    }
    fail(file_, h.tag, "has no valid value representation (VR)", "the file is damaged; export it again");
  }

  // Attributes of the data set or of an item, from `at`. Answers the offset behind them.
  std::size_t attributes(std::size_t at, std::size_t end, Closed closed, bool explicit_vr, std::uint32_t depth) {
    const bool top = depth == 0;
    Tag previous = 0;
    Creators creators;
    std::uint32_t in_item = 0, disorder = 0;
    while (at < end) {
      if (top && layout_.has_pixels && only_zeros(at)) return end;  // padded to a block
      const Header h = header(at, end, explicit_vr, previous);
      if (closed == Closed::kByDelimiter && h.tag == kItemEnd) return h.value;
      const std::uint32_t group = h.tag >> 16U;
      if (group < 0x0008U || group == 0xFFFEU || group == 0xFFFFU) {
        fail(file_, h.tag, "does not belong here", "the file is damaged; export it again");
      }
      if (h.tag == previous) fail(file_, h.tag, "appears twice", "the file is damaged; export it again");
      if (h.tag < previous) ++disorder;
      if (++in_item > kElementsInItem || disorder > kDisorderInItem) {
        fail(file_, h.tag, "too many attributes, or too many out of order", "the file is damaged; export it again");
      }
      count(h.tag);
      previous = h.tag;
      if (top && h.tag == kPixelData) {
        layout_.header_size = at;
        layout_.has_pixels = true;
        layout_.pixel_vr = h.vr;
      } else if (top && layout_.has_pixels && h.tag < kPixelData) {
        fail(file_, h.tag, "stands after the pixel data", "the file is damaged; export it again");
      }
      const bool is_creator = group % 2 == 1 && (h.tag & 0xFFFFU) >= 0x10U && (h.tag & 0xFFFFU) <= 0xFFU;
      if (is_creator && !explicit_vr && h.length <= 64 && h.length <= end - h.value) {
        creators[group << 8U | (h.tag & 0xFFU)] = text_at(bytes_, h.value, h.length);
      }
      at = value(h, end, explicit_vr, depth, creators);
    }
    if (closed == Closed::kByDelimiter) {
      fail(file_, previous, "the data ends before the end of the sequence item", kTruncatedHint);
    }
    return at;
  }

  std::size_t value(const Header& h, std::size_t end, bool explicit_vr, std::uint32_t depth, const Creators& creators) {
    if (h.length == kUndefined) {
      if (h.tag == kPixelData && h.vr != "SQ" && h.vr != "UN" && explicit_vr) return fragments(h, end, depth == 0);
      // A value of unknown VR and undefined length is a sequence in implicit VR (PS3.5 6.2.2).
      const bool is_sequence = !explicit_vr || h.vr == "SQ" || h.vr == "UN";
      if (h.vr == "UN") refuse_unknown_vr_in_big_endian(h.tag);
      if (!is_sequence) fail(file_, h.tag, "has no length", "the file is damaged; export it again");
      return items(h, end, Closed::kByDelimiter, explicit_vr && h.vr != "UN", depth);
    }
    if (h.length > end - h.value) truncated(h.tag, h.length, end - h.value);
    const std::size_t behind = h.value + h.length;
    if (h.vr == "UN" && is_sequence_in_dictionary(h.tag, creators)) {
      refuse_unknown_vr_in_big_endian(h.tag);
      items(h, behind, Closed::kByLength, false, depth);
      return behind;
    }
    if (h.tag == kPixelData) {
      if (depth == 0) layout_.pixels = {h.value, h.length};
      return behind;
    }
    if (explicit_vr ? h.vr == "SQ" : is_sequence_in_dictionary(h.tag, creators)) {
      items(h, behind, Closed::kByLength, explicit_vr, depth);
    }
    return behind;
  }

  // Their content would be in the other byte order (PS3.5 6.2.2).
  void refuse_unknown_vr_in_big_endian(Tag tag) const {
    if (big_) fail(file_, tag, "is a sequence of unknown VR in big endian", "export the object in little endian");
  }

  // In implicit VR DCMTK takes the VR from its dictionary, for private attributes by their creator.
  static bool is_sequence_in_dictionary(Tag tag, const Creators& creators) {
    const auto group = static_cast<Uint16>(tag >> 16U), element = static_cast<Uint16>(tag & 0xFFFFU);
    if (DcmTag(group, element).getEVR() == EVR_SQ) return true;
    const auto creator = creators.find(tag >> 8U);
    return creator != creators.end() && DcmTag(group, element, creator->second.c_str()).getEVR() == EVR_SQ;
  }

  std::size_t items(const Header& sequence, std::size_t end, Closed closed, bool explicit_vr, std::uint32_t depth) {
    if (depth >= limits_.sequence_depth) {
      fail(file_, sequence.tag, "sequences are nested more than " + std::to_string(limits_.sequence_depth) + " deep",
           "no RT object needs that; check what this file is");
    }
    std::size_t at = sequence.value;
    while (at < end) {
      Header h;
      if (read_header(bytes_, at, end, false, big_, h) != HeaderProblem::kNone) {
        fail(file_, sequence.tag, "the data ends inside this sequence", kTruncatedHint);
      }
      if (closed == Closed::kByDelimiter && h.tag == kSequenceEnd) return h.value;
      if (h.tag != kItem) {
        fail(file_, sequence.tag, "holds " + tag_text(h.tag) + " where an item should start",
             "the file is damaged; export it again");
      }
      count(sequence.tag);
      if (h.length == kUndefined) {
        at = attributes(h.value, end, Closed::kByDelimiter, explicit_vr, depth + 1);
      } else {
        if (h.length > end - h.value) truncated(sequence.tag, h.length, end - h.value);
        at = attributes(h.value, h.value + h.length, Closed::kByLength, explicit_vr, depth + 1);
      }
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
      if (read_header(bytes_, at, end, false, big_, h) != HeaderProblem::kNone) break;
      if (h.tag == kSequenceEnd) {
        if (top) layout_.encapsulated = true;
        return h.value;
      }
      if (h.tag != kItem || h.length == kUndefined) {
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

// Where nothing says how the data is encoded: it must start with group 0008.
bool recognise(Bytes b, std::size_t at, Encoding& out) {
  if (b.size() < at || b.size() - at < 8) return false;
  out.big_endian = u16(b, at, true) == 0x0008U;
  if (!out.big_endian && u16(b, at, false) != 0x0008U) return false;
  const std::string vr = {static_cast<char>(byte_at(b, at + 4)), static_cast<char>(byte_at(b, at + 5))};
  out.explicit_vr = is_vr(vr);
  return !(out.big_endian && !out.explicit_vr);
}

}  // namespace

Start find_start(Bytes bytes) {
  Start start;
  std::size_t at = 0;
  if (bytes.size() >= kPreamble + 4 && text_at(bytes, kPreamble, 4) == "DICM") {
    at = kPreamble + 4;
    start.is_dicom = true;
  }
  std::string syntax;
  Header h;
  while (at < bytes.size() && read_header(bytes, at, bytes.size(), true, false, h) == HeaderProblem::kNone &&
         h.tag >> 16U == 0x0002U && h.length <= bytes.size() - h.value) {
    start.is_dicom = true;
    if (h.tag == kTransferSyntax) syntax = text_at(bytes, h.value, h.length);
    at = h.value + h.length;
  }
  start.data_set = at;
  start.encoding.transfer_syntax = syntax;
  if (syntax.empty()) {
    if (!recognise(bytes, at, start.encoding)) return start;
    start.is_dicom = true;
    return start;
  }
  start.encoding.explicit_vr = syntax != "1.2.840.10008.1.2";
  start.encoding.big_endian = syntax == "1.2.840.10008.1.2.2";
  start.encoding.deflated = syntax == "1.2.840.10008.1.2.1.99";
  return start;
}

Peek peek_sop_class(Bytes data_set, const Encoding& encoding, bool complete) {
  const Peek::Answer at_end = complete ? Peek::Answer::kAbsent : Peek::Answer::kNeedMore;
  std::size_t at = 0;
  while (at < data_set.size()) {
    Header h;
    const auto problem = read_header(data_set, at, data_set.size(), encoding.explicit_vr, encoding.big_endian, h);
    if (problem == HeaderProblem::kNoVr) return {Peek::Answer::kAbsent, ""};
    if (problem != HeaderProblem::kNone) return {at_end, ""};
    if (h.tag > kSopClass) return {Peek::Answer::kAbsent, ""};
    if (h.length == kUndefined || h.length > data_set.size() - h.value) return {at_end, ""};
    if (h.tag == kSopClass) return {Peek::Answer::kFound, text_at(data_set, h.value, h.length)};
    at = h.value + h.length;
  }
  return {at_end, ""};
}

Layout scan_object(Bytes data_set, const Encoding& encoding, const Limits& limits, const std::string& file) {
  return Scanner(data_set, encoding, limits, file).run();
}

}  // namespace dosegate::dicom
