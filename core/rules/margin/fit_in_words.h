// What rules on margins have in common: the fit of two structures in words.
#pragma once

#include <string>
#include <vector>

#include "core/context/margin_task.h"
#include "core/json/reader.h"
#include "core/kept/margin_store.h"
#include "core/protocol/rule_kind.h"
#include "core/report/report.h"

namespace dosegate {

inline constexpr double kNoVolume = 1e-6;                                     // cc; less is said to be nothing
inline constexpr int kMarginDecimals = 2;                                     // of volumes and percentages
inline constexpr Range kMarginMm{0.0, 100.0}, kMarginToleranceMm{0.0, 20.0};  // as a protocol may state them

// A required role that is drawn: a margin is verified between structures as they are drawn.
std::string read_drawn_role(ObjectReader& o, std::string_view member, const CheckRole& check);

Number mm_of(Length length);      // "4.2 mm"
Number cc_of(Volume volume);      // "1.25 cc"
Number share_of(double percent);  // "1.25 %"
// "4.2 mm left, at (1, 2, 3) mm": how far off, on the side of the patient that the direction points to most, and where,
// LPS.
Message place_text(const Place& place);
// "tolerance 1 mm and, along their axis, the up to 3 mm that the slices hide"
Message tolerance_text(Length tolerance, const MarginTask& task);
// How many per cent of the whole the part is; 0 where the whole is nothing.
double percent_of(Volume part, Volume whole);

// The answer that was kept for a rule, or null after setting `f` to say why there is none. `cannot` begins what it
// says: "The margin from GTV to CTV cannot be verified."
const MarginFit* margin_answer(const MarginTask& task, const MarginStore::Answer& kept, Message cannot, Finding& f);
// Sets the finding's value: the share of the expected volume that is missing, %, with its bounds.
void set_missing_share(const MarginFit& fit, Finding& f);
// Sets what is missing of a margin that is broken. Of one that is met it says nothing, as its limit is a length.
void set_missing_volume(const MarginFit& fit, Finding& f);

}  // namespace dosegate
