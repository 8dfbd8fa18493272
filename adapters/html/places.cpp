// Where it is: three planes through the worst point, and the point from near. Radiological orientation: axial seen from
// the feet, coronal from the front, sagittal from the left; axial, coronal and sagittal to one scale, so that the lines
// through the point run on.
#include <algorithm>
#include <cmath>

#include "adapters/html/limits.h"
#include "adapters/html/plane_picture.h"
#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/words.h"

namespace dosegate::html {
namespace {

using present::Row;
using present::Status;
using present::Text;

constexpr std::size_t kMostPlaces = 3;
constexpr double kAround = 25, kFurthest = 260;    // mm round the structures; from the point
constexpr double kSkin = 8;                        // mm round the patient
constexpr double kNearLeast = 20, kNearMost = 60;  // mm from the point in the near view
constexpr double kWholeWidth = 690;                // pixels that the two columns have on a wide screen
constexpr double kPaperWidth = 532;                // and on paper beside the table, where there is one place alone
constexpr double kPaperRow = 529;                  // and the four pictures of each of several places, in a row

class Pictures {
 public:
  Pictures(const Context& context, const std::vector<Solid>& solids, const DoseField* dose, bool are_several)
      : s_{context, solids, dose}, are_several_(are_several) {}

  // The colours of the contours, with their names.
  std::string keys() const {
    std::string out;
    for (const Solid& s : s_.solids) {
      out +=
          "<li><svg class=\"key\" width=\"24\" height=\"10\" aria-hidden=\"true\"><rect width=\"24\" "
          "height=\"10\"/><path class=\"co s" +
          std::to_string(s.index) + "\" d=\"M0 5h24\"/></svg>" + name(s.structure->role, 16) + "</li>";
    }
    return out;
  }

  // All of one row, with its tables.
  std::string of(const Row& row, std::size_t number, std::string& styles) {
    const v1::Location& at = row.finding->location();
    s_.row = &row;
    s_.x = at.x_mm(), s_.y = at.y_mm(), s_.z = height_of(at);
    s_.number = number;
    find_limit();
    const Box axial = whole(0, 2);
    const double z_low = std::max(bounds_[4] - kAround, s_.z - kFurthest),
                 z_high = std::min(bounds_[5] + kAround, s_.z + kFurthest);
    const Box coronal{axial.u0, -z_high, axial.u1, -z_low}, sagittal{axial.v0, -z_high, axial.v1, -z_low};
    const double reach = near_reach();
    const double scale = kWholeWidth / (axial.width() + sagittal.width());
    const double paper = (are_several_ ? kPaperRow / 2 : kPaperWidth) / (axial.width() + sagittal.width());
    const double nearer = sagittal.width() / (2 * reach);
    const double ratio = axial.height() / sagittal.width();
    const Box near{s_.x - reach, s_.y - reach * ratio, s_.x + reach, s_.y + reach * ratio};
    const std::string two = coordinate(axial.width()) + "fr " + coordinate(sagittal.width()) + "fr";
    styles += "@media screen and (min-width:761px){.q" + std::to_string(number) + "{grid-template-columns:" + two +
              "}}@media screen and (max-width:760px){.q" + std::to_string(number) +
              ">:nth-child(2n){width:" + coordinate(100.0 * std::min(1.0, sagittal.width() / axial.width())) +
              "%}}@media print{.q" + std::to_string(number) + "{grid-template-columns:" + two +
              (are_several_ ? " " + two : "") + "}}";
    std::string out = "<div class=\"dv pl1" + std::string(are_several_ ? " inrow" : "") + "\" id=\"p-" +
                      escaped(row.finding->rule_id()) + "\"><div><h3>" + glyph(row.status, 13) + "<span><b>" +
                      name(row.structure) + "</b> " + short_text(row.metric.substr(0, row.metric.find('['))) +
                      " <span class=\"mu\">" + name(row.rule) + "</span></span></h3><div class=\"sl4 q" +
                      std::to_string(number) + "\">";
    out += draw(s_, {Plane::Kind::kAxial, axial, scale, paper}) +
           draw(s_, {Plane::Kind::kNear, near, scale * nearer, paper * nearer}) +
           draw(s_, {Plane::Kind::kCoronal, coronal, scale, paper}) +
           draw(s_, {Plane::Kind::kSagittal, sagittal, scale, paper});
    return out + "</div></div><div class=\"zt\">" + tables() + "</div></div>";
  }

