#include "adapters/dicom/wire/charset.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcspchrs.h>
#include <iconv.h>

#include <algorithm>
#include <optional>

#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/decimals.h"
#include "adapters/dicom/wire/dictionary.h"
#include "adapters/dicom/wire/tags.h"
#include "adapters/support/utf8.h"

namespace dosegate::dicom {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
}

std::string from_latin1(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80U) {
      out += c;
    } else {
      out += static_cast<char>(0xC0U | byte >> 6U);
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return out;
}

// C0, DEL and C1 controls: nothing that a terminal or a C string would act on.
std::string without_controls(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20U || byte == 0x7FU) {
      out += kReplacement;
    } else if (byte == 0xC2U && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0U) {
      out += kReplacement;
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

// nullopt where the text is not of that form.
std::optional<std::string> from_form(const char* form, std::string_view text) {
  const iconv_t converter = iconv_open("UTF-8", form);
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string in(text), out(text.size() * 4 + 16, '\0');  // a character takes at least one byte, and becomes at most 4
  char* from = in.data();
  char* to = out.data();
  std::size_t left = in.size(), room = out.size();
  const bool converted = iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
  iconv_close(converter);
  if (!converted || left > 0) return std::nullopt;
  out.resize(out.size() - room);
  return out;
}

// Sets of two bytes that DCMTK over the C library's iconv does not know, and iconv does. ISO 2022 IR 87 and IR 159
// (Japanese) are ISO-2022-JP-2. ISO 2022 IR 58 (Chinese, GB 2312) stands in G1 behind its escape sequence, as in EUC,
// and ASCII in G0 (PS3.3 C.12.1.1.2, PS3.5 annex K).
std::optional<std::string> from_two_bytes(std::string_view text) {
  constexpr std::string_view kGb2312 = "\x1B$)A";
  if (text.find(kGb2312) == std::string_view::npos) return from_form("ISO-2022-JP-2", text);
  std::string rest(text);
  for (std::size_t at = rest.find(kGb2312); at != std::string::npos; at = rest.find(kGb2312, at)) {
    rest.erase(at, kGb2312.size());
  }
  if (rest.find('\x1B') != std::string::npos) return std::nullopt;  // several sets in one text
  return from_form("GB18030", rest);
}

}  // namespace

std::string plain_utf8(std::string_view text) {
  return without_controls(support::is_utf8(text) ? std::string(text) : from_latin1(text));
}

Charset::Charset(const Item& data) {
  const auto declared = data.bytes(kCharacterSet);
  if (!declared) return;
  declared_ = plain_utf8(trimmed(*declared));
  utf8_ = declared_ == "ISO_IR 192";
  if (utf8_ || declared_.empty() || declared_ == "ISO_IR 6") return;
  silence_dcmtk();
  auto converter = std::make_unique<DcmSpecificCharacterSet>();
  if (converter->selectCharacterSet(declared_.c_str()).good()) {
    converter_ = std::move(converter);
  } else {
    for (const char* set : {"ISO 2022 IR 87", "ISO 2022 IR 159", "ISO 2022 IR 58"}) {
      two_bytes_ = two_bytes_ || declared_.find(set) != std::string::npos;
    }
  }
}
Charset::Charset(Charset&&) noexcept = default;
Charset::~Charset() = default;

std::string Charset::to_utf8(std::string_view text) {
  text = trimmed(text);
  const bool escapes = text.find('\x1B') != std::string_view::npos;
  if (escapes && two_bytes_) {
    const auto converted = from_two_bytes(text);
    if (converted && support::is_utf8(*converted)) return without_controls(*converted);
  }
  if (escapes && !converter_) guessed_ = true;
  if (is_ascii(text) && !(converter_ && (escapes || text.find_first_of("\\~") != std::string_view::npos))) {
    return without_controls(std::string(text));
  }
  if (converter_) {
    OFString out;
    const bool converted = converter_->convertString(OFString(text.data(), text.size()), out, "\\^=").good();
    std::string result(out.c_str(), out.size());
    if (converted && support::is_utf8(result)) return without_controls(result);
  }
  if (!utf8_ || !support::is_utf8(text)) guessed_ = true;
  return plain_utf8(text);
}

}  // namespace dosegate::dicom
