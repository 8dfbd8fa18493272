// Where it is: three planes through the worst point, and the point from near. Radiological orientation: axial seen from the
// feet, coronal from the front, sagittal from the left; axial, coronal and sagittal to one scale, so that the lines through
// the point run on.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "adapters/html/dose_field.h"
#include "adapters/html/isolines.h"
#include "adapters/html/limits.h"
#include "adapters/html/picture.h"
#include "adapters/html/sections.h"
#include "adapters/html/slabs.h"
#include "adapters/present/number.h"
#include "adapters/present/words.h"

namespace dosegate::html {
namespace {

using present::Row;
using present::Status;
using present::Text;

constexpr std::size_t kMostPlaces = 3;
constexpr double kWindow = 400, kLevel = 40;           // HU
constexpr double kAround = 25, kFurthest = 260;        // mm round the structures; from the point
constexpr double kNearLeast = 20, kNearMost = 60;      // mm from the point in the near view
constexpr double kPixel = 1.0, kNearPixel = 0.5;       // mm
constexpr double kIsodoseStep = 2.0, kNearStep = 1.0;  // mm between samples of the dose
constexpr double kWholeWidth = 690;                    // pixels that the two columns have on a wide screen

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
  bool is_axial() const { return kind == Kind::kAxial || kind == Kind::kNear; }
};

class Pictures {
 public:
  Pictures(const Context& context, const std::vector<Solid>& solids, const DoseField* dose)
      : c_(context), solids_(solids), dose_(dose) {}

  // All of one row, with its tables.
  std::string of(const Row& row, std::size_t number, std::string& styles) {
    const v1::Location& at = row.finding->location();
    x_ = at.x_mm(), y_ = at.y_mm(), z_ = at.z_mm();
    row_ = &row;
    number_ = number;
    find_limit();
    const Box axial = whole(0, 2);
    const double z_low = std::max(bounds_[4] - kAround, z_ - kFurthest), z_high = std::min(bounds_[5] + kAround, z_ + kFurthest);
    const Box coronal{axial.u0, -z_high, axial.u1, -z_low}, sagittal{axial.v0, -z_high, axial.v1, -z_low};
    const double reach = near_reach();
    const double scale = kWholeWidth / (axial.width() + sagittal.width());
    const double near_scale = sagittal.width() * scale / (2 * reach);
    const double ratio = axial.height() / sagittal.width();
    const Box near{x_ - reach, y_ - reach * ratio, x_ + reach, y_ + reach * ratio};
    styles += "@media screen and (min-width:761px){.q" + std::to_string(number) + "{grid-template-columns:" +
              coordinate(axial.width()) + "fr " + coordinate(sagittal.width()) + "fr}}@media print{.q" + std::to_string(number) +
              "{grid-template-columns:" + coordinate(axial.width()) + "fr " + coordinate(sagittal.width()) + "fr}}";
    std::string out = "<div class=\"dv pl1\" id=\"p-" + escaped(row.finding->rule_id()) + "\"><div><h3>" + glyph(row.status, 13) +
                      "<span><b>" + name(row.structure) + "</b> " + short_text(row.metric.substr(0, row.metric.find('['))) +
                      " <span class=\"mu\">" + name(row.rule) + "</span></span></h3><div class=\"sl4 q" + std::to_string(number) + "\">";
    out += picture({Plane::Kind::kAxial, axial, scale}) + picture({Plane::Kind::kNear, near, near_scale}) +
           picture({Plane::Kind::kCoronal, coronal, scale}) + picture({Plane::Kind::kSagittal, sagittal, scale});
    return out + "</div></div><div class=\"zt\">" + tables() + "</div></div>";
  }

