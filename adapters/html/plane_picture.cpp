#include "adapters/html/plane_picture.h"

#include <algorithm>
#include <cmath>

#include "adapters/html/isolines.h"
#include "adapters/html/picture.h"
#include "adapters/present/number.h"

namespace dosegate::html {
namespace {

using present::Text;

constexpr double kWindow = 400, kLevel = 40;           // HU
constexpr double kPixel = 1.0, kNearPixel = 0.5;       // mm
constexpr double kPaperLetter = 0.8;                   // pixels of paper for one of the screen: letters of 7.2 points
constexpr double kIsodoseStep = 2.0, kNearStep = 1.0;  // mm between samples of the dose

class Painter {
 public:
  explicit Painter(const Scene& scene) : s_(scene) {}

  std::string run(const Plane& plane) const {
    const Box& b = plane.box;
    const double pixel = 1.0 / plane.scale;
    const double u = plane.kind == Plane::Kind::kSagittal ? s_.y : s_.x, v = plane.is_axial() ? s_.y : -s_.z;
    std::string out = "<svg class=\"slc\" viewBox=\"" + coordinate(b.u0) + " " + coordinate(b.v0) + " " +
                      coordinate(b.width()) + " " + coordinate(b.height()) + "\" role=\"img\" aria-label=\"" +
                      s_.context.say(Text::kPictureLabel, {title(plane), short_text(s_.row->structure)}) +
                      "\"><rect x=\"" + coordinate(b.u0) + "\" y=\"" + coordinate(b.v0) + "\" width=\"" +
                      coordinate(b.width()) + "\" height=\"" + coordinate(b.height()) + "\"/>";
    out += image(plane) + beyond(plane) + contours(plane) + isodoses(plane);
    const double gap = 10 * pixel, arm = 5 * pixel;
    out += "<path class=\"cr\" d=\"M" + coordinate(b.u0) + "," + coordinate(v) + "H" + coordinate(u - gap) + "M" +
           coordinate(u + gap) + "," + coordinate(v) + "H" + coordinate(b.u1) + "M" + coordinate(u) + "," +
           coordinate(b.v0) + "V" + coordinate(v - gap) + "M" + coordinate(u) + "," + coordinate(v + gap) + "V" +
           coordinate(b.v1) + "\"/><path class=\"pt\" d=\"M" + coordinate(u - arm, 2) + "," + coordinate(v, 2) + "H" +
           coordinate(u + arm, 2) + "M" + coordinate(u, 2) + "," + coordinate(v - arm, 2) + "V" +
           coordinate(v + arm, 2) + "\"/>";
    return out + lettering(plane, pixel, "os") + lettering(plane, kPaperLetter / plane.paper, "op") + "</svg>";
  }

 private:
  // All that is written into the picture, where a pixel has `pixel` mm; once for the screen and once for paper, where
  // the picture has another size and the letters do not.
  std::string lettering(const Plane& plane, double pixel, const std::string& style) const {
    const Box& b = plane.box;
    const double bar = bar_of(plane);
    return "<g class=\"" + style + "\" font-size=\"" + coordinate(12 * pixel, 2) + "\">" + words(plane, pixel) +
           labels(plane, pixel) + "<path class=\"sb\" d=\"M" + coordinate(b.u1 - 8 * pixel - bar) + "," +
           coordinate(b.v1 - 8 * pixel) + "h" + coordinate(bar) + "\"/><text x=\"" +
           coordinate(b.u1 - 8 * pixel - bar / 2) + "\" y=\"" + coordinate(b.v1 - 13 * pixel) +
           "\" text-anchor=\"middle\">" + (bar < 50 ? "1 cm" : "5 cm") + "</text><text class=\"ti\" x=\"" +
           coordinate(b.u0 + 6 * pixel) + "\" y=\"" + coordinate(b.v0 + 15 * pixel) + "\">" + title(plane) +
           "</text></g>";
  }

  static double bar_of(const Plane& plane) { return plane.kind == Plane::Kind::kNear ? 10 : 50; }  // mm

  double dose_at(const Plane& plane, double u, double v) const {
    const auto gy = plane.is_axial()                      ? s_.dose->at(u, v, s_.z)
                    : plane.kind == Plane::Kind::kCoronal ? s_.dose->at(u, s_.y, -v)
                                                          : s_.dose->at(s_.x, u, -v);
    return gy.value_or(Lattice::kNone);
  }

