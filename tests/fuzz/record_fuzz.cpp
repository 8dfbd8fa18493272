// The clinical record on any bytes: a record, or an error with a message. A record then goes through every rule of the
// shipped protocol, with a plan and without structures and dose: each rule has its finding, each finding its sentence,
// the same again the second time, and never a PASS of the case.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/checker.h"
#include "core/protocols/load.h"

namespace {

using namespace dosegate;

const Protocol& shipped() {
  static const Protocol protocol = *load_protocol(builtin_protocols().front().json);
  return protocol;
}

Case with_plan() {
  Case c;
  c.course.plan() = *load_plan(R"({"label": "a", "doseReferences": [{"targetPrescriptionDoseGy": 45}],
    "fractionGroups": [{"fractionsPlanned": 15, "beams": [{"beamNumber": 1, "beamDoseGy": 3, "beamMeterset": 360}]}],
    "beams": [{"number": 1}]})");
  c.options.holidays = {*parse_day("2024-01-15"), *parse_day("2024-02-29")};
  return c;
}

void look_at(const Case& c) {
  const Result<Report> report = check(c, shipped());
  if (!report || report->verdict == Verdict::kPass) std::abort();
  static const std::size_t findings = check(with_plan(), shipped())->findings.size();
  if (report->findings.size() != findings) std::abort();
  for (const Finding& f : report->findings) {
    if (f.message.empty()) std::abort();
  }
  if (to_json(*report) != to_json(*check(c, shipped()))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<Record> record = load_record({reinterpret_cast<const char*>(data), size});
  if (!record) {
    if (record.error().message.empty()) std::abort();
    return 0;
  }
  Case c = with_plan();
  c.record = *record;
  look_at(c);
  for (const char* day : {"2024-01-07", "2024-01-20", "2024-04-10", "2200-12-31"}) {
    c.options.as_of = *parse_day(day);
    look_at(c);
  }
  c.record->infusions.clear();
  look_at(c);
  return 0;
}