 private:
  void find_limit() {
    isodoses_.clear();
    limit_gy_ = 0.0;
    is_upper_ = true;
    for (const Limit& l : limits_of(c_)) {
      if (l.row != row_ || l.is_mean) continue;
      limit_gy_ = l.dose_gy;
      is_upper_ = l.side == Limit::Side::kDown || l.side == Limit::Side::kLeft;
    }
    const double rx = c_.prescription_gy();
    if (dose_ == nullptr) return;
    if (rx > 0.0) {
      for (const auto& [percent, style] : {std::pair{110.0, "i110"}, {100.0, "i100"}, {95.0, "i95"}, {50.0, "i50"}}) {
        isodoses_.push_back({coordinate(percent) + " %", rx * percent / 100.0, style});
      }
    }
    if (limit_gy_ > 0.0) isodoses_.push_back({c_.say(Text::kDoseOfLimit), limit_gy_, "il"});
    std::sort(isodoses_.begin(), isodoses_.end(), [](const Isodose& a, const Isodose& b) { return a.gy > b.gy; });
    const auto is_drawn_as_limit = [&](const Isodose& i) { return std::string_view(i.style) != "il" && i.gy == limit_gy_; };
    std::erase_if(isodoses_, is_drawn_as_limit);
  }

  const Solid* solid_of_row() const {
    for (const Solid& s : solids_) {
      if (s.structure->role == row_->finding->structure()) return &s;
    }
    return nullptr;
  }

  Box whole(std::size_t u, std::size_t v) {
    bounds_ = {x_ - kAround, x_ + kAround, y_ - kAround, y_ + kAround, z_ - kAround, z_ + kAround};
    for (const Solid& s : solids_) {
      const auto b = s.slabs.bounds();
      for (std::size_t i = 0; i < 6; i += 2) {
        bounds_[i] = std::min(bounds_[i], b[i]);
        bounds_[i + 1] = std::max(bounds_[i + 1], b[i + 1]);
      }
    }
    const auto from = [&](std::size_t axis, double at) { return std::max(bounds_[axis] - kAround, at - kFurthest); };
    const auto to = [&](std::size_t axis, double at) { return std::min(bounds_[axis + 1] + kAround, at + kFurthest); };
    return {from(u, x_), from(v, y_), to(u, x_), to(v, y_)};
  }

  double near_reach() const {
    const Solid* s = solid_of_row();
    double reach = kNearLeast;
    if (s != nullptr) {
      for (const Polygon& polygon : s->slabs.at(z_)) {
        for (const Point& p : polygon) reach = std::max({reach, 1.3 * std::abs(p[0] - x_), 1.3 * std::abs(p[1] - y_)});
      }
    }
    return std::min(reach, kNearMost);
  }

  double dose_at(const Plane& plane, double u, double v) const {
    const auto gy = plane.is_axial()                          ? dose_->at(u, v, z_)
                    : plane.kind == Plane::Kind::kCoronal ? dose_->at(u, y_, -v)
                                                           : dose_->at(x_, u, -v);
    return gy.value_or(Lattice::kNone);
  }

