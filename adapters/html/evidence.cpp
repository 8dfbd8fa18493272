#include "adapters/html/evidence.h"

#include <algorithm>
#include <cmath>

#include "adapters/html/colour.h"

namespace dosegate::html {
namespace {

// Where the structure set states no colour: kept apart by eyes that do not see all colours, too (Okabe and Ito).
constexpr Rgb kPalette[] = {{213, 94, 0},   {0, 114, 178}, {0, 158, 115},  {204, 121, 167},
                            {86, 180, 233}, {230, 159, 0}, {120, 94, 240}, {136, 34, 85},
                            {153, 153, 51}, {17, 119, 51}, {140, 140, 140}};
constexpr double kSameVolume = 1e-5;  // the volumes are exact but for 1e-6 each

const v1::RoiDvh* find_dvh(const v1::DvhReport& dvh, std::int32_t number) {
  for (const v1::RoiDvh& roi : dvh.rois()) {
    if (roi.roi_number() == number) return &roi;
  }
  return nullptr;
}

void add_curve(Structure& s, const v1::RoiDvh& dvh) {
  const auto& c = dvh.curve();
  const bool bounded = c.lower_cc_size() == c.volume_cc_size() && c.upper_cc_size() == c.volume_cc_size();
  if (!bounded || c.bin_gy() <= 0.0 || !(dvh.volume_cc() > 0.0)) return;
  s.bin_gy = c.bin_gy();
  const double percent = 100.0 / dvh.volume_cc();
  for (int i = 0; i < c.volume_cc_size(); ++i) {
    s.value.push_back(percent * c.volume_cc(i));
    s.lower.push_back(percent * c.lower_cc(i));
    s.upper.push_back(percent * c.upper_cc(i));
  }
}

// Of `whole` without `part`, which lies inside it.
void subtract(Structure& s, const Structure& whole, const Structure& part) {
  if (whole.value.empty() || part.value.empty() || whole.bin_gy != part.bin_gy) return;
  if (std::abs(whole.volume_cc - part.volume_cc - s.volume_cc) > kSameVolume * whole.volume_cc) return;
  s.bin_gy = whole.bin_gy;
  const auto cc = [](const Structure& of, const std::vector<double>& curve, std::size_t i) {
    return i < curve.size() ? curve[i] * of.volume_cc / 100.0 : 0.0;
  };
  const double percent = 100.0 / s.volume_cc;
  const auto bounded = [](double x) { return std::clamp(x, 0.0, 100.0); };
  for (std::size_t i = 0; i < std::max(whole.value.size(), part.value.size()); ++i) {
    s.value.push_back(bounded(percent * (cc(whole, whole.value, i) - cc(part, part.value, i))));
    s.lower.push_back(bounded(percent * (cc(whole, whole.lower, i) - cc(part, part.upper, i))));
    s.upper.push_back(bounded(percent * (cc(whole, whole.upper, i) - cc(part, part.lower, i))));
  }
}

void derive(std::vector<Structure>& all, const v1::Protocol& protocol) {
  const auto find = [&](const std::string& role) {
    return std::find_if(all.begin(), all.end(), [&](const Structure& s) { return s.role == role; });
  };
  for (const v1::Role& role : protocol.roles()) {
    const v1::Derived& d = role.derived();
    if (!role.has_derived() || d.minus_size() != 1 || d.plus_size() > 0 || d.within_size() > 0) continue;
    const auto self = find(role.id()), whole = find(d.base()), part = find(d.minus(0));
    if (self == all.end() || whole == all.end() || part == all.end() || !self->value.empty()) continue;
    subtract(*self, *whole, *part);
  }
}

// How unlike two colours are where they are more alike: on the light page or on the dark one, as they are shown there.
double unlikeness(Rgb a, Rgb b) {
  return std::min(distance(readable_on(kLightPage, a), readable_on(kLightPage, b)),
                  distance(readable_on(kDarkPage, a), readable_on(kDarkPage, b)));
}

// As drawn; where the set states no colour that of the palette which is least like all others.
void colour(std::vector<Structure>& all) {
  const auto is_drawn = [](const Structure& s) { return s.drawn != nullptr && s.drawn->colour.has_value(); };
  constexpr double kUsedUp = 1e4;  // rather than one that is used already, any other
  std::vector<Rgb> taken;
  for (Structure& s : all) {
    if (is_drawn(s)) taken.push_back(s.colour = *s.drawn->colour);
  }
  for (Structure& s : all) {
    if (is_drawn(s)) continue;
    double most = -1e9;
    for (const Rgb candidate : kPalette) {
      double least = 1e9;
      for (const Rgb other : taken) least = std::min(least, unlikeness(candidate, other));
      least -= kUsedUp * static_cast<double>(std::count(taken.begin(), taken.end(), candidate));
      if (least > most) most = least, s.colour = candidate;
    }
    taken.push_back(s.colour);
  }
}

}  // namespace

std::vector<Structure> structures_of(const v1::Report& report, const Evidence& evidence) {
  std::vector<Structure> all;
  for (const auto& match : report.structures()) {
    if (!match.has_volume_cc() || !(match.volume_cc() > 0.0)) continue;
    Structure s;
    s.role = match.role();
    s.volume_cc = match.volume_cc();
    if (match.has_roi_number()) {
      s.roi = match.roi();
      s.roi_number = match.roi_number();
      for (const dicom::Structure& drawn : evidence.rt.structures) {
        if (drawn.roi_number == match.roi_number()) s.drawn = &drawn;
      }
      if (const auto* dvh = find_dvh(evidence.dvh, match.roi_number())) add_curve(s, *dvh);
    }
    all.push_back(std::move(s));
  }
  derive(all, evidence.protocol);
  colour(all);
  for (Structure& s : all) {
    const bool is_asked = std::any_of(report.findings().begin(), report.findings().end(), [&](const v1::Finding& f) {
      return f.structure() == s.role && !f.metric().empty();
    });
    if (!is_asked) s.value.clear(), s.lower.clear(), s.upper.clear();
  }
  return all;
}

}  // namespace dosegate::html
