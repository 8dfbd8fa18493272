// A DVH metric in the grammar of AAPM TG-263 (Mayo et al. 2018, doi 10.1016/j.ijrobp.2017.12.013):
//   metric := point | stat
//   point  := ("V"|"CV") num ("Gy"|"cGy"|"%") "[" ("cc"|"%") "]"
//           | ("D"|"DC") num ("cc"|"%") "[" ("Gy"|"cGy"|"%") "]"
//   stat   := ("Min"|"Max"|"Mean") "[" ("Gy"|"cGy"|"%") "]"
//   num    := digits ["." digits]
// Vx: volume that receives at least x. CVx: total minus Vx. Dv: least dose in the hottest v.
// DCv: largest dose in the coldest v. A dose in % is of the prescription; a volume in % of the structure.
// Accepted as input only: Dmax, Dmin, Dmean with or without "[Gy]" or "[cGy]", for Max[Gy] and so on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/quantity/result.h"
#include "core/quantity/units.h"

namespace dosegate {

using DoseLevel = std::variant<Dose, PercentOfPrescription>;
using VolumeLevel = std::variant<Volume, PercentOfVolume>;

enum class MetricKind { kV, kCV, kD, kDC, kMin, kMax, kMean };
enum class MetricUnit { kGy, kCgy, kPercentOfPrescription, kCc, kPercentOfVolume };

struct Metric {
  MetricKind kind = MetricKind::kMean;
  DoseLevel dose_level;      // of V and CV
  VolumeLevel volume_level;  // of D and DC
  MetricUnit unit = MetricUnit::kGy;
  std::string text;  // canonical form, "V20Gy[%]"

  // True when the value or the argument is a percentage of the prescription.
  bool needs_prescription() const;
  bool yields_volume() const { return kind == MetricKind::kV || kind == MetricKind::kCV; }
};

// "Gy", "cGy", "cc" or "%".
std::string_view unit_text(MetricUnit unit);

// Strict. An error's message shows the text, points at the first wrong character ("at character 4")
// and suggests the mend. Text longer than 64 bytes, a percentage of volume over 100, a number that is
// not finite: errors.
Result<Metric> parse_metric(std::string_view text);

}  // namespace dosegate
