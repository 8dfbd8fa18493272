// What a parser makes of a file: the value of every attribute that Dosegate reads, at its place. Made by Dosegate's
// parser and by DCMTK's, to be compared.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dicom_test {

struct Value {
  std::string text;               // without padding; of a short its number; of a sequence its count of items; of pixels
                                  // the stored values, little endian
  bool is_unreadable = false;     // it is there, in a form that holds no such value
  std::string vr;                 // as written; empty: not
  std::vector<double> numbers{};  // of decimals and integers
  std::string bad_numbers{};      // not empty: why they are none
  bool is_numeric = true;         // false: of a VR that this parser reads no numbers of
};

struct Reading {
  std::string refusal;  // not empty: nothing was read, and why
  // The data set is not in the form that the meta group says. Found by Dosegate's reading.
  bool is_encoded_otherwise = false;
  // The length that the meta group states (0002,0000) is not that of the meta group, or is not there.
  bool is_meta_length_wrong = false;
  bool ends_in_zeros = false;  // the file
  bool is_packed = false;      // its pixels
  // A control byte of packed pixels says that nothing is to be done (PS3.5 G.3.1). Looked for by Dosegate's reading.
  bool has_no_operation = false;
  // By place: "300A0070[0]/300A0071". What is absent or empty has none.
  std::map<std::string, Value> values;
};

// Made once and used for every file: DCMTK's dictionary and decoders.
class Parsers {
 public:
  Parsers();
  ~Parsers();
  Parsers(const Parsers&) = delete;
  Parsers& operator=(const Parsers&) = delete;

  Reading by_dosegate(const std::string& bytes) const;
  Reading by_dcmtk(const std::string& bytes) const;

  // The same work for both, to be timed: the file's structure, and the sum of all numbers of Contour Data (3006,0050).
  double contours_by_dosegate(const std::string& bytes) const;
  double contours_by_dcmtk(const std::string& bytes) const;
};

}  // namespace dicom_test
