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
};

struct Reading {
  std::string refusal;  // not empty: nothing was read, and why
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
