// The sections of the page, in its order. Each gives "" where it has nothing to say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/html/evidence.h"
#include "adapters/html/markup.h"
#include "adapters/present/view.h"

namespace dosegate::html {

struct Context {
  const present::View& view;
  const Evidence& evidence;
  std::vector<Structure> structures;

  present::Language language() const { return view.language; }
  std::string say(present::Text id, std::initializer_list<std::string> arguments = {}) const {
    return phrase(id, view.language, arguments);
  }
  // The Gy that 100 % stands for in a rule's metric; 0: not known.
  double percent_of_gy(const std::string& rule_id) const;
  double prescription_gy() const;
};

std::string header(const Context& context);
std::string scorecard(const Context& context);
std::string deviations(const Context& context);
std::string curves(const Context& context);
// `styles`: rules that the section needs beside the page's.
std::string places(const Context& context, std::string& styles);
// Margins by direction.
std::string margins(const Context& context);
std::string course(const Context& context);
// What a measurement of the plan says: gamma's histogram and map.
std::string measurement(const Context& context);
std::string matching(const Context& context);
std::string inputs(const Context& context);
// What passed and what only informs, in small, for paper.
std::string passed_in_brief(const Context& context);

// A section with its head in the margin. `title` and `note` are markup.
std::string section(std::string_view id, const std::string& title, const std::string& note, const std::string& body);

// The row's place, its coordinates and dose, as a link to the picture where there is one: its own, or that of a rule on
// the same structure at the same point.
std::string place_of(const Context& context, const present::Row& row);
// Rows that get pictures, those that use most of their limit first.
std::vector<const present::Row*> rows_with_pictures(const present::View& view);

}  // namespace dosegate::html
