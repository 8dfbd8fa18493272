// The engine's face: the two questions that one can ask of a case.
#pragma once

#include <string>

#include "core/case/case.h"
#include "core/kept/store.h"
#include "core/parallel/parallel.h"
#include "core/plan/dvh_request.h"
#include "core/protocol/protocol.h"
#include "core/quantity/result.h"
#include "core/report/report.h"

namespace dosegate {

inline constexpr const char* kEngineVersion = DOSEGATE_VERSION;

// Evaluates every rule of the protocol. Only kCancelled and kLimitExceeded are errors: whatever is wrong
// with the case is in the findings. Deterministic. `kept`: what earlier calls computed for this case; the caller tells
// it of every change since.
Result<Report> check(const Case& c, const Protocol& protocol, const Host& host = {}, DvhStore* kept = nullptr);

// What a check by the protocol will need of contours on the grid of a dose that is expected (DoseUse::kExpected), made
// and kept before that dose is there. Changes no answer. kCancelled is the only error.
Status prepare(const Case& c, const Protocol& protocol, const DoseGrid& expected, const Host& host, DvhStore& kept);

// DVHs as canonical dosegate.v1.DvhReport JSON, in the order asked for (all: by ROI number). kNotFound: an
// ROI name that no structure carries, or several structure sets. What cannot be computed carries its problem instead of
// a value.
Result<std::string> dvh_json(const Case& c, const DvhRequest& request, const Host& host = {}, DvhStore* kept = nullptr);

}  // namespace dosegate
