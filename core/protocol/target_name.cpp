#include "core/protocol/target_name.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/protocol/structure_name.h"

namespace dosegate {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80U) != 0; }
bool is_digit_of(char c) { return c >= '0' && c <= '9'; }

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// Runs of letters and runs of digits: "PTV_opt2" -> "ptv", "opt", "2". A capital after a small letter begins a word, so
// that "PTVeval" is one and "ringPTV" two.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts;
  char before = ' ';
  for (const char raw : name) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw + 32) : raw;
    const bool new_word = raw != c && before >= 'a' && before <= 'z';
    const bool joins =
        !parts.empty() && !new_word &&
        ((is_letter(c) && is_letter(lower_ascii({&before, 1})[0])) || (is_digit_of(c) && is_digit_of(before)));
    if (is_letter(c) || is_digit_of(c)) {
      if (joins) {
        parts.back().push_back(c);
      } else {
        parts.emplace_back(1, c);
      }
    }
    before = raw;
  }
  return parts;
}

struct Prefix {
  std::string_view text;
  TargetKind kind;
};
constexpr std::array<Prefix, 7> kPrefixes = {{{"gtv", TargetKind::kGtv},
                                              {"igtv", TargetKind::kGtv},
                                              {"ctv", TargetKind::kCtv},
                                              {"ictv", TargetKind::kCtv},
                                              {"itv", TargetKind::kItv},
                                              {"ptv", TargetKind::kPtv},
                                              {"iptv", TargetKind::kPtv}}};

// The kind that a word begins with, and what follows it.
TargetKind kind_of_word(std::string_view word, std::string_view& rest) {
  for (const Prefix& prefix : kPrefixes) {
    if (word.substr(0, prefix.text.size()) != prefix.text) continue;
    rest = word.substr(prefix.text.size());
    return prefix.kind;
  }
  return TargetKind::kNone;
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// Words of structures that are drawn for optimisation and evaluation, of copies, and of single images.
bool is_helper_word(std::string_view word) {
  static constexpr std::array<std::string_view, 51> kWords = {
      "ring",       "rings", "opt",    "optim",     "optimisation", "optimization", "eval",   "evl",
      "evaluation", "shell", "avoid",  "avoidance", "help",         "helper",       "hilf",   "hilfe",
      "dummy",      "tune",  "tuning", "cool",      "push",         "exp",          "expand", "wall",
      "nto",        "dose",  "outer",  "air",       "skin",         "old",          "backup", "copy",
      "bak",        "test",  "temp",   "tmp",       "mip",          "minip",        "aip",    "avg",
      "average",    "phase", "ph",     "inhale",    "exhale",       "insp",         "expi",   "overlap",
      "out",        "mm",    "cm"};
  return is_one_of(word, kWords);
}

// A hyphen takes away what follows it ("Liver-PTV"); one or two letters or one digit only tell structures apart.
bool takes_away(std::string_view behind_hyphen) {
  const auto is_gap = [](char c) { return c == ' ' || c == '_'; };
  const auto* word = std::find_if_not(behind_hyphen.begin(), behind_hyphen.end(), is_gap);
  const auto* end = std::find_if(word, behind_hyphen.end(), is_gap);
  const auto digits = std::count_if(word, end, is_digit_of);
  const auto letters = end - word - digits;
  return letters > 2 || (letters == 0 && digits > 1);
}

bool is_helper(std::string_view name) {
  if (name.empty() || name.front() == '_' || name.front() == '*') return true;
  if (name.find_first_of("!%") != std::string_view::npos) return true;
  // What is taken away from a target lies in it, so its name need not excuse it.
  std::string_view behind;
  const bool is_target = kind_of_word(lower_ascii(name), behind) != TargetKind::kNone;
  for (std::size_t at = name.find('-'); !is_target && at != std::string_view::npos; at = name.find('-', at + 1)) {
    if (takes_away(name.substr(at + 1))) return true;
  }
  // "GTV+PVTT" is a target, "PTV+5" is not.
  std::string united(name);
  for (std::size_t i = 0; i + 1 < united.size(); ++i) {
    if (united[i] == '+' && is_letter(lower_ascii({&united[i + 1], 1})[0])) united[i] = ' ';
  }
  if (is_another_structure(united)) return true;
  const std::vector<std::string> parts = parts_of(name);
  if (parts.empty()) return true;
  for (const std::string& part : parts) {
    std::string_view rest;
    if (is_helper_word(part)) return true;
    if (kind_of_word(part, rest) != TargetKind::kNone && is_helper_word(rest)) return true;  // "PTVeval"
  }
  // z and x put a helper at an end of the list: "zPTV", "x PTV", "zptv".
  std::string_view rest;
  const std::string& first = parts.front();
  if (first.front() != 'z' && first.front() != 'x') return false;
  return first.size() == 1 || kind_of_word(std::string_view(first).substr(1), rest) != TargetKind::kNone;
}

// Speaks of a tumour or of a thrombus in a vessel.
bool speaks_of_tumour(const std::string& folded) {
  static constexpr std::array<std::string_view, 13> kAnywhere = {
      "pvt", "ivctt", "hvtt", "bdtt", "thromb", "癌栓", "瘤栓", "tumour", "tumor", "hcc", "mvi", "lesion", "nodule"};
  if (folded.find("bed") != std::string::npos || folded.find("free") != std::string::npos) return false;
  return std::any_of(kAnywhere.begin(), kAnywhere.end(),
                     [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

}  // namespace

std::string_view name_of(TargetKind kind) {
  switch (kind) {
    case TargetKind::kGtv:
      return "GTV";
    case TargetKind::kCtv:
      return "CTV";
    case TargetKind::kItv:
      return "ITV";
    case TargetKind::kPtv:
      return "PTV";
    case TargetKind::kNone:
      break;
  }
  return "";
}

TargetKind target_kind_of(std::string_view name, std::string_view interpreted_type) {
  static constexpr std::array<std::string_view, 14> kNoTargets = {
      "CONTROL", "AVOIDANCE", "MARKER",   "FIDUCIAL", "REGISTRATION", "ISOCENTER",      "BOLUS",
      "SUPPORT", "EXTERNAL",  "FIXATION", "CAVITY",   "DOSE_REGION",  "CONTRAST_AGENT", "DOSE_MEASUREMENT"};
  if (is_one_of(interpreted_type, kNoTargets) || is_helper(name)) return TargetKind::kNone;
  const std::string folded = fold_name(name);
  std::string_view rest;
  if (const TargetKind kind = kind_of_word(folded, rest); kind != TargetKind::kNone) return kind;
  if (interpreted_type == "GTV") return TargetKind::kGtv;
  if (interpreted_type == "CTV") return TargetKind::kCtv;
  if (interpreted_type == "PTV") return TargetKind::kPtv;
  return speaks_of_tumour(folded) ? TargetKind::kGtv : TargetKind::kNone;
}

}  // namespace dosegate
