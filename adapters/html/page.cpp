#include "adapters/html/page.h"

#include <algorithm>
#include <cmath>

#include "adapters/html/colour.h"
#include "adapters/html/sections.h"
#include "adapters/support/base64.h"
#include "adapters/web/assets.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::html {
namespace {

using present::Text;

// What a content security policy names an inline style or script by.
std::string source_hash(std::string_view text) {
  const std::string hex = dosegate::detail::sha256_of(text.data(), text.size());
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return "'sha256-" + support::to_base64(bytes) + "'";
}

}  // namespace

std::string colours(const Context& c) {
  std::string light, dark, rules;
  for (std::size_t i = 0; i < c.structures.size(); ++i) {
    const std::string n = std::to_string(i);
    const Rgb colour = c.structures[i].colour;
    light += "--k" + n + ":" + hex(readable_on(kLightPage, colour)) + ";";
    dark += "--k" + n + ":" + hex(readable_on(kDarkPage, colour)) + ";";
    rules += ".k" + n + "{--k:var(--k" + n + ")}.s" + n + "{--s:" + hex(readable_on(kPicture, colour)) + "}.cw.k" + n +
             "{stroke:" + hex(colour) + "}";
  }
  return ":root{" + light + "}@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){" + dark +
         "}}@media screen{:root[data-theme=dark]{" + dark + "}}" + rules;
}

namespace {

// Quoted for CSS: a name from outside cannot end the string.
std::string css_text(const std::string& text) {
  std::string out = "\"";
  for (const char ch : text.substr(0, 80)) {
    const auto code = static_cast<unsigned char>(ch);
    const bool is_plain = code >= 0x20 && code < 0x7F && ch != '"' && ch != '\\' && ch != '<' && ch != '>' && ch != '&';
    out += is_plain ? ch : '?';
  }
  return out + "\"";
}

std::string paper(const Context& c) {
  const v1::Report& r = *c.view.report;
  const std::string font = ";font:7.5pt Arial,sans-serif;color:#555}";
  return "@media print{@page{@top-left{content:" +
         css_text("Plan " + c.view.plan_label + ", " + r.protocol().id() + " " + r.protocol().version()) + font +
         "@top-right{content:\"Dosegate " + css_text(r.engine_version()).substr(1) + font +
         "@bottom-left{content:" + css_text("Report SHA-256 " + c.evidence.report_sha256.substr(0, 16)) + font +
         "@bottom-right{content:counter(page) \" / \" counter(pages)" + font + "}}";
}

}  // namespace

double Context::percent_of_gy(const std::string& rule_id) const {
  for (const v1::Rule& rule : evidence.protocol.rules()) {
    if (rule.id() == rule_id && rule.dose_metric().has_percent_of_gy()) return rule.dose_metric().percent_of_gy();
  }
  return evidence.protocol.prescription().total_dose_gy();
}

double Context::prescription_gy() const {
  const auto& stated = view.report->prescription();
  return stated.has_total_dose_gy() ? stated.total_dose_gy() : evidence.protocol.prescription().total_dose_gy();
}

std::string section(std::string_view id, const std::string& title, const std::string& note, const std::string& body) {
  const std::string of(id);
  return "<section id=\"" + of + "\" aria-labelledby=\"h-" + of + "\"><div class=\"hd\"><h2 id=\"h-" + of + "\">" +
         title + "</h2>" + note + "</div><div class=\"bd\">" + body + "</div></section>\n";
}

std::string page(const present::View& view, const Evidence& evidence) {
  const Context c{view, evidence, structures_of(*view.report, evidence)};
  std::string more_styles;
  const std::string pictures = places(c, more_styles);
  const std::string styles = std::string(web::kStyles) + colours(c) + more_styles + paper(c);
  const std::string script(web::kScript);
  const std::string policy = "default-src 'none'; img-src data:; style-src " + source_hash(styles) + "; script-src " +
                             source_hash(script) + "; base-uri 'none'; form-action 'none'";
  const std::string title =
      escaped(view.verdict) + ": " + short_text(view.plan_label) + ", " + short_text(view.report->protocol().id());
  std::string out = "<!doctype html>\n<html lang=\"" + std::string(present::html_tag(view.language)) +
                    "\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"" +
                    policy +
                    "\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" "
                    "content=\"no-referrer\"><meta name=\"color-scheme\" content=\"light dark\"><title>" +
                    title + "</title><style>" + styles + "</style></head><body>\n";
  out += header(c) + "\n<main>\n" + scorecard(c) + curves(c) + pictures + course(c) + matching(c) + inputs(c) +
         passed_in_brief(c) + "</main>\n";
  out += "<footer><p><b>" + c.say(Text::kIntendedUse) + "</b> " + c.say(Text::kIntendedUseText) +
         "</p></footer>\n<script>" + script + "</script></body></html>\n";
  return out;
}

}  // namespace dosegate::html
