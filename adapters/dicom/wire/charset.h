// Text of DICOM attributes as UTF-8.
#pragma once

#include <memory>
#include <string>
#include <string_view>

class DcmSpecificCharacterSet;

namespace dosegate::dicom {

class Item;

// Never fails. Declared character sets (PS3.3 C.12.1.1.2) are converted by DCMTK. Where that does not work, or
// none is declared and the text is not ASCII: text that is valid UTF-8 is taken as it is, other text as
// ISO-8859-1, and guessed() is true from then on. Padding is removed; control characters become U+FFFD.
class Charset {
 public:
  explicit Charset(const Item& data);  // by its (0008,0005)
  Charset(Charset&&) noexcept;
  ~Charset();

  std::string to_utf8(std::string_view text);
  bool guessed() const { return guessed_; }
  const std::string& declared() const { return declared_; }

 private:
  std::string declared_;
  std::unique_ptr<DcmSpecificCharacterSet> converter_;  // null: ASCII, UTF-8 or unknown
  bool utf8_ = false;
  bool two_bytes_ = false;  // see charset.cpp
  bool guessed_ = false;
};

// The same guess for any bytes, as file names are.
std::string plain_utf8(std::string_view text);

}  // namespace dosegate::dicom
