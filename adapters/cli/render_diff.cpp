#include "adapters/cli/render_diff.h"

#include <map>

#include "adapters/cli/words.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::ProtocolDiff;
using Change = ProtocolDiff::Change;

// Looser is what a patient has to be protected from.
Tone tone_of(Change::Effect effect) {
  switch (effect) {
    case Change::STRICTER:
      return Tone::kGood;
    case Change::NONE:
      return Tone::kFaint;
    case Change::DEPENDS:
      return Tone::kCaution;
    default:
      return Tone::kBad;
  }
}

const char* mark_of(Change::What what) {
  switch (what) {
    case Change::ADDED:
      return "+";
    case Change::REMOVED:
      return "-";
    default:
      return "~";
  }
}

}  // namespace

std::string render_diff(const ProtocolDiff& diff, Style style) {
  Page page(style);
  page.heading(diff.before_id() + " " + diff.before_version() + " -> " + diff.after_id() + " " + diff.after_version());
  std::map<int, std::size_t> counts;
  for (const Change& change : diff.changes()) {
    ++counts[change.effect()];
    page.marked(mark_of(change.what()), tone_of(change.effect()), change.text());
  }
  for (const std::string& note : diff.notes()) page.paragraph(note);
  if (diff.changes_size() == 0) return page.text();
  const std::size_t other = counts[Change::EFFECT_UNSPECIFIED];
  page.blank();
  page.paragraph(counted(static_cast<std::size_t>(diff.changes_size()), "change", "changes") + ": " +
                 std::to_string(counts[Change::STRICTER]) + " stricter, " + std::to_string(counts[Change::LOOSER]) +
                 " looser, " + std::to_string(counts[Change::DEPENDS]) + " that may move findings either way, " +
                 std::to_string(counts[Change::NONE]) + " that move no verdict" +
                 (other > 0 ? ", " + std::to_string(other) + " of an effect unknown to this program" : ""));
  return page.text();
}

}  // namespace dosegate::cli