  std::string image(const Plane& plane) const {
    if (!s_.context.evidence.ct) return "";
    const auto& ct = *s_.context.evidence.ct;
    const double pixel = plane.kind == Plane::Kind::kNear ? kNearPixel : kPixel;
    const auto width = static_cast<std::size_t>(plane.box.width() / pixel),
               height = static_cast<std::size_t>(plane.box.height() / pixel);
    double reach = 3.0;
    for (std::size_t k = 0; k + 1 < ct.at_mm.size(); ++k) reach = std::max(reach, (ct.at_mm[k + 1] - ct.at_mm[k]) / 2);
    std::vector<std::uint8_t> grey;
    grey.reserve(width * height);
    for (std::size_t j = 0; j < height; ++j) {
      for (std::size_t i = 0; i < width; ++i) {
        const double u = plane.box.u0 + pixel * (static_cast<double>(i) + 0.5),
                     v = plane.box.v0 + pixel * (static_cast<double>(j) + 0.5);
        const auto hu = plane.is_axial()                      ? ct.at(u, v, s_.z, reach)
                        : plane.kind == Plane::Kind::kCoronal ? ct.at(u, s_.y, -v, reach)
                                                              : ct.at(s_.x, u, -v, reach);
        const double part = hu ? (*hu - kLevel) / kWindow + 0.5 : 0.0;
        grey.push_back(static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(part, 0.0, 1.0))));
      }
    }
    const std::string url = png_url(grey, width, height);
    return url.empty()
               ? ""
               : "<image href=\"" + url + "\" x=\"" + coordinate(plane.box.u0) + "\" y=\"" + coordinate(plane.box.v0) +
                     "\" width=\"" + coordinate(pixel * static_cast<double>(width)) + "\" height=\"" +
                     coordinate(pixel * static_cast<double>(height)) + "\" preserveAspectRatio=\"none\"/>";
  }

  std::string outline(const Plane& plane, const Solid& s) const {
    if (plane.is_axial()) return s.slabs.axial(s_.z);
    return plane.kind == Plane::Kind::kCoronal ? s.slabs.cut(1, s_.y) : s.slabs.cut(0, s_.x);
  }

  std::string contours(const Plane& plane) const {
    std::string out;
    for (const Solid& s : s_.solids) {
      const std::string d = outline(plane, s);
      if (d.empty()) continue;
      const bool is_row = &s == s_.solid_of_row();
      out += "<path class=\"co0\" d=\"" + d + "\"/><path class=\"co s" + std::to_string(s.index) +
             (is_row ? " cor" : "") + "\" d=\"" + d + "\"/>";
    }
    return out;
  }

  // Where the structure lies on the wrong side of the limit.
  std::string beyond(const Plane& plane) const {
    const Solid* s = s_.solid_of_row();
    if (plane.kind != Plane::Kind::kNear || s_.dose == nullptr || !(s_.limit_gy > 0.0) || s == nullptr) return "";
    const std::string inside = path_of(s->slabs.at(s_.z));
    if (inside.empty()) return "";
    const Lattice lattice = Lattice::sample(plane.box.u0, plane.box.v0, plane.box.u1, plane.box.v1, kNearStep / 2,
                                            [&](double u, double v) { return dose_at(plane, u, v); });
    std::string hot = region_above(lattice, s_.limit_gy);
    if (!s_.is_upper) {  // what is below it
      hot = "M" + coordinate(plane.box.u0) + "," + coordinate(plane.box.v0) + "H" + coordinate(plane.box.u1) + "V" +
            coordinate(plane.box.v1) + "H" + coordinate(plane.box.u0) + "z" + hot;
    }
    if (hot.empty()) return "";
    const std::string id = "w" + std::to_string(s_.number);
    return "<clipPath id=\"" + id + "\"><path clip-rule=\"evenodd\" d=\"" + hot +
           "\"/></clipPath><path class=\"wr\" d=\"" + inside + "\" clip-path=\"url(#" + id + ")\"/>";
  }

  std::string isodoses(const Plane& plane) const {
    if (s_.dose == nullptr) return "";
    const Lattice lattice = Lattice::sample(plane.box.u0, plane.box.v0, plane.box.u1, plane.box.v1,
                                            plane.kind == Plane::Kind::kNear ? kNearStep : kIsodoseStep,
                                            [&](double u, double v) { return dose_at(plane, u, v); });
    std::string out;
    for (const Isodose& i : s_.isodoses) {
      const std::string d = isoline(lattice, i.gy);
      if (!d.empty()) out += "<path class=\"is " + std::string(i.style) + "\" d=\"" + d + "\"/>";
    }
    return out;
  }

