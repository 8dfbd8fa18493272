#include "core/kept/report_store.h"

#include <algorithm>
#include <new>
#include <numeric>

namespace dosegate {

const ReportStore::Finished* ReportStore::find(const Identity& content, std::string_view protocol) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) { return e.content == content && e.protocol == protocol; });
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return &entries_.front().finished;
}

void ReportStore::keep(const Identity& content, std::string_view protocol, int verdict,
                       std::string_view json) noexcept {
  if (protocol.size() + json.size() > kMostBytes) return;
  try {
    entries_.push_front({content, std::string(protocol), {verdict, std::string(json)}});
  } catch (const std::bad_alloc&) {
    return;
  }
  const auto bytes = [&] {
    return std::accumulate(entries_.begin(), entries_.end(), std::size_t{0},
                           [](std::size_t sum, const Entry& e) { return sum + e.bytes(); });
  };
  while (entries_.size() > kMost || bytes() > kMostBytes) entries_.pop_back();
}

}  // namespace dosegate
