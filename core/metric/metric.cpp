#include "core/metric/metric.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "core/json/reader.h"
#include "core/json/utf8.h"
#include "core/metric/suggest.h"

namespace dosegate {

namespace {

constexpr std::size_t kTextLimit = 64;
// With at most this many digits on either side of the point, the shortest form of a number is never longer
// than what was typed, and no number overflows or vanishes.
constexpr std::size_t kDigitLimit = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string plain_number(double value) {
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
  return std::string(buffer, result.ptr);
}

// What went wrong, and the byte where.
struct Complaint {
  std::size_t at = 0;
  std::string what;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // Nothing is wrong while complaint() is empty.
  Metric parse() {
    if (alias()) return metric_;
    if (!head()) return metric_;
    if (is_point()) {
      if (!argument()) return metric_;
    }
    output();
    return metric_;
  }
  const std::optional<Complaint>& complaint() const { return complaint_; }

 private:
  bool is_point() const {
    return metric_.yields_volume() || metric_.kind == MetricKind::kD || metric_.kind == MetricKind::kDC;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool at_end() const { return at_ == text_.size(); }
  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  bool fail(std::size_t at, std::string what) {
    if (!complaint_) complaint_ = Complaint{at, std::move(what)};
    return false;
  }
  bool fail(std::string what) { return fail(at_, std::move(what)); }
  // The word or the character at the cursor, for a message.
  std::string here() const {
    if (at_end()) return "the end";
    const std::string_view rest = text_.substr(at_);
    std::size_t end = 0;
    while (end < rest.size() && (is_letter(rest[end]) || (end > 0 && is_digit(rest[end])))) ++end;
    if (end == 0) end = std::max<std::size_t>(1, utf8_length(rest));
    return shown(rest.substr(0, end));
  }

  bool alias() {
    struct Alias {
      std::string_view name;
      MetricKind kind;
      std::string_view canonical;
    };
    static constexpr Alias kAliases[] = {
        {"Dmax", MetricKind::kMax, "Max"}, {"Dmin", MetricKind::kMin, "Min"}, {"Dmean", MetricKind::kMean, "Mean"}};
    for (const Alias& a : kAliases) {
      if (!text_.starts_with(a.name)) continue;
      const std::string_view rest = text_.substr(a.name.size());
      if (!rest.empty() && rest != "[Gy]" && rest != "[cGy]") continue;
      metric_.kind = a.kind;
      metric_.unit = rest == "[cGy]" ? MetricUnit::kCgy : MetricUnit::kGy;
      metric_.text = std::string(a.canonical) + (rest.empty() ? "[Gy]" : std::string(rest));
      return true;
    }
    return false;
  }

  bool head() {
    struct Head {
      std::string_view token;
      MetricKind kind;
    };
    static constexpr Head kHeads[] = {{"CV", MetricKind::kCV},    {"DC", MetricKind::kDC},   {"V", MetricKind::kV},
                                      {"D", MetricKind::kD},      {"Min", MetricKind::kMin}, {"Max", MetricKind::kMax},
                                      {"Mean", MetricKind::kMean}};
    for (const Head& h : kHeads) {
      if (!take(h.token)) continue;
      if (is_letter(peek())) break;
      metric_.kind = h.kind;
      head_ = h.token;
      metric_.text = h.token;
      return true;
    }
    at_ = 0;
    return fail("a metric begins with V, CV, D, DC, Min, Max or Mean; found " + here());
  }

  bool number(double& value) {
    const std::size_t start = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (is_digit(peek())) ++at_;
      return at_ - first;
    };
    const std::size_t whole = digits();
    if (whole == 0) return fail("a number must follow " + head_ + "; found " + here());
    std::size_t decimals = 0;
    if (peek() == '.') {
      ++at_;
      decimals = digits();
      if (decimals == 0) return fail("a digit must follow the decimal point; found " + here());
    }
    if (whole > kDigitLimit || decimals > kDigitLimit) {
      return fail(start, "the number is too long: at most 9 digits before and 9 after the point");
    }
    const auto result = std::from_chars(text_.data() + start, text_.data() + at_, value);
    if (result.ec != std::errc() || !std::isfinite(value)) return fail(start, "the number cannot be read");
    number_text_ = std::string(text_.substr(start, at_ - start));
    metric_.text += plain_number(value);
    return true;
  }

