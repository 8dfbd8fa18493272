#include "adapters/present/typeset.h"

#include <catch2/catch.hpp>

#include "adapters/present/listing.h"
#include "adapters/present/words.h"

using namespace dosegate::present;

TEST_CASE("typeset: a number stays with its unit, its axis and its limit's sign, and a minus is one", "[present]") {
  CHECK(typeset("x -2.5 mm (right), y 72.5 mm") == "x\u00A0\u22122.5\u00A0mm\u00A0(right), y\u00A072.5\u00A0mm");
  CHECK(typeset("z 2.5 mm (上)。") == "z\u00A02.5\u00A0mm\u00A0(上)。");
  CHECK(typeset("5 mm (3 %), 5 mm (") == "5\u00A0mm (3\u00A0%), 5\u00A0mm (");
  CHECK(typeset("0.34 cc (1.63 %) of it") == "0.34\u00A0cc (1.63\u00A0%) of it");
  CHECK(typeset("the limit is >= 97 %.") == "the limit is \u2265\u00A097\u00A0%.");
  CHECK(typeset("<= 24 Gy") == "\u2264\u00A024\u00A0Gy");
  CHECK(typeset("有 0.34 cc（-1.63 %）处于") == "有 0.34\u00A0cc（\u22121.63\u00A0%）处于");
  CHECK(typeset("on Fri 2024-01-26, or am Fr 26.01.2024.") == "on Fri\u00A02024-01-26, or am Fr\u00A026.01.2024.");
}

TEST_CASE("typeset: what is no number beside a unit stays as it is", "[present]") {
  for (const char* text : {"", " ", "PTV -3 opt", "--map CTV=\"NAME\" x y", "<= of nothing", "OR-2.V20", "a  b",
                           "1.2.3 Gy", "-", "Mon the tenth"}) {
    CHECK(typeset(text) == text);
  }
}

TEST_CASE("listing: joined as each language does it", "[present]") {
  const std::vector<std::string> three = {"a", "b", "c"}, one = {"a"}, none;
  CHECK(listing(three, Language::kEnglish) == "a, b, c");
  CHECK(listing(three, Language::kEnglish, Joint::kAnd) == "a, b and c");
  CHECK(listing(three, Language::kGerman, Joint::kOr) == "a, b oder c");
  CHECK(listing(three, Language::kChinese, Joint::kAnd) == "a\u3001b\u548Cc");
  CHECK(listing(three, Language::kChinese, Joint::kSemicolon) == "a\uFF1Bb\uFF1Bc");
  CHECK(listing(one, Language::kGerman, Joint::kAnd) == "a");
  CHECK(listing(none, Language::kGerman).empty());
  std::string text = "no ROI";
  capitalise(text);
  capitalise(text, 2);   // a space
  capitalise(text, 99);  // beyond it
  CHECK(text == "No ROI");
}

TEST_CASE("words: what an input is, where that is known", "[present]") {
  CHECK(input_text("RTPLAN", Language::kEnglish) == "RT Plan");
  CHECK(input_text("RECORD", Language::kGerman) == "Klinische Dokumentation");
  CHECK(input_text("SOMETHING", Language::kGerman) == "SOMETHING");
}
