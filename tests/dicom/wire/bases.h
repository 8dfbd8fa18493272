// The objects that mutants are made of: small, of every kind and exporter that is at hand.
#pragma once

#include <string>
#include <vector>

#include "tests/dicom/wire/tree.h"

namespace dicom_test {

struct Base {
  std::string name;
  TreeItem tree;
};

// Those of the builder and the phantom always; where `shared_data` is not empty, those of its folder too.
std::vector<Base> bases(const std::string& shared_data);

}  // namespace dicom_test