  std::string image(const Plane& plane) const {
    if (!c_.evidence.ct) return "";
    const auto& ct = *c_.evidence.ct;
    const double pixel = plane.kind == Plane::Kind::kNear ? kNearPixel : kPixel;
    const auto width = static_cast<std::size_t>(plane.box.width() / pixel), height = static_cast<std::size_t>(plane.box.height() / pixel);
    double reach = 3.0;
    for (std::size_t k = 0; k + 1 < ct.at_mm.size(); ++k) reach = std::max(reach, (ct.at_mm[k + 1] - ct.at_mm[k]) / 2);
    std::vector<std::uint8_t> grey;
    grey.reserve(width * height);
    for (std::size_t j = 0; j < height; ++j) {
      for (std::size_t i = 0; i < width; ++i) {
        const double u = plane.box.u0 + pixel * (static_cast<double>(i) + 0.5), v = plane.box.v0 + pixel * (static_cast<double>(j) + 0.5);
        const auto hu = plane.is_axial()                          ? ct.at(u, v, z_, reach)
                        : plane.kind == Plane::Kind::kCoronal ? ct.at(u, y_, -v, reach)
                                                               : ct.at(x_, u, -v, reach);
        const double part = hu ? (*hu - kLevel) / kWindow + 0.5 : 0.0;
        grey.push_back(static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(part, 0.0, 1.0))));
      }
    }
    const std::string url = png_url(grey, width, height);
    return url.empty() ? "" : "<image href=\"" + url + "\" x=\"" + coordinate(plane.box.u0) + "\" y=\"" + coordinate(plane.box.v0) +
                                  "\" width=\"" + coordinate(pixel * static_cast<double>(width)) + "\" height=\"" +
                                  coordinate(pixel * static_cast<double>(height)) + "\" preserveAspectRatio=\"none\"/>";
  }

  std::string outline(const Plane& plane, const Solid& s) const {
    if (plane.is_axial()) return path_of(s.slabs.at(z_));
    return plane.kind == Plane::Kind::kCoronal ? s.slabs.cut(1, y_) : s.slabs.cut(0, x_);
  }

  std::string contours(const Plane& plane) const {
    std::string out;
    for (const Solid& s : solids_) {
      const std::string d = outline(plane, s);
      if (d.empty()) continue;
      const bool is_row = &s == solid_of_row();
      out += "<path class=\"co0\" d=\"" + d + "\"/><path class=\"co s" + std::to_string(s.index) + (is_row ? " cor" : "") + "\" d=\"" + d + "\"/>";
    }
    return out;
  }

  // Where the structure lies on the wrong side of the limit.
  std::string beyond(const Plane& plane) const {
    const Solid* s = solid_of_row();
    if (plane.kind != Plane::Kind::kNear || dose_ == nullptr || !(limit_gy_ > 0.0) || s == nullptr) return "";
    const std::string inside = path_of(s->slabs.at(z_));
    if (inside.empty()) return "";
    const Lattice lattice = Lattice::sample(plane.box.u0, plane.box.v0, plane.box.u1, plane.box.v1, kNearStep / 2,
                                            [&](double u, double v) { return dose_at(plane, u, v); });
    std::string hot = region_above(lattice, limit_gy_);
    if (!is_upper_) {  // what is below it
      hot = "M" + coordinate(plane.box.u0) + "," + coordinate(plane.box.v0) + "H" + coordinate(plane.box.u1) + "V" +
            coordinate(plane.box.v1) + "H" + coordinate(plane.box.u0) + "z" + hot;
    }
    if (hot.empty()) return "";
    const std::string id = "w" + std::to_string(number_);
    return "<clipPath id=\"" + id + "\"><path clip-rule=\"evenodd\" d=\"" + hot + "\"/></clipPath><path class=\"wr\" d=\"" + inside +
           "\" clip-path=\"url(#" + id + ")\"/>";
  }

  std::string isodoses(const Plane& plane) const {
    if (dose_ == nullptr) return "";
    const Lattice lattice = Lattice::sample(plane.box.u0, plane.box.v0, plane.box.u1, plane.box.v1,
                                            plane.kind == Plane::Kind::kNear ? kNearStep : kIsodoseStep,
                                            [&](double u, double v) { return dose_at(plane, u, v); });
    std::string out;
    for (const Isodose& i : isodoses_) {
      const std::string d = isoline(lattice, i.gy);
      if (!d.empty()) out += "<path class=\"is " + std::string(i.style) + "\" d=\"" + d + "\"/>";
    }
    return out;
  }

  std::string words(const Plane& plane, double pixel) const {
    const bool is_sagittal = plane.kind == Plane::Kind::kSagittal;
    const Box& b = plane.box;
    const auto text = [&](double u, double v, const char* anchor, const std::string& what, const char* style = "") {
      return "<text x=\"" + coordinate(u) + "\" y=\"" + coordinate(v) + "\" text-anchor=\"" + anchor + "\"" + style + ">" + what + "</text>";
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
        return c_.say(Text::kAxial, {signed_number(present::fixed(z_, 1))});
      case Plane::Kind::kNear:
        return c_.say(Text::kNear, {coordinate(plane.box.width(), 0), coordinate(plane.box.height(), 0)});
      case Plane::Kind::kCoronal:
        return c_.say(Text::kCoronal, {signed_number(present::fixed(y_, 1))});
      case Plane::Kind::kSagittal:
        return c_.say(Text::kSagittal, {signed_number(present::fixed(x_, 1))});
    }
    return "";
  }

  // Names beside their contours, unless another one stands there already.
  std::string labels(const Plane& plane, double pixel) const {
    std::vector<Box> taken;
    std::string out;
    const double u = plane.kind == Plane::Kind::kSagittal ? y_ : x_, v = plane.is_axial() ? y_ : -z_;
    taken.push_back({u - 12 * pixel, v - 12 * pixel, u + 12 * pixel, v + 12 * pixel});
    for (const Solid& s : solids_) {
      if (!plane.is_axial()) break;
      const auto& polygons = s.slabs.at(z_);
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
        if (box.u0 < plane.box.u0 || box.u1 > plane.box.u1 || box.v0 < plane.box.v0 + 18 * pixel || box.v1 > plane.box.v1) continue;
        const bool collides = std::any_of(taken.begin(), taken.end(), [&](const Box& t) {
          return box.u0 < t.u1 && t.u0 < box.u1 && box.v0 < t.v1 && t.v0 < box.v1;
        });
        if (collides) continue;
        taken.push_back(box);
        out += "<text class=\"sl s" + std::to_string(s.index) + "\" x=\"" + coordinate(p[0]) + "\" y=\"" + coordinate(p[1] - 3 * pixel) +
               "\" text-anchor=\"middle\">" + short_text(s.structure->role, 14) + "</text>";
        break;
      }
    }
    return out;
  }

  std::string picture(const Plane& plane) const {
    const Box& b = plane.box;
    const double pixel = 1.0 / plane.scale;
    const double u = plane.kind == Plane::Kind::kSagittal ? y_ : x_, v = plane.is_axial() ? y_ : -z_;
    std::string out = "<svg class=\"slc\" viewBox=\"" + coordinate(b.u0) + " " + coordinate(b.v0) + " " + coordinate(b.width()) + " " +
                      coordinate(b.height()) + "\" font-size=\"" + coordinate(12 * pixel, 2) + "\" role=\"img\" aria-label=\"" +
                      c_.say(Text::kPictureLabel, {title(plane), short_text(row_->structure)}) + "\"><rect x=\"" + coordinate(b.u0) + "\" y=\"" +
                      coordinate(b.v0) + "\" width=\"" + coordinate(b.width()) + "\" height=\"" + coordinate(b.height()) + "\"/>";
    out += image(plane) + beyond(plane) + contours(plane) + isodoses(plane);
    const double gap = 10 * pixel, arm = 5 * pixel;
    out += "<path class=\"cr\" d=\"M" + coordinate(b.u0) + "," + coordinate(v) + "H" + coordinate(u - gap) + "M" + coordinate(u + gap) + "," +
           coordinate(v) + "H" + coordinate(b.u1) + "M" + coordinate(u) + "," + coordinate(b.v0) + "V" + coordinate(v - gap) + "M" +
           coordinate(u) + "," + coordinate(v + gap) + "V" + coordinate(b.v1) + "\"/><path class=\"pt\" d=\"M" + coordinate(u - arm, 2) + "," +
           coordinate(v, 2) + "H" + coordinate(u + arm, 2) + "M" + coordinate(u, 2) + "," + coordinate(v - arm, 2) + "V" + coordinate(v + arm, 2) + "\"/>";
    out += words(plane, pixel) + labels(plane, pixel);
    const double bar = plane.kind == Plane::Kind::kNear ? 10 : 50;
    out += "<path class=\"sb\" d=\"M" + coordinate(b.u1 - 8 * pixel - bar) + "," + coordinate(b.v1 - 8 * pixel) + "h" + coordinate(bar) +
           "\"/><text x=\"" + coordinate(b.u1 - 8 * pixel - bar / 2) + "\" y=\"" + coordinate(b.v1 - 13 * pixel) +
           "\" text-anchor=\"middle\">" + (bar < 50 ? "1 cm" : "5 cm") + "</text>";
    return out + "<text class=\"ti\" x=\"" + coordinate(b.u0 + 6 * pixel) + "\" y=\"" + coordinate(b.v0 + 15 * pixel) + "\">" + title(plane) +
           "</text></svg>";
  }

  std::string tables() const {
    const v1::Location& at = row_->finding->location();
    std::string out = "<p class=\"rt\">" + escaped(present::place_name(at, c_.language()));
    if (at.has_dose_gy()) {
      out += ": <b>" + present::fixed(at.dose_gy()) + " Gy</b>";
      if (c_.prescription_gy() > 0.0) out += ", " + present::fixed(100.0 * at.dose_gy() / c_.prescription_gy(), 1) + " %";
    }
    out += "</p><ul class=\"xyz\">";
    const std::string place = present::location_text(at, c_.language());
    for (std::size_t from = 0; from != std::string::npos && from < place.size();) {
      const std::size_t to = place.find(", ", from);
      out += "<li>" + signed_text(place.substr(from, to == std::string::npos ? to : to - from)) + "</li>";
      from = to == std::string::npos ? to : to + 2;
    }
    out += "</ul>";
    if (!isodoses_.empty()) {
      out += "<table class=\"iso\"><thead><tr><th scope=\"col\">" + c_.say(Text::kIsodose) + "</th><th scope=\"col\">Gy</th></tr></thead><tbody>";
      for (const Isodose& i : isodoses_) {
        out += "<tr><th scope=\"row\"><svg class=\"key\" width=\"24\" height=\"10\" aria-hidden=\"true\"><rect width=\"24\" height=\"10\"/><path class=\"is " +
               std::string(i.style) + "\" d=\"M0 5h24\"/></svg>" + i.label + "</th><td>" + present::fixed(i.gy) + "</td></tr>";
      }
      out += "</tbody></table>";
    }
    out += "<p class=\"kh\">" + c_.say(Text::kContours) + "</p><ul class=\"keys\">";
    for (const Solid& s : solids_) {
      out += "<li><svg class=\"key\" width=\"24\" height=\"10\" aria-hidden=\"true\"><rect width=\"24\" height=\"10\"/><path class=\"co s" +
             std::to_string(s.index) + "\" d=\"M0 5h24\"/></svg>" + name(s.structure->role, 16) + "</li>";
    }
    return out + "</ul>";
  }

  static std::string signed_text(std::string text) {
    if (const std::size_t at = text.find(" -"); at != std::string::npos) text.replace(at, 2, " −");
    return escaped(text);
  }

  const Context& c_;
  const std::vector<Solid>& solids_;
  const DoseField* dose_;
  const Row* row_ = nullptr;
  double x_ = 0, y_ = 0, z_ = 0, limit_gy_ = 0;
  bool is_upper_ = true;
  std::size_t number_ = 0;
  std::array<double, 6> bounds_{};
  std::vector<Isodose> isodoses_;
};

}  // namespace

