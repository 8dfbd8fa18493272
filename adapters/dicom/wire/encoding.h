// How a DICOM object is encoded, and the header of one attribute (PS3.5 chapter 7, PS3.10 chapter 7).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "adapters/dicom/wire/fail.h"

namespace dosegate::dicom {

using Bytes = std::span<const std::byte>;

// Of the headers of attributes. Inside a value of unknown VR it is another one than outside.
struct Form {
  bool explicit_vr = false;
  bool big_endian = false;
};

struct Encoding : Form {
  std::string transfer_syntax;  // (0002,0010); empty: not stated, recognised from the data
  bool deflated = false;
};

struct Start {
  bool is_dicom = false;  // a preamble, a file meta group or a data set that starts with group 0008
  Encoding encoding;
  std::size_t data_set = 0;        // offset of the first attribute after the meta group
  std::string media_class;         // (0002,0002); empty: not stated
  Tag repeated = 0;                // an attribute that the meta group holds twice
  bool encoded_otherwise = false;  // the data set is not in the form that the meta group says; `encoding` is its own
};

// Never fails: what cannot be a DICOM file is not. `bytes` may be only the beginning of a file.
Start find_start(Bytes bytes);

// (0008,0016). `complete`: `bytes` hold the whole object.
struct Peek {
  enum class Answer { kFound, kAbsent, kNeedMore } answer = Answer::kAbsent;
  std::string sop_class_uid;
  bool is_repeated = false;  // it stands there a second time, as far as `bytes` can be walked
};
Peek peek_sop_class(Bytes data_set, const Encoding& encoding, bool complete);

// A value representation as it is written; the default, two NUL: none is, in implicit VR and of items.
struct Vr {
  std::array<char, 2> letters{};

  constexpr Vr() = default;
  constexpr explicit Vr(const char (&name)[3]) : letters{name[0], name[1]} {}
  constexpr bool is_written() const { return letters[0] != '\0'; }
  friend constexpr bool operator==(Vr, Vr) = default;
};
inline constexpr Vr kSequenceVr("SQ"), kUnknownVr("UN"), kBytesVr("OB"), kWordsVr("OW");
bool holds_text(Vr vr);

inline constexpr std::uint32_t kUndefinedLength = 0xFFFFFFFFU;
inline constexpr Tag kItemTag = 0xFFFEE000U, kItemEndTag = 0xFFFEE00DU, kSequenceEndTag = 0xFFFEE0DDU;

// Of an attribute, an item or a delimiter.
struct Header {
  Tag tag = 0;
  Vr vr;
  std::uint32_t length = 0;  // of the value, or kUndefinedLength
  std::size_t value = 0;     // offset
};
enum class HeaderProblem { kNone, kEndsInside, kNoVr };

// The header at `at`. Precondition: at <= end <= bytes.size(). The value itself may reach beyond `end`.
HeaderProblem read_header(Bytes bytes, std::size_t at, std::size_t end, Form form, Header& out);

// Two bytes; `at + 2` are there.
std::uint16_t read_u16(Bytes bytes, std::size_t at, bool big_endian);

// "explicit VR little endian"
std::string form_text(Form form);

// Digits and dots, 64 at most (PS3.5 9.1).
bool is_uid(std::string_view text);

// Without the padding behind it.
std::string text_at(Bytes bytes, std::size_t offset, std::size_t size);

}  // namespace dosegate::dicom
