#include "adapters/dicom/foreign.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "adapters/support/utf8.h"

namespace dosegate::dicom {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// The last part of a path, in lower case.
std::string file_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return lower(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

// Behind the last dot; empty without one. A dot in front makes a hidden file, no ending.
std::string ending_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? "" : name.substr(dot + 1);
}

bool is_dicom_ending(const std::string& ending) {
  return ending == "dcm" || ending == "dicom" || ending == "dic" || ending == "ima";
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Forms that say what they are; of packed files only the name tells what they hold.
bool has_foreign_mark(Bytes bytes) {
  using namespace std::string_view_literals;
  static constexpr std::array kMarks = {"%PDF"sv,
                                        "\x89PNG"sv,
                                        "\xFF\xD8\xFF"sv,
                                        "GIF8"sv,
                                        "II*\0"sv,
                                        "MM\0*"sv,
                                        "BM"sv,
                                        "\0\x05\x16\x07"sv,  // AppleDouble
                                        "\x7F"
                                        "ELF"sv,
                                        "SQLite format"sv};
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [text](std::string_view mark) { return text.substr(0, mark.size()) == mark; });
}

// UTF-8 without control characters. What `bytes` cut off at their end is no flaw.
bool is_text(Bytes bytes) {
  if (bytes.empty()) return false;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const bool has_controls = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20U && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  });
  if (has_controls) return false;
  for (int cut = 0; cut < 4 && !text.empty(); ++cut) {
    if (support::is_utf8(text)) return true;
    text.remove_suffix(1);
  }
  return false;
}

}  // namespace

bool may_be_dicom_by_name(std::string_view path) {
  const std::string name = file_name(path), ending = ending_of(name);
  const bool is_hidden = !name.empty() && name.front() == '.';
  if (name.find(".dcm") != std::string::npos || is_dicom_ending(ending)) return true;
  return !is_hidden && (ending.empty() || is_number(ending));
}

bool is_plainly_foreign(std::string_view path, Bytes beginning) {
  const std::string name = file_name(path);
  // What a Macintosh writes beside every file is named like that file.
  const bool is_companion = name.rfind("._", 0) == 0;
  if (has_foreign_mark(beginning)) return is_companion || !is_dicom_ending(ending_of(name));
  if (is_text(beginning)) return !is_dicom_ending(ending_of(name));
  return !may_be_dicom_by_name(path);
}

}  // namespace dosegate::dicom