std::vector<const Row*> rows_with_pictures(const present::View& view) {
  std::vector<const Row*> rows;
  for (const Status status : {Status::kBroken, Status::kUndecided, Status::kNear}) {
    for (const Row& row : view.group(status).rows) {
      const bool is_enough = rows.size() == kMostPlaces || (status != Status::kBroken && !rows.empty());
      if (row.finding->has_location() && !is_enough) rows.push_back(&row);
    }
  }
  return rows;
}

bool has_picture(const Context& context, const Row& row) {
  const auto rows = rows_with_pictures(context.view);
  return std::find(rows.begin(), rows.end(), &row) != rows.end();
}

std::string places(const Context& c, std::string& styles) {
  const auto rows = rows_with_pictures(c.view);
  std::vector<Solid> solids;
  for (std::size_t i = 0; i < c.structures.size(); ++i) {
    if (c.structures[i].drawn == nullptr) continue;
    Slabs slabs(*c.structures[i].drawn);
    if (!slabs.empty()) solids.push_back({&c.structures[i], std::move(slabs), i});
  }
  if (rows.empty() || solids.empty()) return "";
  std::optional<DoseField> dose;
  if (c.evidence.rt.dose && c.view.report->dose().has_scale_factor()) {
    dose = DoseField::make(*c.evidence.rt.dose, c.view.report->dose().scale_factor());
  }
  Pictures pictures(c, solids, dose ? &*dose : nullptr);
  std::string body;
  for (std::size_t i = 0; i < rows.size(); ++i) body += pictures.of(*rows[i], i, styles);
  std::size_t broken = 0;
  for (const Row& row : c.view.group(Status::kBroken).rows) broken += row.finding->has_location() ? 1U : 0U;
  if (broken > rows.size()) {
    body += "<p class=\"foot\">" + escaped(present::say_count(Text::kMorePlaces, c.language(), broken - rows.size())) + "</p>";
  }
  body += "<p class=\"foot\">" + c.say(Text::kPicturesNote) + " " + c.say(c.evidence.ct ? Text::kCtShown : Text::kNoCt) + "</p>";
  return section("where", c.say(Text::kWhere), "<p>" + c.say(Text::kWhereNote) + "</p>", body);
}

}  // namespace dosegate::html