  std::string words(const Plane& plane, double pixel) const {
    const bool is_sagittal = plane.kind == Plane::Kind::kSagittal;
    const Box& b = plane.box;
    const auto text = [&](double u, double v, const char* anchor, const std::string& what, const char* style = "") {
      return "<text x=\"" + coordinate(u) + "\" y=\"" + coordinate(v) + "\" text-anchor=\"" + anchor + "\"" + style +
             ">" + what + "</text>";
    };
    const double middle = (b.v0 + b.v1) / 2;
    std::string out = text(b.u0 + 6 * pixel, middle, "start", is_sagittal ? "A" : "R") +
                      text(b.u1 - 6 * pixel, middle, "end", is_sagittal ? "P" : "L");
    const double off_cross = (b.u0 + b.u1) / 2;
    out += text(off_cross, b.v0 + 30 * pixel, "middle", plane.is_axial() ? "A" : "S") +
           text(off_cross, b.v1 - 7 * pixel, "middle", plane.is_axial() ? "P" : "I");
    return out;
  }

  std::string title(const Plane& plane) const {
    switch (plane.kind) {
      case Plane::Kind::kAxial:
        return s_.context.say(Text::kAxial, {signed_number(present::fixed(s_.z, 1))});
      case Plane::Kind::kNear:
        return s_.context.say(Text::kNear, {coordinate(plane.box.width(), 0), coordinate(plane.box.height(), 0)});
      case Plane::Kind::kCoronal:
        return s_.context.say(Text::kCoronal, {signed_number(present::fixed(s_.y, 1))});
      case Plane::Kind::kSagittal:
        return s_.context.say(Text::kSagittal, {signed_number(present::fixed(s_.x, 1))});
    }
    return "";
  }

  // Names beside their contours, unless another one stands there already.
  std::string labels(const Plane& plane, double pixel) const {
    std::vector<Box> taken;
    std::string out;
    const double u = plane.kind == Plane::Kind::kSagittal ? s_.y : s_.x, v = plane.is_axial() ? s_.y : -s_.z;
    taken.push_back({u - 12 * pixel, v - 12 * pixel, u + 12 * pixel, v + 12 * pixel});
    const Box& b = plane.box;  // the letters of the sides, and the scale
    const double middle = (b.u0 + b.u1) / 2, half = (b.v0 + b.v1) / 2, bar = bar_of(plane);
    taken.push_back({middle - 5 * pixel, b.v0 + 18 * pixel, middle + 5 * pixel, b.v0 + 31 * pixel});
    taken.push_back({middle - 5 * pixel, b.v1 - 19 * pixel, middle + 5 * pixel, b.v1});
    taken.push_back({b.u0, half - 12 * pixel, b.u0 + 16 * pixel, half});
    taken.push_back({b.u1 - 16 * pixel, half - 12 * pixel, b.u1, half});
    taken.push_back({b.u1 - 8 * pixel - std::max(bar, 32 * pixel), b.v1 - 26 * pixel, b.u1, b.v1});
    for (const Solid& s : s_.solids) {
      if (!plane.is_axial()) break;
      const std::vector<Polygon> polygons = s.slabs.at(s_.z);
      if (polygons.empty() || polygons.front().empty()) continue;
      const std::size_t letters = std::min<std::size_t>(s.structure->role.size(), 14);
      const double width = 6.4 * pixel * static_cast<double>(letters), height = 13 * pixel;
      Point top = polygons.front().front(), bottom = top;
      for (const Point& p : polygons.front()) {
        if (p[1] < top[1]) top = p;
        if (p[1] > bottom[1]) bottom = p;
      }
      for (const Point& p : {Point{top[0], top[1] - 4 * pixel}, Point{bottom[0], bottom[1] + height + 1 * pixel}}) {
        const Box box{p[0] - width / 2, p[1] - height, p[0] + width / 2, p[1]};
        if (box.u0 < plane.box.u0 || box.u1 > plane.box.u1 || box.v0 < plane.box.v0 + 18 * pixel ||
            box.v1 > plane.box.v1)
          continue;
        const bool collides = std::any_of(taken.begin(), taken.end(), [&](const Box& t) {
          return box.u0 < t.u1 && t.u0 < box.u1 && box.v0 < t.v1 && t.v0 < box.v1;
        });
        if (collides) continue;
        taken.push_back(box);
        out += "<text class=\"sl s" + std::to_string(s.index) + "\" x=\"" + coordinate(p[0]) + "\" y=\"" +
               coordinate(p[1] - 3 * pixel) + "\" text-anchor=\"middle\">" + short_text(s.structure->role, 14) +
               "</text>";
        break;
      }
    }
    return out;
  }

  const Scene& s_;
};

}  // namespace

const Solid* Scene::solid_of_row() const {
  for (const Solid& s : solids) {
    if (s.structure->role == row->finding->structure()) return &s;
  }
  return nullptr;
}

std::string draw(const Scene& scene, const Plane& plane) { return Painter(scene).run(plane); }

}  // namespace dosegate::html
