#include "tests/dicom/wire/differences.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <sstream>

#include "tests/dicom/wire/place.h"

namespace dicom_test {
namespace {

// One difference: at a place (empty: the whole file), of these two.
struct Case {
  const Reading& ours;
  const Reading& theirs;
  std::string place;
  const Value* own = nullptr;    // null: absent or empty
  const Value* other = nullptr;  // null: absent or empty
};

struct Entry {
  const char* what;
  const char* reason;
  bool (*holds)(const Case&);
};

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }
bool they_refuse(const Case& c) { return c.ours.refusal.empty() && !c.theirs.refusal.empty(); }
bool both_have(const Case& c) { return c.own != nullptr && c.other != nullptr; }
// The file as a whole.
bool refused_for(const Case& c, const char* why) {
  return c.theirs.refusal.empty() && c.place.empty() && contains(c.ours.refusal, why);
}

// Without blanks and control characters.
std::string bare(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20U; });
  return text;
}

// Each value's two words the other way round.
bool is_word_swapped(const std::string& a, const std::string& b) {
  if (a.size() != b.size() || a.size() % 4 != 0) return false;
  for (std::size_t i = 0; i < a.size(); i += 4) {
    if (a.compare(i, 2, b, i + 2, 2) != 0 || a.compare(i + 2, 2, b, i, 2) != 0) return false;
  }
  return true;
}

// The first that holds explains a difference. What Dosegate refuses and DCMTK reads is a check without an answer; what
// DCMTK refuses, or reads otherwise, needs a better reason.
constexpr Entry kTable[] = {
    {"repeated", "DCMTK takes one of two attributes of a tag silently; which of them holds is not known",
     [](const Case& c) { return refused_for(c, "appears twice"); }},
    {"longer than it can be", "DCMTK fills up a value that ends with the file; what is missing is not known",
     [](const Case& c) { return refused_for(c, "bytes are announced and"); }},
    {"behind the pixels",
     "DCMTK reads on behind the pixel data, where only padding may be: something else was appended",
     [](const Case& c) { return refused_for(c, "stands after the pixel data"); }},
    {"open sequence", "DCMTK takes the end of the file for the end of a sequence or item; what is missing is not known",
     [](const Case& c) {
       return refused_for(c, "before the end of this sequence") ||
              refused_for(c, "before the end of the sequence item");
     }},
    {"no VR", "DCMTK guesses the length of a VR that the standard does not know; a wrong guess reads noise",
     [](const Case& c) { return refused_for(c, "has no valid value representation"); }},
    {"no beginning", "DCMTK takes any bytes for a data set; a DICOM object begins with a meta group or group 0008",
     [](const Case& c) { return refused_for(c, "is not a DICOM file"); }},
    {"out of place", "DCMTK reads delimiters, group 0002 and the like within a data set as attributes",
     [](const Case& c) { return refused_for(c, "does not belong here"); }},
    {"ends in a header", "DCMTK leaves out an attribute whose header is cut off",
     [](const Case& c) { return refused_for(c, "the data ends inside"); }},
    {"encoded otherwise",
     "the meta group is wrong and the first attribute shows it: Dosegate reads it as it is, and says so",
     [](const Case& c) { return they_refuse(c) && c.ours.is_encoded_otherwise; }},
    {"length of the meta group",
     "a wrong or missing (0002,0000): DCMTK ends the meta group by it, Dosegate by the tags",
     [](const Case& c) {
       return c.ours.is_meta_length_wrong && c.ours.refusal.empty() && (they_refuse(c) || c.theirs.values.empty());
     }},
    {"deep nesting", "DCMTK has no limit, and calls itself for each sequence; RT objects need 6",
     [](const Case& c) { return refused_for(c, "nested more than 32 deep"); }},
    {"damaged deflation", "DCMTK takes what comes out before the damage",
     [](const Case& c) { return refused_for(c, "deflated data is damaged"); }},
    {"odd length of a number", "DCMTK fills up one byte to two; half a number is none",
     [](const Case& c) { return both_have(c) && c.own->is_unreadable && c.other->vr == "US"; }},
    {"other characters in a UID", "DCMTK leaves out blanks within a UID; Dosegate compares UIDs as they are written",
     [](const Case& c) { return both_have(c) && c.other->vr == "UI" && bare(c.own->text) == bare(c.other->text); }},
    {"shape of a dose", "Dosegate reads no pixels of a grid whose size, or whose VR, is not as it should be",
     [](const Case& c) { return c.place == kPixels && c.own != nullptr && c.own->is_unreadable; }},
    {"packed pixels described in part",
     "DCMTK's decoder asks for attributes of an image (Samples per Pixel, ...) that a dose needs no value of",
     [](const Case& c) {
       return c.place == kPixels && c.ours.is_packed && c.other != nullptr && c.other->is_unreadable;
     }},
    {"number in a text",
     "DCMTK cuts the padding off what is of a VR of text, and nothing is left; Dosegate refuses a number there",
     [](const Case& c) { return c.own != nullptr && c.own->is_unreadable && c.other == nullptr; }},
    {"zeros at the end",
     "Dosegate takes zeros behind the last attribute for padding to a block; DCMTK reads them as headers",
     [](const Case& c) { return they_refuse(c) && c.ours.ends_in_zeros; }},
    {"nothing but a preamble", "DCMTK wants an attribute; to Dosegate each that it needs is missing",
     [](const Case& c) { return they_refuse(c) && c.ours.values.empty(); }},
    {"number with more behind", "DCMTK takes the beginning of what is no number, infinity and NaN for one",
     [](const Case& c) {
       return both_have(c) && c.own->text == c.other->text && !c.own->bad_numbers.empty() &&
              c.other->bad_numbers.empty();
     }},
    {"32-bit dose in big endian",
     "DCMTK turns the bytes of 16-bit words alone; pydicom and its sample turn those of the 32-bit value",
     [](const Case& c) { return both_have(c) && c.place == kPixels && is_word_swapped(c.own->text, c.other->text); }},
    {"idle byte of packed pixels", "128 says that nothing is to be done (PS3.5 G.3.1); DCMTK takes it for a run of 129",
     [](const Case& c) { return c.place == kPixels && c.ours.has_no_operation; }},
};

