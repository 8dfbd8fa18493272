// The course day by day, from the clinical record and the protocol's fractionation.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dosegate/v1/protocol.pb.h"
#include "dosegate/v1/record.pb.h"

namespace dosegate::html {

using CivilDay = std::chrono::sys_days;

// "2026-11-23"; none: it is no day of 1900 to 2199.
std::optional<CivilDay> day_of(std::string_view text);
std::string iso(CivilDay day);

struct DayOfCourse {
  struct Fraction {
    int number = 0;  // 0: not stated
    bool given = false;
    double dose_gy = 0.0;
  };
  CivilDay day{};
  std::vector<Fraction> fractions;
  std::vector<int> infusions;  // counted from 1
  std::vector<bool> infusion_given;
  bool is_treatment_day = false;  // by the protocol's week, and no holiday
  bool is_holiday = false;
  bool is_gap = false;                      // a treatment day between first and last fraction without one
  bool may_start = false, may_end = false;  // by the protocol's timing
  double sum_gy = 0.0;                      // given, or else planned, up to and with this day
  bool is_as_of = false;
};

// Whole weeks, Monday first; empty: the record holds no dated fraction. At most 30 weeks: of a longer course the first.
std::vector<DayOfCourse> days_of(const dosegate::v1::ClinicalRecord& record,
                                 const dosegate::v1::Fractionation& fractionation,
                                 const std::vector<std::string>& holidays, const std::string& as_of);

}  // namespace dosegate::html