  bool argument() {
    const std::size_t start = at_;
    double value = 0.0;
    if (!number(value)) return false;
    if (metric_.yields_volume()) {
      if (take("Gy")) {
        metric_.dose_level = Dose::gy(value);
        metric_.text += "Gy";
      } else if (take("cGy")) {
        metric_.dose_level = Dose::cgy(value);
        metric_.text += "cGy";
      } else if (take("%")) {
        metric_.dose_level = PercentOfPrescription::percent(value);
        metric_.text += "%";
      } else {
        return bad_unit("dose unit", "Gy, cGy or %");
      }
      return true;
    }
    if (take("cc")) {
      metric_.volume_level = Volume::cc(value);
      metric_.text += "cc";
    } else if (take("%")) {
      if (value > 100.0) return fail(start, "a percentage of the structure's volume cannot exceed 100");
      metric_.volume_level = PercentOfVolume::percent(value);
      metric_.text += "%";
    } else {
      return bad_unit("volume unit", "cc or %");
    }
    if (value == 0.0) {
      const bool hottest = metric_.kind == MetricKind::kD;
      return fail(start, std::string("a volume of 0 is a point; that is ") + (hottest ? "Max[Gy]" : "Min[Gy]"));
    }
    return true;
  }

  bool bad_unit(std::string_view which, std::string_view choices) {
    if (at_end() || peek() == '[') return fail(std::string(which) + " missing after " + number_text_);
    return fail("the " + std::string(which) + " must be " + std::string(choices) + "; found " + here());
  }

  void output() {
    const bool volume = metric_.yields_volume();
    const std::string_view choices = volume ? "[%] or [cc]" : "[Gy], [cGy] or [%]";
    if (at_end()) {
      fail("the unit of the result is missing: " + std::string(choices));
      return;
    }
    if (!take("[")) {
      fail("[ expected; found " + here());
      return;
    }
    const std::size_t start = at_;
    if (volume && take("%")) {
      metric_.unit = MetricUnit::kPercentOfVolume;
    } else if (volume && take("cc")) {
      metric_.unit = MetricUnit::kCc;
    } else if (!volume && take("Gy")) {
      metric_.unit = MetricUnit::kGy;
    } else if (!volume && take("cGy")) {
      metric_.unit = MetricUnit::kCgy;
    } else if (!volume && take("%")) {
      metric_.unit = MetricUnit::kPercentOfPrescription;
    } else {
      fail(std::string(head_) + (volume ? " is a volume" : " is a dose") + ": the unit of the result must be " +
           std::string(choices) + "; found " + here());
      return;
    }
    if (!take("]")) {
      fail("] expected; found " + here());
      return;
    }
    if (!at_end()) {
      fail("nothing may follow " + shown(text_.substr(0, at_)) + "; found " + here());
      return;
    }
    metric_.text += text_.substr(start - 1, at_ - start + 1);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Metric metric_;
  std::string head_, number_text_;
  std::optional<Complaint> complaint_;
};

// Characters as a reader counts them: from 1, a multi-byte one once.
std::size_t character_number(std::string_view text, std::size_t byte) {
  std::size_t n = 1;
  for (std::size_t i = 0; i < byte; ++n) i += std::max<std::size_t>(1, utf8_length(text.substr(i)));
  return n;
}

// The suggestions that do parse, canonical, joined by "or".
std::string mend_for(std::string_view text) {
  std::string out;
  for (const std::string& suggestion : suggest_metrics(text)) {
    Parser parser(suggestion);
    const Metric metric = parser.parse();
    if (!parser.complaint()) out += (out.empty() ? "" : " or ") + metric.text;
  }
  // D0%, DC0cc: a volume of 0 is a point.
  if (out.empty() && text.starts_with("DC0")) return "Min[Gy]";
  if (out.empty() && text.starts_with("D0")) return "Max[Gy]";
  return out;
}

}  // namespace

bool Metric::needs_prescription() const {
  return unit == MetricUnit::kPercentOfPrescription ||
         (yields_volume() && std::holds_alternative<PercentOfPrescription>(dose_level));
}

std::string_view unit_text(MetricUnit unit) {
  switch (unit) {
    case MetricUnit::kGy:
      return "Gy";
    case MetricUnit::kCgy:
      return "cGy";
    case MetricUnit::kCc:
      return "cc";
    case MetricUnit::kPercentOfPrescription:
    case MetricUnit::kPercentOfVolume:
      return "%";
  }
  return "";
}

Result<Metric> parse_metric(std::string_view text) {
  if (text.size() > kTextLimit) {
    return Error{ErrorCode::kInvalidData, "",
                 shown(text) + " is not a metric: it has " + std::to_string(text.size()) +
                     " bytes, at most 64 are "
                     "accepted; write for example V20Gy[%], D95%[Gy] or Mean[Gy]"};
  }
  Parser parser(text);
  Metric metric = parser.parse();
  if (!parser.complaint()) return metric;
  const Complaint& complaint = *parser.complaint();
  const std::string unsupported = unsupported_metric(text);
  if (!unsupported.empty()) return Error{ErrorCode::kInvalidData, "", shown(text) + ": " + unsupported};
  const std::string mend = mend_for(text);
  return Error{ErrorCode::kInvalidData, "",
               shown(text) + ": " + complaint.what + " at character " +
                   std::to_string(character_number(text, complaint.at)) + "; write " +
                   (mend.empty() ? "for example V20Gy[%], D95%[Gy] or Mean[Gy]" : mend)};
}

}  // namespace dosegate
