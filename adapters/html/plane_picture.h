// One picture: a plane of the patient with CT, contours, isodoses and the point that it is about.
#pragma once

#include <string>
#include <vector>

#include "adapters/html/dose_field.h"
#include "adapters/html/sections.h"
#include "adapters/html/slabs.h"

namespace dosegate::html {

struct Isodose {
  std::string label;
  double gy = 0.0;
  const char* style = "";
};

struct Solid {
  const Structure* structure = nullptr;
  Slabs slabs;
  std::size_t index = 0;
};

struct Box {
  double u0 = 0, v0 = 0, u1 = 0, v1 = 0;
  double width() const { return u1 - u0; }
  double height() const { return v1 - v0; }
};

// One picture: its plane as a map from (u, v) in mm to the patient.
struct Plane {
  enum class Kind { kAxial, kNear, kCoronal, kSagittal } kind = Kind::kAxial;
  Box box;
  double scale = 1.0;  // pixels a mm on a wide screen
  double paper = 1.0;  // and on paper, where letters have a size of their own
  bool is_axial() const { return kind == Kind::kAxial || kind == Kind::kNear; }
};

// What all pictures of one place share.
struct Scene {
  const Context& context;
  const std::vector<Solid>& solids;
  const DoseField* dose = nullptr;  // none: no isodoses
  const present::Row* row = nullptr;
  std::size_t number = 0;      // of the place on the page
  double x = 0, y = 0, z = 0;  // mm, LPS
  double limit_gy = 0;         // 0: the rule has no limit at a dose
  bool is_upper = true;
  std::vector<Isodose> isodoses{};  // from the highest on

  // Of the row's structure; nullptr: it is not drawn.
  const Solid* solid_of_row() const;
};

std::string draw(const Scene& scene, const Plane& plane);

}  // namespace dosegate::html
