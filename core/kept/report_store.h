// Finished reports of one case, each with what it was computed from: what the case held, by its identity, and the
// protocol, by the text that it was loaded from, which says all of it. Nothing else goes into a report: no clock, no
// name under which either is known, not how many threads there were.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>

#include "core/kept/identified.h"

namespace dosegate {

class ReportStore {
 public:
  struct Finished {
    int verdict = 0;
    std::string json;
  };

  // Null: none is kept. Until the next call of keep().
  const Finished* find(const Identity& content, std::string_view protocol);
  // Where there is no room or no memory for it, it is not kept. Precondition: find() has none of these.
  void keep(const Identity& content, std::string_view protocol, int verdict, std::string_view json) noexcept;

 private:
  // Of protocols that are asked in turn. A report with its protocol takes some 200 KiB.
  static constexpr std::size_t kMost = 4;
  static constexpr std::size_t kMostBytes = std::size_t{16} << 20;
  struct Entry {
    Identity content;
    std::string protocol;
    Finished finished;

    std::size_t bytes() const { return protocol.size() + finished.json.size(); }
  };

  std::list<Entry> entries_;  // the one that was asked for last comes first
};

}  // namespace dosegate
