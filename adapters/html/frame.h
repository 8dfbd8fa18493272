// What every page of ours stands in: head, content security policy, styles, script.
#pragma once

#include <string>
#include <vector>

#include "adapters/html/evidence.h"
#include "adapters/present/catalogue.h"

namespace dosegate::html {

struct Frame {
  present::Language language = present::Language::kEnglish;
  std::string title;   // markup
  std::string styles;  // beside report.css
  std::string body;    // markup
};

// One HTML file. Its policy forbids it everything but the styles and the script that it carries, by their hashes.
std::string document(const Frame& frame);

// Rules for the colours of structures: classes k0, k1, ... on the page, light and dark; s0, s1, ... on the pictures.
std::string colours(const std::vector<Structure>& structures);

// What stands at the edges of a sheet of paper; plain texts.
struct Sheet {
  std::string top_left, top_right, bottom_left;
};
std::string paper(const Sheet& sheet);

// "Intended use. ..."
std::string footer(present::Language language);

}  // namespace dosegate::html
