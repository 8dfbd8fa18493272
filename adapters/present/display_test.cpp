#include "adapters/present/display.h"

#include <catch2/catch.hpp>

#include "adapters/support/utf8.h"

using namespace dosegate::present;

TEST_CASE("display: control characters in a name cannot reach the terminal", "[present]") {
  CHECK(printable("PTV\x1b[2J\x07") == "PTV\\u{1B}[2J\\u{7}");
  CHECK(printable("a\nb\rc\td") == "a\\u{A}b\\u{D}c\\u{9}d");
  CHECK(printable("\x7f") == "\\u{7F}");
  CHECK(printable("\xC2\x9B"
                  "31m") == "\\u{9B}31m");                // C1 control sequence introducer
  CHECK(printable("\xE2\x80\xAEVTP") == "\\u{202E}VTP");  // right-to-left override
  CHECK(printable("\xE2\x81\xA6x\xE2\x80\x8B") == "\\u{2066}x\\u{200B}");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\u{0}b");
}

TEST_CASE("display: bytes that are not UTF-8 are written out", "[present]") {
  CHECK(printable("Nie\xE8re") == "Nie\\xE8re");          // ISO-8859-1
  CHECK(printable("\xC0\xAF") == "\\xC0\\xAF");           // overlong
  CHECK(printable("\xED\xA0\x80") == "\\xED\\xA0\\x80");  // a surrogate
  CHECK(printable("\xF4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80");
  CHECK(printable("\xE8\x82") == "\\xE8\\x82");  // cut off
  CHECK(dosegate::support::is_utf8("Leber \xE8\x82\x9D"));
  CHECK_FALSE(dosegate::support::is_utf8("Nie\xE8re"));
  CHECK_FALSE(dosegate::support::is_utf8("\xC0\xAF"));
}

TEST_CASE("display: ordinary text of any language stays as it is", "[present]") {
  for (const char* text : {"Liver-GTV", "Niere links \xC3\xA4", "\xE8\x82\x9D\xE8\x84\x8F", "\\path", ""}) {
    CHECK(printable(text) == text);
  }
}

TEST_CASE("display: width counts terminal columns, not bytes", "[present]") {
  CHECK(display_width("") == 0);
  CHECK(display_width("Liver") == 5);
  CHECK(display_width("\xC3\xA4") == 1);                  // a with diaeresis
  CHECK(display_width("a\xCC\x88") == 1);                 // the same with a combining mark
  CHECK(display_width("\xE8\x82\x9D\xE8\x84\x8F") == 4);  // two Han characters
  CHECK(display_width("\xEF\xBC\xA1") == 2);              // full-width A
  CHECK(display_width("\xEF\xBD\xB1") == 1);              // half-width katakana
  CHECK(display_width("\xF0\x9F\xA9\xBA") == 2);          // stethoscope
}

TEST_CASE("display: padding and shortening keep the columns", "[present]") {
  CHECK(pad_right("\xE8\x82\x9D", 5) == "\xE8\x82\x9D   ");
  CHECK(pad_left("12", 5) == "   12");
  CHECK(pad_left("123456", 5) == "123456");
  CHECK(shorten("Stomach", 7) == "Stomach");
  CHECK(shorten("Stomach", 6) == "Sto...");
  CHECK(shorten("\xE8\x82\x9D\xE8\x84\x8F\xE8\x82\x9D", 5) == "\xE8\x82\x9D...");
  CHECK(shorten("\xE8\x82\x9D\xE8\x84\x8F\xE8\x82\x9D", 4) == "...");  // half a wide character does not fit
}

TEST_CASE("display: wrapping breaks at spaces and never exceeds the width", "[present]") {
  CHECK(wrap("one two three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("", 8) == std::vector<std::string>{""});
  CHECK(wrap("abcdefghij", 4) == std::vector<std::string>{"abcd", "efgh", "ij"});
  CHECK(wrap("a abcdefghij b", 4) == std::vector<std::string>{"a", "abcd", "efgh", "ij b"});
  for (const std::string& line : wrap("\xE8\x82\x9D\xE8\x84\x8F\xE8\x82\x9D\xE8\x84\x8F xx", 3)) {
    CHECK(display_width(line) <= 3);
  }
}
