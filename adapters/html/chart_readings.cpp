// The table in which the curves are read, which is their legend: of one plan with volumes in % and cc, of several in %.
#include <algorithm>
#include <cmath>

#include "adapters/html/chart.h"
#include "adapters/present/number.h"

namespace dosegate::html {
namespace {

using present::Text;

class Readings {
 public:
  Readings(const Overlay& overlay, double at_gy) : c_(overlay), at_gy_(at_gy) {}

  std::string run() const { return compares() ? matrix() : table(); }

 private:
  bool compares() const {
    return std::any_of(c_.structures.begin(), c_.structures.end(), [](const Structure& s) { return !s.mark.empty(); });
  }

  double percent_at(const Structure& s) const {
    const std::size_t bin = std::min(static_cast<std::size_t>(std::lround(at_gy_ / s.bin_gy)), s.value.size());
    return bin < s.value.size() ? s.value[bin] : 0.0;
  }

  std::string table_head(const std::string& columns) const {
    return "<table class=\"rd\"><caption class=\"vh\">" + say(Text::kReadingsCaption) +
           "</caption><thead><tr><th scope=\"col\">" + say(Text::kAtLeastThisDose) + "</th>" + columns +
           "</tr></thead><tbody>";
  }

  // A box that switches these curves, and the line that they are drawn with.
  static std::string box(const std::string& curves, const std::string& line_class, const std::string& text,
                         const std::string& style = "", int width = 18) {
    const std::string across = "d=\"M0 4h" + std::to_string(width) + "\"/>";
    const std::string casing = style == "cw" ? "<path class=\"cc\" " + across : "";
    const std::string line = style.empty() ? "" : " class=\"" + style + " " + line_class + "\"";
    return "<label><input type=\"checkbox\" checked data-toggle=\"" + curves + "\"><svg class=\"sw " + line_class +
           "\" width=\"" + std::to_string(width) + "\" height=\"8\" aria-hidden=\"true\">" + casing + "<path" + line +
           " " + across + "</svg>" + text + "</label>";
  }

  // Of one plan: a structure a line.
  std::string table() const {
    std::string out = table_head("<th scope=\"col\">%</th><th scope=\"col\">cc</th>");
    for (std::size_t i = 0; i < c_.structures.size(); ++i) {
      const Structure& s = c_.structures[i];
      if (s.value.empty()) continue;
      const std::string n = std::to_string(i);
      const double value = percent_at(s);
      out += "<tr><th scope=\"row\">" + box(n, "k" + n, name(s.role, 24), line_style(c_, i)) + "</th><td data-pc=\"" +
             n + "\">" + present::fixed(value, 2) + "</td><td data-cc=\"" + n + "\">" +
             present::fixed(value * s.volume_cc / 100.0) + "</td></tr>";
    }
    return out + "</tbody></table>";
  }

  // Of plans side by side: a role a line, a plan a column.
  std::string matrix() const {
    std::size_t plans = 0;
    for (const Structure& s : c_.structures) plans = std::max(plans, s.plan + 1);
    constexpr int kDashed = 32;  // so that dashes are told apart
    std::string columns, rows;
    std::vector<std::string> marks(plans);
    for (std::size_t plan = 0; plan < plans; ++plan) {
      std::string curves, mark;
      for (std::size_t i = 0; i < c_.structures.size(); ++i) {
        if (c_.structures[i].plan != plan) continue;
        mark = c_.structures[i].mark;
        if (!c_.structures[i].value.empty()) curves += (curves.empty() ? "" : " ") + std::to_string(i);
      }
      if (mark.empty()) continue;
      marks[plan] = escaped(mark);
      const std::string dashes = plan == 0 ? "kx" : "kx p" + std::to_string(plan);
      columns += "<th scope=\"col\">" +
                 (curves.empty() ? escaped(mark) : box(curves, dashes, escaped(mark) + ", %", "", kDashed)) + "</th>";
    }
    for (std::size_t i = 0; i < c_.structures.size(); ++i) {
      const std::string& role = c_.structures[i].role;
      if (i > 0 && c_.structures[i - 1].role == role) continue;  // they stand together
      std::string curves, first;
      std::vector<std::string> cells;
      for (const std::string& mark : marks) cells.push_back("<td data-plan=\"" + mark + "\">–</td>");
      for (std::size_t k = i; k < c_.structures.size() && c_.structures[k].role == role; ++k) {
        const Structure& s = c_.structures[k];
        if (s.value.empty()) continue;
        const std::string n = std::to_string(k);
        if (first.empty()) first = n;
        curves += (curves.empty() ? "" : " ") + n;
        cells[s.plan] = "<td data-plan=\"" + marks[s.plan] + "\" data-pc=\"" + n + "\">" +
                        present::fixed(percent_at(s), 2) + "</td>";
      }
      if (curves.empty()) continue;
      rows += "<tr><th scope=\"row\">" + box(curves, "k" + first, name(role, 24)) + "</th>";
      for (const std::string& cell : cells) rows += cell;
      rows += "</tr>";
    }
    return table_head(columns) + rows + "</tbody></table>";
  }

  std::string say(Text id) const { return phrase(id, c_.language); }

  const Overlay& c_;
  double at_gy_;
};

}  // namespace

std::string readings_table(const Overlay& overlay, double at_gy) { return Readings(overlay, at_gy).run(); }

}  // namespace dosegate::html
