#include "adapters/cli/render_schedule.h"

#include <chrono>
#include <vector>

#include "adapters/cli/number.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::ScheduleProposal;

// "2026-11-23" -> days since 1970; the library wrote it.
std::chrono::sys_days day_of(const std::string& text) {
  using namespace std::chrono;
  return sys_days(year(std::stoi(text.substr(0, 4))) / month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))) /
                  day(static_cast<unsigned>(std::stoi(text.substr(8, 2)))));
}

const char* weekday_of(const std::string& text) {
  constexpr const char* kNames[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  return kNames[std::chrono::weekday(day_of(text)).c_encoding() % 7];
}

// A calendar week of fractions a line, so that a gap shows.
void weeks(Page& page, const ScheduleProposal& p) {
  Table table({{"Fractions"}, {"Dose"}, {"Days"}});
  for (int first = 0; first < p.fractions_size();) {
    const auto monday = [](const std::string& date) {
      const auto day = day_of(date);
      return day - std::chrono::days((std::chrono::weekday(day).iso_encoding()) - 1);
    };
    int last = first;
    std::string days;
    for (; last < p.fractions_size(); ++last) {
      const auto& f = p.fractions(last);
      const bool same = monday(f.date()) == monday(p.fractions(first).date()) &&
                        f.phase() == p.fractions(first).phase() && f.dose_gy() == p.fractions(first).dose_gy();
      if (!same) break;
      const bool new_day = last == first || f.date() != p.fractions(last - 1).date();
      if (new_day) days += (days.empty() ? "" : ", ") + std::string(weekday_of(f.date())) + " " + f.date();
      if (!f.time().empty()) days += " " + f.time();
    }
    const auto& f = p.fractions(first);
    const std::string numbers =
        std::to_string(f.number()) + (last - first > 1 ? " to " + std::to_string(p.fractions(last - 1).number()) : "");
    table.add({numbers, (f.phase().empty() ? "" : f.phase() + " ") + shortest(f.dose_gy()) + " Gy", days});
    first = last;
  }
  page.table(table);
}

}  // namespace

std::string render_schedule(const ScheduleProposal& p, Style style) {
  Page page(style);
  page.marked(p.possible() ? "POSSIBLE" : "IMPOSSIBLE", p.possible() ? Tone::kGood : Tone::kBad,
              p.possible() ? "These dates keep the protocol and end first."
                           : "No dates keep the protocol. The nearest, and what they break:");
  page.paragraph("Protocol " + p.protocol_id() + " version " + p.protocol_version(), 0, 2);
  const auto remarks = [&](bool broken, const char* title, Tone tone) {
    bool any = false;
    for (const auto& r : p.remarks()) {
      if (r.broken() != broken) continue;
      if (!any) {
        page.blank();
        page.heading(title, tone);
      }
      any = true;
      page.paragraph(r.rule_id() + ": " + r.text(), 2, 2);
    }
  };
  remarks(true, "Broken rules", Tone::kBad);
  remarks(false, "Warnings", Tone::kCaution);
  if (p.fractions_size() > 0) {
    page.blank();
    page.heading("Fractions");
    weeks(page, p);
  }
  if (p.infusions_size() > 0) {
    page.blank();
    page.heading("Infusions of " + p.drug());
    Table table({{""}, {"Day"}, {"Dose"}});
    for (const auto& i : p.infusions()) {
      table.add({std::to_string(i.number()), std::string(weekday_of(i.date())) + " " + i.date(),
                 i.dose_mg() > 0.0 ? shortest(i.dose_mg()) + " mg" : ""});
    }
    page.table(table);
  }
  return page.text();
}

}  // namespace dosegate::cli
