#include "adapters/dicom/wire/encoding.h"

#include <algorithm>
#include <vector>

#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

constexpr std::size_t kPreamble = 128;
constexpr Tag kMediaClass = 0x00020002U;
constexpr std::string_view kImplicitSyntax = "1.2.840.10008.1.2";

std::uint32_t byte_at(Bytes b, std::size_t i) { return std::to_integer<std::uint32_t>(b[i]); }

std::uint32_t u16(Bytes b, std::size_t i, bool big) {
  return big ? byte_at(b, i) << 8U | byte_at(b, i + 1) : byte_at(b, i + 1) << 8U | byte_at(b, i);
}

std::uint32_t u32(Bytes b, std::size_t i, bool big) {
  return big ? u16(b, i, big) << 16U | u16(b, i + 2, big) : u16(b, i + 2, big) << 16U | u16(b, i, big);
}

// PS3.5 6.2. Those of a kind share the length of their length field (7.1.2).
constexpr std::array kTextVrs = {Vr("AE"), Vr("AS"), Vr("CS"), Vr("DA"), Vr("DS"), Vr("DT"), Vr("IS"),
                                 Vr("LO"), Vr("LT"), Vr("PN"), Vr("SH"), Vr("ST"), Vr("TM"), Vr("UI")};
constexpr std::array kLongTextVrs = {Vr("UC"), Vr("UR"), Vr("UT")};
constexpr std::array kShortVrs = {Vr("AT"), Vr("FD"), Vr("FL"), Vr("SL"), Vr("SS"), Vr("UL"), Vr("US")};
constexpr std::array kLongVrs = {Vr("OB"), Vr("OD"), Vr("OF"), Vr("OL"), Vr("OV"),
                                 Vr("OW"), Vr("SQ"), Vr("SV"), Vr("UN"), Vr("UV")};

template <std::size_t N>
bool contains(const std::array<Vr, N>& list, Vr vr) {
  return std::find(list.begin(), list.end(), vr) != list.end();
}
bool has_long_length(Vr vr) { return contains(kLongVrs, vr) || contains(kLongTextVrs, vr); }
bool is_vr(Vr vr) { return contains(kTextVrs, vr) || contains(kShortVrs, vr) || has_long_length(vr); }

Vr vr_at(Bytes b, std::size_t at) {
  Vr vr;
  vr.letters = {static_cast<char>(byte_at(b, at)), static_cast<char>(byte_at(b, at + 1))};
  return vr;
}

// Where nothing says how the data is encoded: it must start with group 0008.
bool recognise(Bytes b, std::size_t at, Form& out) {
  if (b.size() < at || b.size() - at < 8) return false;
  out.big_endian = u16(b, at, true) == 0x0008U;
  if (!out.big_endian && u16(b, at, false) != 0x0008U) return false;
  out.explicit_vr = is_vr(vr_at(b, at + 4));
  return !(out.big_endian && !out.explicit_vr);
}

}  // namespace

bool holds_text(Vr vr) { return contains(kTextVrs, vr) || contains(kLongTextVrs, vr); }

std::uint16_t read_u16(Bytes bytes, std::size_t at, bool big_endian) {
  return static_cast<std::uint16_t>(u16(bytes, at, big_endian));
}

std::string text_at(Bytes b, std::size_t offset, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(b.data()) + offset, size);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text;
}

HeaderProblem read_header(Bytes b, std::size_t at, std::size_t end, Form form, Header& out) {
  const bool big = form.big_endian;
  if (end - at < 8) return HeaderProblem::kEndsInside;
  out.tag = u16(b, at, big) << 16U | u16(b, at + 2, big);
  out.vr = Vr();
  if (!form.explicit_vr || out.tag >> 16U == 0xFFFEU) {
    out.length = u32(b, at + 4, big);
    out.value = at + 8;
    return HeaderProblem::kNone;
  }
  out.vr = vr_at(b, at + 4);
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

std::string form_text(Form form) {
  return std::string(form.explicit_vr ? "explicit" : "implicit") + " VR " + (form.big_endian ? "big" : "little") +
         " endian";
}

bool is_uid(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  return !text.empty() && text.size() <= kLongest && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

Start find_start(Bytes bytes) {
  Start start;
  std::size_t at = 0;
  Form meta = {.explicit_vr = true, .big_endian = false};
  Header h;
  if (bytes.size() >= kPreamble + 4 && text_at(bytes, kPreamble, 4) == "DICM") {
    at = kPreamble + 4;
    start.is_dicom = true;
    // By the standard the meta group is in explicit VR; some programs write it in implicit VR.
    meta.explicit_vr = read_header(bytes, at, bytes.size(), meta, h) != HeaderProblem::kNoVr;
  }
  std::string syntax;
  std::vector<bool> seen;  // by element number
  while (at < bytes.size() && read_header(bytes, at, bytes.size(), meta, h) == HeaderProblem::kNone &&
         h.tag >> 16U == 0x0002U && h.length <= bytes.size() - h.value) {
    start.is_dicom = true;
    seen.resize(0x10000);
    if (seen[h.tag & 0xFFFFU]) start.repeated = h.tag;
    seen[h.tag & 0xFFFFU] = true;
    if (h.tag == kTransferSyntax) syntax = text_at(bytes, h.value, h.length);
    if (h.tag == kMediaClass) start.media_class = text_at(bytes, h.value, h.length);
    at = h.value + h.length;
  }
  start.data_set = at;
  start.encoding.transfer_syntax = syntax;
  Form found;
  const bool is_recognised = recognise(bytes, at, found);
  if (syntax.empty()) {
    start.is_dicom = start.is_dicom || is_recognised;
    if (is_recognised) static_cast<Form&>(start.encoding) = found;
    return start;
  }
  start.encoding.explicit_vr = syntax != kImplicitSyntax;
  start.encoding.big_endian = syntax == "1.2.840.10008.1.2.2";
  start.encoding.deflated = syntax == "1.2.840.10008.1.2.1.99";
  // What the data set shows goes before what the meta group says: a first attribute of group 0008 with a VR is no
  // accident, and neither is one without.
  const Form said = start.encoding;
  start.encoded_otherwise = is_recognised && (start.encoding.deflated || said.explicit_vr != found.explicit_vr ||
                                              said.big_endian != found.big_endian);
  if (start.encoded_otherwise) {
    static_cast<Form&>(start.encoding) = found;
    start.encoding.deflated = false;
  }
  return start;
}

Peek peek_sop_class(Bytes data_set, const Encoding& encoding, bool complete) {
  Peek peek;
  bool is_beyond = false;  // where it stands in an object that is in order
  std::size_t at = 0;
  while (at < data_set.size()) {
    Header h;
    const auto problem = read_header(data_set, at, data_set.size(), encoding, h);
    if (problem == HeaderProblem::kNoVr) return peek;
    if (problem != HeaderProblem::kNone) break;
    is_beyond = is_beyond || h.tag > kSopClass;
    if (h.length == kUndefinedLength || h.length > data_set.size() - h.value) break;
    if (h.tag == kSopClass) {
      peek.is_repeated = peek.answer == Peek::Answer::kFound;
      if (peek.is_repeated) return peek;
      peek.answer = Peek::Answer::kFound;
      peek.sop_class_uid = text_at(data_set, h.value, h.length);
    }
    at = h.value + h.length;
  }
  const bool ends_early = peek.answer == Peek::Answer::kAbsent && !is_beyond && !complete;
  if (ends_early) peek.answer = Peek::Answer::kNeedMore;
  return peek;
}

}  // namespace dosegate::dicom
