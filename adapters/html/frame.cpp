#include "adapters/html/frame.h"

#include "adapters/html/colour.h"
#include "adapters/html/markup.h"
#include "adapters/present/display.h"
#include "adapters/support/base64.h"
#include "adapters/web/assets.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::html {
namespace {

// What a content security policy names an inline style or script by.
std::string source_hash(std::string_view text) {
  const std::string hex = dosegate::detail::sha256_of(text.data(), text.size());
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return "'sha256-" + support::to_base64(bytes) + "'";
}

// At most 110 characters; never a part of one.
std::string_view short_plain(std::string_view text) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && ++characters > 110) return text.substr(0, at);
  }
  return text;
}

// Quoted for CSS: a name from outside cannot end the string.
std::string css_text(const std::string& text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  const std::string printable = present::printable(text);
  for (const char ch : short_plain(printable)) {
    const bool is_plain = ch != '"' && ch != '\\' && ch != '<' && ch != '>' && ch != '&';
    if (is_plain) {
      out += ch;
    } else {  // six digits: what follows is not one of them
      out += std::string("\\0000") + kHex[ch / 16] + kHex[ch % 16];
    }
  }
  return out + "\"";
}

}  // namespace

// On the page, light and dark, with 4.5 to 1; on the black of the pictures, too.
std::string colours(const std::vector<Structure>& structures) {
  // The pictures are black and grey: lines and, more so, names are lighter than on black alone.
  constexpr double kOnGrey = 5.5, kNameOnGrey = 9.0;
  std::string light, dark, rules;
  for (std::size_t i = 0; i < structures.size(); ++i) {
    const std::string n = std::to_string(i);
    const Rgb colour = structures[i].colour;
    light += "--k" + n + ":" + hex(readable_on(kLightPage, colour)) + ";";
    dark += "--k" + n + ":" + hex(readable_on(kDarkPage, colour)) + ";";
    rules += ".k" + n + "{--k:var(--k" + n + ")}.s" + n + "{--s:" + hex(readable_on(kPicture, colour, kOnGrey)) +
             ";--t:" + hex(readable_on(kPicture, colour, kNameOnGrey)) + "}.cw.k" + n + "{stroke:" + hex(colour) + "}";
  }
  return ":root{" + light + "}@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){" + dark +
         "}}@media screen{:root[data-theme=dark]{" + dark + "}}" + rules;
}

std::string paper(const Sheet& sheet) {
  const std::string font = ";font:7.5pt Arial,sans-serif;color:#555}";
  return "@media print{@page{@top-left{content:" + css_text(sheet.top_left) + font +
         "@top-right{content:" + css_text(sheet.top_right) + font +
         "@bottom-left{content:" + css_text(sheet.bottom_left) + font +
         "@bottom-right{content:counter(page) \" / \" counter(pages)" + font + "}}";
}

std::string footer(present::Language language) {
  return "<footer><p><b>" + phrase(present::Text::kIntendedUse, language) + "</b> " +
         phrase(present::Text::kIntendedUseText, language) + "</p></footer>\n";
}

std::string document(const Frame& frame) {
  const std::string styles = std::string(web::kStyles) + frame.styles;
  const std::string script(web::kScript);
  const std::string policy = "default-src 'none'; img-src data:; style-src " + source_hash(styles) + "; script-src " +
                             source_hash(script) + "; base-uri 'none'; form-action 'none'";
  return "<!doctype html>\n<html lang=\"" + std::string(present::html_tag(frame.language)) +
         "\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"" + policy +
         "\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" "
         "content=\"no-referrer\"><meta name=\"color-scheme\" content=\"light dark\"><title>" +
         frame.title + "</title><style>" + styles + "</style></head><body>\n" + frame.body + "<script>" + script +
         "</script></body></html>\n";
}

}  // namespace dosegate::html
