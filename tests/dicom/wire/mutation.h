// What a broken exporter, a bad disk or an attacker makes of a DICOM object.
#pragma once

#include <string>

#include "tests/dicom/wire/tree.h"
#include "tests/property/random.h"

namespace dicom_test {

using dosegate::property::Random;

struct Mutant {
  std::string bytes;
  std::string story;  // "explicit, dropped (300A,00B0), length"
};

// One to three changes of one object: attributes dropped, repeated, moved, re-tagged, of another VR, of another value;
// sequences nested, of undefined length; lengths changed, bits flipped, bytes lost or put in, the end cut off. In any
// encoding, with or without a meta group, which may say another one. None of it goes by the reader's code.
Mutant mutated(const TreeItem& base, Random& random);

}  // namespace dicom_test