 private:
  // Where two slabs meet, the point belongs to either: the plane lies in that which holds it, by less than is seen.
  double height_of(const v1::Location& at) const {
    constexpr double kUnseen = 1e-6;  // mm
    const Solid* own = s_.solid_of_row();
    double best = at.z_mm();
    std::size_t most = 0;
    for (const double z : {at.z_mm(), at.z_mm() + kUnseen, at.z_mm() - kUnseen}) {
      std::size_t holding = 0;
      for (const Solid& solid : s_.solids) {
        if (holds(solid.slabs.at(z), at.x_mm(), at.y_mm())) holding += &solid == own ? s_.solids.size() : 1;
      }
      if (holding > most) most = holding, best = z;
    }
    return best;
  }

  void find_limit() {
    s_.isodoses.clear();
    s_.limit_gy = 0.0;
    s_.is_upper = true;
    for (const Limit& l : limits_of(s_.context)) {
      if (l.row != s_.row || l.is_mean) continue;
      s_.limit_gy = l.dose_gy;
      s_.is_upper = l.side == Limit::Side::kDown || l.side == Limit::Side::kLeft;
    }
    const double rx = s_.context.prescription_gy();
    if (s_.dose == nullptr) return;
    if (rx > 0.0) {
      for (const auto& [percent, style] : {std::pair{110.0, "i110"}, {100.0, "i100"}, {95.0, "i95"}, {50.0, "i50"}}) {
        s_.isodoses.push_back({coordinate(percent) + " %", rx * percent / 100.0, style});
      }
    }
    if (s_.limit_gy > 0.0) {
      std::string label = s_.context.say(Text::kDoseOfLimit);
      for (const Isodose& i : s_.isodoses) {
        if (i.gy == s_.limit_gy) label = s_.context.say(Text::kPercentIsLimit, {i.label});
      }
      s_.isodoses.push_back({label, s_.limit_gy, "il"});
    }
    std::sort(s_.isodoses.begin(), s_.isodoses.end(), [](const Isodose& a, const Isodose& b) { return a.gy > b.gy; });
    const auto is_drawn_as_limit = [&](const Isodose& i) {
      return std::string_view(i.style) != "il" && i.gy == s_.limit_gy;
    };
    std::erase_if(s_.isodoses, is_drawn_as_limit);
  }

  Box whole(std::size_t u, std::size_t v) {
    bounds_ = {s_.x, s_.x, s_.y, s_.y, s_.z, s_.z};
    for (const Solid& s : s_.solids) {
      const auto b = s.slabs.bounds();
      for (std::size_t i = 0; i < 6; i += 2) {
        bounds_[i] = std::min(bounds_[i], b[i]);
        bounds_[i + 1] = std::max(bounds_[i + 1], b[i + 1]);
      }
    }
    for (const dicom::Structure& s : s_.context.evidence.rt.structures) {  // and all of the patient across
      if (s.interpreted_type != "EXTERNAL") continue;
      const Slabs skin(s);
      if (skin.empty()) continue;
      const auto b = skin.bounds();
      for (std::size_t i = 0; i < 4; i += 2) {
        bounds_[i] = std::min(bounds_[i], b[i] + kAround - kSkin);
        bounds_[i + 1] = std::max(bounds_[i + 1], b[i + 1] - kAround + kSkin);
      }
    }
    const auto from = [&](std::size_t axis, double at) { return std::max(bounds_[axis] - kAround, at - kFurthest); };
    const auto to = [&](std::size_t axis, double at) { return std::min(bounds_[axis + 1] + kAround, at + kFurthest); };
    return {from(u, s_.x), from(v, s_.y), to(u, s_.x), to(v, s_.y)};
  }

  double near_reach() const {
    const Solid* s = s_.solid_of_row();
    double reach = kNearLeast;
    if (s != nullptr) {
      for (const Polygon& polygon : s->slabs.at(s_.z)) {
        for (const Point& p : polygon)
          reach = std::max({reach, 1.3 * std::abs(p[0] - s_.x), 1.3 * std::abs(p[1] - s_.y)});
      }
    }
    return std::min(reach, kNearMost);
  }

