// `check --measured FILE --format html`: gamma of the measured dose and the plan's, as the protocol's rule asks for it.
#pragma once

#include <optional>
#include <string>

#include "adapters/dicom/reader.h"
#include "adapters/html/evidence.h"
#include "dosegate/dosegate.hpp"

namespace dosegate::cli {

// By the criteria of the protocol's first rule on gamma. `plan`: as it was handed to `c`, doses of the same scale as
// the measured one. None: the protocol has no such rule, or the doses cannot be compared, as the rule's finding says.
std::optional<html::GammaEvidence> measured_gamma(const v1::Protocol& protocol, const dicom::Dose& plan,
                                                  const std::string& measured, Case& c);

}  // namespace dosegate::cli
