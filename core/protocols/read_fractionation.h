// Reading of dosegate.v1.Fractionation.
#pragma once

#include "core/json/reader.h"
#include "core/schedule/fractionation.h"

namespace dosegate {

// What contradicts itself (a window that fewer days fill, a drug without a timing) is an error of the reader.
Fractionation read_fractionation(ObjectReader& o);

}  // namespace dosegate
