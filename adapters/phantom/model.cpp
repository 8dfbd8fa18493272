#include "adapters/phantom/model.h"

#include <algorithm>

#include "adapters/phantom/phantom.h"

namespace dosegate::phantom {
namespace {

// 1 on [from, to], falling linearly to 0 at zero_from and zero_to.
Profile window(double zero_from, double from, double to, double zero_to) {
  return {{zero_from, 0}, {from, 1}, {to, 1}, {zero_to, 0}};
}

Profile sampled(const Profile& profile, const Axis& axis) {
  Profile out(axis.count);
  for (std::size_t i = 0; i < axis.count; ++i) out[i] = {axis.at(i), value_at(profile, axis.at(i))};
  return out;
}

// target_x as two parts that add up to it: one that ends between x = -40 and -30, for the height of the right
// lobe, and the rest, for the smaller left lobe, so that the organs below and behind the left lobe stay free.
constexpr double kSplitFrom = -40, kSplitTo = -30;

Profile right_part(const Profile& target) {
  Profile out;
  for (const Knot& k : target) {
    if (k.at_mm < kSplitFrom) out.push_back(k);
  }
  out.push_back({kSplitFrom, value_at(target, kSplitFrom)});
  out.push_back({kSplitTo, 0});
  return out;
}

Profile left_part(const Profile& target) {
  Profile out = {{kSplitFrom, 0}, {kSplitTo, value_at(target, kSplitTo)}};
  for (const Knot& k : target) {
    if (k.at_mm > kSplitTo) out.push_back(k);
  }
  return out;
}

}  // namespace

double Ovoid::scale_squared(double z) const {
  if (shape == Shape::kCylinder) return 1.0;
  const double middle = 0.5 * (z_first + z_last), half = 0.5 * (z_last - z_first + kPlaneSpacing);
  return 1.0 - (z - middle) * (z - middle) / (half * half);
}

double value_at(const Profile& profile, double at_mm) {
  const auto above = std::find_if(profile.begin(), profile.end(), [&](const Knot& k) { return k.at_mm >= at_mm; });
  if (above == profile.end()) return profile.back().gy;
  if (above == profile.begin()) return above->gy;
  const Knot &a = *(above - 1), &b = *above;
  return a.gy + (b.gy - a.gy) * (at_mm - a.at_mm) / (b.at_mm - a.at_mm);
}

Site site_of(std::string_view case_name) {
  const CaseInfo* info = find_case(case_name);
  if (info == nullptr || info->differs != Differs::kInProtocol) return Site::kLiver;
  return info->protocol == "SCLC-45-BD" ? Site::kLung : Site::kLiverSbrt;
}

namespace {

// 50 Gy and more in the PTV, which is steeply left, and little elsewhere.
DoseModel sbrt_dose(std::string_view name) {
  DoseModel d;
  d.target_x = {{-160, 0}, {-115, 1},  {-75, 6}, {-40, 33}, {-30, 50}, {-25, 51},
                {-5, 55},  {17.5, 51}, {20, 50}, {45, 18},  {60, 0}};
  d.stomach_z = {{-47.5, 0}, {-32.5, 2}, {42.5, 14}, {57.5, 0}};
  d.duodenum_z = {{-77.5, 0}, {-62.5, 3}, {-7.5, 11}, {2.5, 0}};
  d.colon_x = {{-30, 0}, {-20, 20}, {100, 4}, {110, 0}};
  d.cord_z = {{-107.5, 2}, {2.5, 12}, {107.5, 2}};
  d.kidney_left_z = {{-82.5, 0}, {-67.5, 2}, {17.5, 7}, {32.5, 0}};
  d.kidney_right_z = {{-87.5, 0}, {-72.5, 2}, {12.5, 7}, {27.5, 0}};
  if (name == "sbrt-cold-ptv") d.target_x[4].gy = 46;
  if (name == "sbrt-hot-cord") d.cord_z = {{-107.5, 2}, {-2.5, 5}, {2.5, 31.5}, {7.5, 5}, {107.5, 2}};
  return d;
}

// The liver trial's target and cord, and no dose where lungs, heart and oesophagus lie instead of its organs.
DoseModel lung_dose(std::string_view name) {
  constexpr std::string_view kPrefix = "twice-daily-";
  DoseModel d = dose_model(name.size() > kPrefix.size() ? name.substr(kPrefix.size()) : "pass");
  for (Profile* organ : {&d.stomach_z, &d.duodenum_z, &d.colon_x, &d.kidney_left_z, &d.kidney_right_z}) {
    for (Knot& knot : *organ) knot.gy = 0.0;
  }
  return d;
}

}  // namespace

DoseModel dose_model(std::string_view name) {
  if (site_of(name) == Site::kLiverSbrt) return sbrt_dose(name);
  if (site_of(name) == Site::kLung) return lung_dose(name);
  // No knot lies between -40 and -30, and 0 is reached outside the liver on both sides.
  DoseModel d;
  d.target_x = {{-160, 0}, {-115, 1},    {-75, 9}, {-40, 30}, {-30, 42}, {-27.5, 44.5},
                {-5, 47},  {17.5, 44.5}, {20, 44}, {45, 20},  {60, 0}};
  d.stomach_z = {{-47.5, 0}, {-32.5, 8}, {42.5, 48}, {57.5, 0}};
  d.duodenum_z = {{-77.5, 0}, {-62.5, 10}, {-7.5, 50}, {2.5, 0}};
  d.colon_x = {{-30, 0}, {-20, 47}, {100, 10}, {110, 0}};
  d.cord_z = {{-107.5, 5}, {2.5, 25}, {107.5, 5}};
  d.kidney_left_z = {{-82.5, 0}, {-67.5, 4}, {17.5, 14}, {32.5, 0}};
  d.kidney_right_z = {{-87.5, 0}, {-72.5, 4}, {12.5, 14}, {27.5, 0}};

  if (name == "hot-cord") {
    d.cord_z = {{-107.5, 5}, {-12.5, 24}, {2.5, 42}, {17.5, 24}, {107.5, 5}};
  } else if (name == "cold-ptv") {
    d.target_x = {{-160, 0}, {-115, 1},    {-75, 9}, {-40, 30}, {-30, 37}, {-25, 45},
                  {-5, 47},  {17.5, 44.5}, {20, 44}, {45, 20},  {60, 0}};
  } else if (name == "hot-ptv") {
    d.target_x = {{-160, 0}, {-115, 1}, {-75, 9},     {-40, 30}, {-30, 42}, {-27.5, 44.5}, {-10, 46.5},
                  {-5, 52},  {0, 46.5}, {17.5, 44.5}, {20, 44},  {45, 20},  {60, 0}};
  } else if (name == "hot-liver-mean") {
    d.target_x = {{-160, 0}, {-115, 4},     {-100, 5}, {-80, 9.8}, {-72.5, 14.5}, {-62.5, 19.5}, {-57.5, 41},
                  {-40, 43}, {-27.5, 44.5}, {-5, 48},  {17.5, 46}, {20, 46},      {45, 43},      {60, 0}};
  } else if (name == "liver-v20") {
    d.target_x = {{-160, 0}, {-115, 1},     {-80, 9}, {-72.5, 13.5}, {-67.5, 21}, {-47.5, 24.5}, {-40, 30},
                  {-30, 42}, {-27.5, 44.5}, {-5, 47}, {17.5, 44.5},  {20, 44},    {45, 20},      {60, 0}};
  } else if (name == "hot-stomach") {
    d.stomach_z = {{-47.5, 0}, {-32.5, 8}, {37.5, 45}, {42.5, 55.5}, {57.5, 0}};
  } else if (name == "stomach-v45") {
    d.stomach_z = {{-47.5, 0}, {-32.5, 8}, {7.5, 44}, {12.5, 46.5}, {42.5, 48}, {57.5, 0}};
  } else if (name == "hot-duodenum") {
    d.duodenum_z = {{-77.5, 0}, {-62.5, 10}, {-12.5, 47}, {-7.5, 61.5}, {2.5, 0}};
  } else if (name == "hot-colon") {
    d.colon_x = {{-30, 0}, {-20, 66}, {-17.5, 46}, {100, 10}, {110, 0}};
  } else if (name == "hot-kidney") {
    d.kidney_left_z = {{-82.5, 0}, {-67.5, 4}, {17.5, 22}, {32.5, 0}};
  }
  return d;
}

std::vector<DoseBlock> dose_blocks(const DoseModel& d) {
  return {
      {right_part(d.target_x), window(-82.5, -72.5, 47.5, 57.5), window(-92.5, -82.5, 82.5, 92.5)},
      {left_part(d.target_x), window(-82.5, -72.5, -2.5, 7.5), window(-52.5, -42.5, 42.5, 52.5)},
      {window(50, 60, 110, 120), window(-80, -72.5, -7.5, 0), d.stomach_z},
      {window(-25, -15, 35, 45), window(7.5, 15, 45, 52.5), d.duodenum_z},
      {d.colon_x, window(-75, -65, -15, -5), window(-107.5, -102.5, -57.5, -47.5)},
      {window(-20, -10, 10, 20), window(60, 67.5, 82.5, 90), d.cord_z},
      {window(25, 35, 85, 95), window(50, 60, 95, 105), d.kidney_left_z},
      {window(-95, -85, -35, -25), window(50, 60, 95, 105), d.kidney_right_z},
  };
}

Lattice dose_lattice(std::string_view case_name) {
  // Planes lie on the slab boundaries, half-way between those of the contours. "truncated" ends in the right lobe.
  const Axis x = case_name == "truncated" ? Axis{-90, 2.5, 109} : Axis{-180, 2.5, 145};
  return {x, {-125, 2.5, 101}, {-107.5, 5, 44}};
}

std::vector<double> dose_values(const DoseModel& model, const Lattice& lattice) {
  std::vector<double> values(lattice.x.count * lattice.y.count * lattice.z.count, 0.0);
  for (const DoseBlock& block : dose_blocks(model)) {
    const Profile fx = sampled(block.x, lattice.x), fy = sampled(block.y, lattice.y), fz = sampled(block.z, lattice.z);
    std::size_t at = 0;
    for (const Knot& z : fz) {
      for (const Knot& y : fy) {
        const double yz = y.gy * z.gy;
        for (const Knot& x : fx) values[at++] += yz * x.gy;
      }
    }
  }
  return values;
}

}  // namespace dosegate::phantom
