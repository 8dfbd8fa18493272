// Where Dosegate's parser and DCMTK's differ, and why that is right: the table of the differential test.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/dicom/wire/reading.h"

namespace dicom_test {

class Differences {
 public:
  // The differences of two readings of one file that the table does not hold, one sentence each; those it holds are
  // counted.
  std::vector<std::string> of(const Reading& ours, const Reading& theirs);

  std::size_t alike() const { return alike_; }  // files that both read, with the same values
  // How often each occurred, a line each.
  std::string summary() const;
  // The entries that never occurred.
  std::string unused() const;

 private:
  std::size_t alike_ = 0, both_refused_ = 0;
  std::vector<std::size_t> counts_;
};

}  // namespace dicom_test
