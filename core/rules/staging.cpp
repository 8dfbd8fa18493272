#include "core/rules/staging.h"

namespace dosegate {

std::string text_of(const Staging& s) {
  const auto digit = [](const auto& v) { return v ? std::to_string(static_cast<int>(*v) - 1) : std::string("?"); };
  return "Vp" + digit(s.vp) + ", Vv" + digit(s.vv) + (s.date ? " (" + spoken(*s.date) + ")" : " (no date)");
}

const Staging* baseline(const Record& record) {
  const Staging* first = nullptr;
  for (const Staging& s : record.staging) {
    if (first == nullptr || s.date < first->date) first = &s;  // none is less than any day
  }
  return first;
}

const Staging* latest_staging(const Record& record) {
  const Staging* last = nullptr;
  for (const Staging& s : record.staging) {
    if (last == nullptr || s.date >= last->date) last = &s;
  }
  return last;
}

}  // namespace dosegate
