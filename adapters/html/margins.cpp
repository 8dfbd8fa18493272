// Margins, direction by direction: what the protocol asks for, what is drawn between the outermost edges, and what the
// library found to be too little or beyond.
#include <algorithm>
#include <array>
#include <optional>

#include "adapters/html/sections.h"
#include "adapters/html/slabs.h"
#include "adapters/present/number.h"
#include "adapters/present/says.h"

namespace dosegate::html {
namespace {

using present::Row;
using present::says;
using present::Status;
using present::Text;

// To the patient's right, left, front, back, feet and head.
constexpr std::size_t kDirections = 6;
using ByDirection = std::array<std::optional<double>, kDirections>;

ByDirection asked_of(const v1::MarginRule& rule) {
  return {rule.right_mm(),     rule.left_mm(),   rule.anterior_mm(),
          rule.posterior_mm(), rule.caudal_mm(), rule.cranial_mm()};
}

// The directions that a part of a sentence names.
std::vector<std::size_t> directions_of(const v1::Sentence& part) {
  if (says(part, Said::kSideRight)) return {0};
  if (says(part, Said::kSideLeft)) return {1};
  if (says(part, Said::kSideBoth)) return {0, 1};
  if (says(part, Said::kSideAnterior)) return {2};
  if (says(part, Said::kSidePosterior)) return {3};
  if (says(part, Said::kSideCaudal)) return {4};
  if (says(part, Said::kSideCranial)) return {5};
  return {};
}

// Of the places that a sentence holds, at whatever depth, the largest amount in each direction.
void gather(const v1::Sentence& sentence, ByDirection& out) {
  if (says(sentence, Said::kOffAt) && sentence.arguments_size() >= 2) {
    for (const v1::Sentence& side : sentence.arguments(1).sentences().sentences()) {
      for (const std::size_t d : directions_of(side))
        out[d] = std::max(out[d].value_or(0.0), sentence.arguments(0).number());
    }
    return;
  }
  for (const v1::Argument& argument : sentence.arguments()) {
    for (const v1::Sentence& part : argument.sentences().sentences()) gather(part, out);
  }
}

class Margins {
 public:
  explicit Margins(const Context& context) : c_(context) {}

  std::string run() const {
    std::string tables;  // one a rule, so that they stand beside each other on paper
    for (const v1::Rule& rule : c_.evidence.protocol.rules()) {
      const Row* row = rule.has_margin() ? row_of(rule.id()) : nullptr;
      if (row != nullptr) tables += table(of(rule.margin(), *row));
    }
    if (tables.empty()) return "";
    return section("margins", c_.say(Text::kMargins), "<p>" + c_.say(Text::kMarginsNote) + "</p>",
                   "<div class=\"half\">" + tables + "</div>");
  }

 private:
  std::string table(const std::string& rows) const {
    constexpr Text kTo[] = {Text::kRight,     Text::kLeft,     Text::kAnterior,
                            Text::kPosterior, Text::kInferior, Text::kSuperior};
    std::string head = "<thead><tr><th scope=\"col\">mm</th>";
    constexpr std::string_view kLetters = "RLAPIS";  // as in the pictures
    for (std::size_t d = 0; d < kDirections; ++d) {
      head += "<th scope=\"col\" class=\"nu\"><span aria-hidden=\"true\">" + std::string(1, kLetters[d]) +
              "</span><span class=\"vh\">" + c_.say(kTo[d]) + "</span></th>";
    }
    return "<table class=\"pl mg\"><caption class=\"vh\">" + c_.say(Text::kMargins) +
           "</caption><colgroup><col class=\"c1\"><col span=\"6\"></colgroup>" + head + "</tr></thead><tbody>" + rows +
           "</tbody></table>";
  }

  const Row* row_of(const std::string& rule_id) const {
    for (const Status status :
         {Status::kBroken, Status::kNotKnown, Status::kUndecided, Status::kNear, Status::kPassed}) {
      for (const Row& row : c_.view.group(status).rows) {
        if (row.finding->rule_id() == rule_id) return &row;
      }
    }
    return nullptr;
  }

  std::string of(const v1::MarginRule& rule, const Row& row) const {
    std::string out = "<tr class=\"mh\"><th scope=\"rowgroup\" colspan=\"7\">" + glyph(row.status, 11) +
                      "<span class=\"vh\">" + escaped(word_of(row.status, c_.language())) + ": </span><b>" +
                      name(rule.from()) + " → " + name(rule.to()) + "</b> <span class=\"mu\">" + name(row.rule) +
                      "</span></th></tr>";
    out += line(Text::kMarginAsked, asked_of(rule), "");
    if (const auto edges = edges_of(rule)) out += line(Text::kMarginEdges, *edges, "");
    ByDirection little{}, surely{}, beyond{};
    for (const v1::Sentence& said : row.finding->message_sentences()) {
      if (says(said, Said::kMarginMissingAt)) gather(said, little);
      if (says(said, Said::kMarginTooLittle)) gather(said, surely);
      if (says(said, Said::kBeyondMarginBy)) gather(said, beyond);
    }
    const auto has_any = [](const ByDirection& b) {
      return std::any_of(b.begin(), b.end(), [](const auto& v) { return v.has_value(); });
    };
    if (has_any(surely)) little = surely;  // whatever slices hide
    if (has_any(little)) out += line(Text::kMarginTooLittle, little, row.status == Status::kBroken ? " x" : "");
    if (has_any(beyond)) out += line(Text::kMarginBeyond, beyond, "");
    return out;
  }

  std::string line(Text what, const ByDirection& values, const std::string& style) const {
    std::string out = "<tr><th scope=\"row\">" + c_.say(what) + "</th>";
    for (const auto& value : values) {
      out += "<td class=\"nu\">";
      if (value) out += "<span class=\"n" + style + "\">" + signed_number(present::fixed(*value, 1)) + "</span>";
      out += "</td>";
    }
    return out + "</tr>";
  }

  std::optional<ByDirection> edges_of(const v1::MarginRule& rule) const {
    const auto from = bounds_of(rule.from()), to = bounds_of(rule.to());
    if (!from || !to) return std::nullopt;
    const auto &f = *from, &t = *to;
    return ByDirection{f[0] - t[0], t[1] - f[1], f[2] - t[2], t[3] - f[3], f[4] - t[4], t[5] - f[5]};
  }

  // x grows to the patient's left, y to the back, z to the head.
  std::optional<std::array<double, 6>> bounds_of(const std::string& role) const {
    for (const Structure& s : c_.structures) {
      if (s.role != role || s.drawn == nullptr) continue;
      const Slabs slabs(*s.drawn);
      if (!slabs.empty()) return slabs.bounds();
    }
    return std::nullopt;
  }

  const Context& c_;
};

}  // namespace

std::string margins(const Context& c) { return Margins(c).run(); }

}  // namespace dosegate::html