bool same_numbers(const Value& a, const Value& b) {
  if (!a.is_numeric || !b.is_numeric) return true;
  if (!a.bad_numbers.empty() || !b.bad_numbers.empty()) return a.bad_numbers.empty() == b.bad_numbers.empty();
  // DCMTK adds digit by digit: some units in the last place.
  return std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(), b.numbers.end(),
                    [](double x, double y) { return x == y || std::abs(x - y) <= 1e-14 * std::abs(x); });
}

bool is_alike(const Value& a, const Value& b) {
  if (a.is_unreadable || b.is_unreadable) return a.is_unreadable == b.is_unreadable;
  return a.text == b.text && same_numbers(a, b);
}

std::string told(const Value* value) {
  if (value == nullptr) return "nothing";
  if (value->is_unreadable) return "unreadable" + (value->vr.empty() ? "" : " (" + value->vr + ")");
  std::ostringstream out;
  out.precision(17);
  out << "'" << value->text.substr(0, 60) << "'" << (value->vr.empty() ? "" : " (" + value->vr + ")");
  if (!value->bad_numbers.empty()) out << " [" << value->bad_numbers << "]";
  for (std::size_t i = 0; i < value->numbers.size() && i < 4; ++i) out << " " << value->numbers[i];
  return out.str();
}

}  // namespace

std::vector<std::string> Differences::of(const Reading& ours, const Reading& theirs) {
  counts_.resize(std::size(kTable));
  std::vector<std::string> unexplained;
  const auto judge = [&](const Case& c, const std::string& sentence) {
    for (std::size_t i = 0; i < std::size(kTable); ++i) {
      if (kTable[i].holds(c)) {
        ++counts_[i];
        return;
      }
    }
    unexplained.push_back(sentence);
  };
  if (!ours.refusal.empty() && !theirs.refusal.empty()) {
    ++both_refused_;
    return {};
  }
  if (ours.refusal.empty() != theirs.refusal.empty()) {
    judge({ours, theirs, "", nullptr, nullptr},
          ours.refusal.empty() ? "DCMTK refuses: " + theirs.refusal : "Dosegate refuses: " + ours.refusal);
    return unexplained;
  }
  bool is_same = true;
  const auto compare = [&](const std::string& place, const Value* own, const Value* other) {
    if (own != nullptr && other != nullptr && is_alike(*own, *other)) return;
    // Without a shape neither has pixels, and one of them looks no further.
    if (place == kPixels && own != nullptr && own->is_unreadable && other == nullptr) return;
    is_same = false;
    judge({ours, theirs, place, own, other}, place + ": Dosegate " + told(own) + ", DCMTK " + told(other));
  };
  for (const auto& [place, value] : ours.values) {
    const auto found = theirs.values.find(place);
    compare(place, &value, found == theirs.values.end() ? nullptr : &found->second);
  }
  for (const auto& [place, value] : theirs.values) {
    if (ours.values.count(place) == 0) compare(place, nullptr, &value);
  }
  alike_ += is_same ? 1 : 0;
  return unexplained;
}

std::string Differences::summary() const {
  std::ostringstream out;
  out << alike_ << " read alike, " << both_refused_ << " refused by both\n";
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    out << counts_[i] << "  " << kTable[i].what << ": " << kTable[i].reason << "\n";
  }
  return out.str();
}

std::string Differences::unused() const {
  std::string all;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) all += std::string(kTable[i].what) + "\n";
  }
  return all;
}

}  // namespace dicom_test