  std::string tables() const {
    const v1::Location& at = s_.row->finding->location();
    const double rx = s_.context.prescription_gy();
    const std::string what = escaped(present::place_name(at, s_.context.language()));
    std::string out =
        "<p class=\"rt\">" +
        (at.has_dose_gy()
             ? s_.context.say(Text::kLabelled, {what, "<b>" + typeset(present::fixed(at.dose_gy()) + " Gy") + "</b>"})
             : what) +
        "</p><ul class=\"xyz\">";
    if (at.has_dose_gy() && rx > 0.0) {
      out += "<li class=\"mu\">" +
             s_.context.say(Text::kPercentOf, {typeset(present::fixed(100.0 * at.dose_gy() / rx, 1) + " %"),
                                               typeset(coordinate(rx, 3) + " Gy")}) +
             "</li>";
    }
    const std::string place = present::location_text(at, s_.context.language());
    for (std::size_t from = 0; from != std::string::npos && from < place.size();) {
      const std::size_t to = place.find(", ", from);
      out += "<li>" + typeset(place.substr(from, to == std::string::npos ? to : to - from)) + "</li>";
      from = to == std::string::npos ? to : to + 2;
    }
    out += "</ul>";
    if (!s_.isodoses.empty()) {
      out += "<table class=\"iso\"><thead><tr><th scope=\"col\">" + s_.context.say(Text::kIsodose) +
             "</th><th scope=\"col\">Gy</th></tr></thead><tbody>";
      for (const Isodose& i : s_.isodoses) {
        out +=
            "<tr><th scope=\"row\"><svg class=\"key\" width=\"24\" height=\"10\" aria-hidden=\"true\"><rect "
            "width=\"24\" height=\"10\"/><path class=\"is " +
            std::string(i.style) + "\" d=\"M0 5h24\"/></svg>" + i.label + "</th><td>" + present::fixed(i.gy) +
            "</td></tr>";
      }
      out += "</tbody></table>";
    }
    return out + "<p class=\"kh\">" + s_.context.say(Text::kContours) + "</p><ul class=\"keys\">" + keys() + "</ul>";
  }

  Scene s_;
  bool are_several_;
  std::array<double, 6> bounds_{};
};

}  // namespace

namespace {

bool is_same_place(const Row& a, const Row& b) {
  const v1::Location &p = a.finding->location(), &q = b.finding->location();
  return a.finding->structure() == b.finding->structure() && p.x_mm() == q.x_mm() && p.y_mm() == q.y_mm() &&
         p.z_mm() == q.z_mm();
}

}  // namespace

std::vector<const Row*> rows_with_pictures(const present::View& view) {
  std::vector<const Row*> rows;
  for (const Status status : {Status::kBroken, Status::kUndecided, Status::kNear}) {
    std::vector<const Row*> found;
    for (const Row& row : view.group(status).rows) found.push_back(&row);
    const auto share = [](const Row* row) { return row->used ? row->used->value : 0.0; };
    std::stable_sort(found.begin(), found.end(), [&](const Row* a, const Row* b) { return share(a) > share(b); });
    for (const Row* one : found) {
      const Row& row = *one;
      const bool is_enough = rows.size() == kMostPlaces || (status != Status::kBroken && !rows.empty());
      const bool is_shown =
          std::any_of(rows.begin(), rows.end(), [&](const Row* shown) { return is_same_place(*shown, row); });
      if (row.finding->has_location() && !is_enough && !is_shown) rows.push_back(&row);
    }
  }
  return rows;
}

std::string place_of(const Context& context, const Row& row) {
  const auto rows = rows_with_pictures(context.view);
  const auto shown = std::find_if(rows.begin(), rows.end(), [&](const Row* r) { return is_same_place(*r, row); });
  const std::string place = typeset(row.place);
  return shown == rows.end() ? place : "<a href=\"#p-" + escaped((*shown)->finding->rule_id()) + "\">" + place + "</a>";
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
  Pictures pictures(c, solids, dose ? &*dose : nullptr, rows.size() > 1);
  std::string body;
  for (std::size_t i = 0; i < rows.size(); ++i) body += pictures.of(*rows[i], i, styles);
  if (rows.size() > 1) body += "<ul class=\"kys\">" + pictures.keys() + "</ul>";  // on paper once for all
  std::size_t others = 0;  // broken, at places that are not shown
  for (const Row& row : c.view.group(Status::kBroken).rows) {
    const bool is_shown = std::any_of(rows.begin(), rows.end(), [&](const Row* r) { return is_same_place(*r, row); });
    if (row.finding->has_location() && !is_shown) ++others;
  }
  if (others > 0) {
    body += "<p class=\"foot\">" + escaped(present::say_count(Text::kMorePlaces, c.language(), others)) + "</p>";
  }
  body += "<p class=\"foot\">" + c.say(Text::kPicturesNote) + std::string(present::sentence_gap(c.language())) +
          c.say(c.evidence.ct ? Text::kCtShown : Text::kNoCt) + "</p>";
  return section("where", c.say(Text::kWhere), "<p>" + c.say(Text::kWhereNote) + "</p>", body);
}

}  // namespace dosegate::html
