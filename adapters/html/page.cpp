#include "adapters/html/page.h"

#include "adapters/html/frame.h"
#include "adapters/html/sections.h"

namespace dosegate::html {

using present::Text;

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
  const v1::Report& r = *view.report;
  std::string more_styles;
  const std::string pictures = places(c, more_styles);
  Frame frame;
  frame.language = view.language;
  frame.title = escaped(view.verdict) + ": " + short_text(view.plan_label) + ", " + short_text(r.protocol().id());
  frame.styles = colours(c.structures) + more_styles +
                 paper({present::say(Text::kSheetPlan, view.language,
                                     {view.plan_label, r.protocol().id() + " " + r.protocol().version()}),
                        "Dosegate " + r.engine_version(),
                        present::say(Text::kSheetDigest, view.language, {evidence.report_sha256.substr(0, 16)})});
  frame.body = header(c) + "\n<main>\n" + scorecard(c) + deviations(c) + curves(c) + margins(c) + pictures +
               measurement(c) + course(c) + matching(c) + inputs(c) + passed_in_brief(c) + "</main>\n" +
               footer(view.language);
  return document(frame);
}

}  // namespace dosegate::html
