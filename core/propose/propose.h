// Dates for the fractions and infusions of a course: those that keep the protocol, or the nearest and what they break.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/protocol.h"
#include "core/record/record.h"

namespace dosegate {

// The model behind dosegate.v1.ScheduleRequest.
struct ScheduleRequest {
  Day first_infusion;
  std::vector<Day> holidays;  // ascending, each once
  std::vector<Day> missed;    // ascending, each once: days on which no fraction was, or can be, given
};
// Strict. Text over 1 MiB: kLimitExceeded.
Result<ScheduleRequest> load_schedule_request(std::string_view json);

// The model behind dosegate.v1.ScheduleProposal.
struct ScheduleProposal {
  struct Fraction {
    std::int32_t number = 0;
    Day date;
    std::optional<TimeOfDay> time;  // with several a day
    Dose dose;
    std::string phase;
  };
  struct Treatment {
    std::int32_t number = 0;
    Day date;
    double dose_mg = 0.0;
  };
  struct Remark {
    std::string rule, text;
    bool broken = false;  // a deviation; else a warning
  };
  std::string protocol_id, protocol_version;
  bool possible = false;  // no mandatory rule is broken
  std::string drug;       // of the infusions
  std::vector<Fraction> fractions;
  std::vector<Treatment> infusions;
  std::vector<Remark> remarks;  // what the protocol's own rules say of this schedule
};

// Exact: the fractions stand on the earliest days that the scheme allows from the start on (layout.h says why none can
// be earlier). Where the protocol leaves a choice of the start, every one is tried. An infusion that the course must
// not outlast is moved later, as little as needed, as far as the rule on it tolerates. Among several the one that
// breaks the fewest rules, then the one that is beyond its limits by the fewest days, then the one that ends first.
// Remarks are findings of the protocol's rules on the schedule as a record; days up to the last missed one count as
// past. kInvalidArgument: the protocol states no fractionation. kInvalidData: too few free days within ten years.
Result<ScheduleProposal> propose_schedule(const Protocol& protocol, const ScheduleRequest& request);

// The proposal as a record, seen on the day that `as_of` gets: what the remarks were found on.
Record record_of(const ScheduleProposal& proposal, const ScheduleRequest& request, Day& as_of);

std::string to_json(const ScheduleProposal& proposal);

}  // namespace dosegate
