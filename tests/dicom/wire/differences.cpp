#include "tests/dicom/wire/differences.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

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
bool we_refuse(const Case& c) { return !c.ours.refusal.empty() && c.theirs.refusal.empty(); }
bool they_refuse(const Case& c) { return c.ours.refusal.empty() && !c.theirs.refusal.empty(); }
bool refused_for(const Case& c, const char* why) { return we_refuse(c) && contains(c.ours.refusal, why); }
bool both_have(const Case& c) { return c.own != nullptr && c.other != nullptr; }

// The first that holds explains a difference.
constexpr std::array kTable = {
    Entry{"placeholder", "none", [](const Case&) { return false; }},
};

bool same_numbers(const Value& a, const Value& b) {
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
  counts_.resize(kTable.size());
  std::vector<std::string> unexplained;
  const auto judge = [&](const Case& c, const std::string& sentence) {
    for (std::size_t i = 0; i < kTable.size(); ++i) {
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
