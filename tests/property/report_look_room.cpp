// The room that a limit leaves, in dose and in volume.
#include <algorithm>
#include <cmath>

#include "tests/property/report_look.h"

namespace dosegate::property {
namespace {

// report.proto of a room in dose. Of the excess of a volume core/rules/dose_metric/room.cpp promises a thousandth of
// the structure.
constexpr double kRoomGy = 0.11, kRoomShare = 0.25;

}  // namespace

void Look::room_in(const JsonValue& f, const char* of, Measured<double> room, const std::string& what) {
  const std::string margin = std::string("margin") + of, unit = margin == "marginDose" ? "Gy" : "Cc";
  const auto lower = number(f, margin + "Lower" + unit), value = number(f, margin + unit),
             upper = number(f, margin + "Upper" + unit);
  require(lower && value && upper, what + " has no " + margin);
  if (!lower || !value || !upper) return;
  encloses(*lower, *value, *upper, room, what + " " + margin);
  ++counts.rooms;
}

void Look::look_at_room(const JsonValue& f, const Asked& a, const Known& known, const std::string& what) {
  const std::string status = text(f, "status");
  const auto dose = number(f, "marginDoseGy"), volume = number(f, "marginVolumeCc");
  for (const char* name : {"marginDoseGy", "marginDoseLowerGy", "marginDoseUpperGy", "marginVolumeCc",
                           "marginVolumeLowerCc", "marginVolumeUpperCc"}) {
    const auto room = number(f, name);
    const bool is_volume = std::string(name).find("Volume") != std::string::npos;
    require(room.has_value() == (is_volume ? volume : dose).has_value(), what + ": " + name + " by itself");
    if (!room) continue;
    if (status == "PASS" || status == "WARNING") require(*room >= 0.0, what + ": met, but " + name + shown(*room));
    if (status == "DEVIATION") require(*room <= 0.0, what + ": broken, but " + name + " " + shown(*room));
  }
  const DvhReference& r = known.reference;
  const Measured<double> t = truth(a, r);
  const double side = a.is_upper() ? 1.0 : -1.0;
  if (a.is_dose) {
    room_in(f, "Dose", {side * (a.limit() - t.value), t.error + kStated * r.maximum().value.in_gy()}, what);
    require(!volume || status != "PASS", what + ": met, but a volume on the wrong side");
    if (volume) look_at_excess(f, a, r, what);
    return;
  }
  room_in(f, "Volume", {side * (a.limit() - t.value), t.error}, what);
  look_at_dose_of_limit(f, a, r, what);
}

// On the wrong side of a broken limit on a dose, beyond what the metric leaves out.
void Look::look_at_excess(const JsonValue& f, const Asked& a, const DvhReference& r, const std::string& what) {
  const Dose limit = Dose::gy(a.limit());
  const Comparator c = a.rule.limit->comparator;
  const bool counted = c == Comparator::kLess || c == Comparator::kGreaterOrEqual;
  const Measured<Volume> v = r.volume_above(limit, counted ? AtTheLevel::kCounts : AtTheLevel::kDoesNotCount);
  Volume left_out = a.volume;
  if (a.rule.metric.kind == MetricKind::kMax) left_out = Volume();
  if (a.rule.metric.kind == MetricKind::kMin) left_out = r.total().value;
  const double side = a.is_upper() ? 1.0 : -1.0;
  room_in(f, "Volume", {side * (left_out - v.value).in_cc(), v.error.in_cc() + kStated * r.total().value.in_cc()},
          what);
}

void Look::look_at_dose_of_limit(const JsonValue& f, const Asked& a, const DvhReference& r, const std::string& what) {
  const double total = r.total().value.in_cc();
  const double allowed = a.rule.metric.kind == MetricKind::kCV ? total - a.limit() : a.limit();
  const bool strict = a.is_strict(), down = a.bounds_from_above();
  const double sign = down ? 1.0 : -1.0, most = r.maximum().value.in_gy();
  const auto said = number(f, "marginDoseGy");
  // Rounding of the total decides nothing here.
  const bool none = allowed <= kStated * total, all = allowed >= total * (1.0 - kStated);
  if (none || all) {
    if (none ? strict == down : strict != down) return;  // never met, or always
    if (!said) return;
    const Measured<Dose> end = none ? r.maximum() : r.minimum();
    room_in(f, "Dose", {sign * (a.level - end.value).in_gy(), kStated * most}, what);
    return;
  }
  require(said.has_value(), what + " has no room in dose");
  if (!said) return;
  const Measured<Dose> d = r.dose_of_hottest(Volume::cc(allowed));
  const double room = sign * (a.level - d.value).in_gy(), error = d.error.in_gy() + kStated * most;
  room_in(f, "Dose", {room, error}, what);
  if (what.find(" It hangs on slices") != std::string::npos) return;
  const double width = *number(f, "marginDoseUpperGy") - *number(f, "marginDoseLowerGy");
  const double ends = std::max(std::abs(*number(f, "marginDoseLowerGy")), std::abs(*number(f, "marginDoseUpperGy")));
  const double promised = std::max(kRoomGy, kRoomShare * ends) + 4.0 * kStated * most;
  const bool is_wide = width > promised;
  counts.wide_rooms += static_cast<int>(is_wide);
  const bool jumps = case_.dose_kind == DoseKind::kRough;
  require(!is_wide || jumps, what + ": its room is " + shown(width) + " Gy wide, " + shown(promised) + " at most");
  require(std::abs(*said - room) <= promised + error, what + ": room " + shown(*said) + " Gy, truly " + shown(room));
}

}  // namespace dosegate::property
