// What an operation costs in instructions, counted by callgrind: the same on every run, unlike a clock.
//
// Run by instruction_budget.py under `valgrind --tool=callgrind --instr-atstart=no`. Each operation is warmed up as it
// is in use, then runs once between two marks; callgrind writes one file for each, with the operation's name in it. The
// case is the full-size one of dosegate-bench, on one thread. Without valgrind the marks do nothing. An argument: only
// the operations with this in their names are counted.
#include <valgrind/callgrind.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/grpc/delta.h"
#include "adapters/grpc/dose_upload.h"
#include "adapters/grpc/hosted_case.h"
#include "tests/bench/bench.h"
#include "tests/bench/wire_case.h"

namespace dosegate::bench {
namespace {

std::string only;  // operations with this in their names

template <typename Operation>
void count(const std::string& name, const Operation& operation) {
  if (name.find(only) == std::string::npos) return operation();
  CALLGRIND_ZERO_STATS;
  CALLGRIND_START_INSTRUMENTATION;
  operation();
  CALLGRIND_STOP_INSTRUMENTATION;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
  std::printf("%s\n", name.c_str());
}

void require(bool truth, const char* what) {
  if (truth) return;
  std::fprintf(stderr, "instruction_budget: %s\n", what);
  std::exit(1);
}

// The trial's margins alone, on the drawn structures alone.
constexpr const char* kMargins = R"({"schema":"dosegate.v1.Protocol","id":"margins","version":"1.0.0","title":"margins",
  "source":"bench","prescription":{"totalDoseGy":45,"fractions":15,"dosePerFractionGy":3,"targetRole":"PTV"},
  "roles":[{"id":"GTV","kind":"TARGET"},{"id":"CTV","kind":"TARGET"},{"id":"PTV","kind":"TARGET"},
    {"id":"Liver","kind":"ORGAN_AT_RISK"},{"id":"Stomach","kind":"ORGAN_AT_RISK"},
    {"id":"Duodenum","kind":"ORGAN_AT_RISK"},{"id":"Colon","kind":"ORGAN_AT_RISK"},
    {"id":"SpinalCord","kind":"ORGAN_AT_RISK"}],
  "rules":[{"id":"A","clause":"B-1","text":"t","reading":"r","source":"s","mandatory":true,
      "margin":{"from":"GTV","to":"CTV","leftMm":10,"rightMm":10,"anteriorMm":10,"posteriorMm":10,"cranialMm":10,
        "caudalMm":10,"toleranceMm":1,"croppedBy":["Stomach","Duodenum","Colon","SpinalCord"],"within":["Liver"]}},
    {"id":"B","clause":"B-2","text":"t","reading":"r","source":"s","mandatory":true,
      "margin":{"from":"CTV","to":"PTV","leftMm":5,"rightMm":5,"anteriorMm":5,"posteriorMm":5,"cranialMm":10,
        "caudalMm":10,"toleranceMm":1,"croppedBy":["Stomach","Duodenum","Colon","SpinalCord"]}},
    {"id":"C","clause":"B-3","text":"t","reading":"r","source":"s","mandatory":true,
      "containment":{"inner":"CTV","outer":"PTV","toleranceMm":1}}]})";

void check(Case& c, const Protocol& protocol) {
  require(c.check(protocol).verdict() != DOSEGATE_VERDICT_UNSPECIFIED, "a check gives no verdict");
}

// As a planner edits: three neighbouring planes in the middle, moved by a quarter of a millimetre.
FullSize::Roi edited(FullSize::Roi roi) {
  const std::size_t middle = roi.rings.size() / 2;
  for (std::size_t n = middle > 0 ? middle - 1 : 0; n < std::min(middle + 2, roi.rings.size()); ++n) {
    for (std::size_t k = 0; k < roi.rings[n].points_mm.size(); k += 3) roi.rings[n].points_mm[k] += 0.25;
  }
  return roi;
}

void count_checks(const FullSize& f) {
  const Protocol protocol = library().builtin_protocol();
  std::unique_ptr<Case> c;
  count("first check", [&] {
    c = std::make_unique<Case>(ready_case(f, 1));
    check(*c, protocol);
  });
  require_evaluated(c->check(protocol));
  {
    Case ahead = ready_case(f, 1);
    ahead.remove_dose();
    ahead.expect_dose(protocol, f.dose_struct(f.dose));
    check(ahead, protocol);
    count("first dose, expected", [&] {
      ahead.set_dose(f.dose_struct(f.dose));
      check(ahead, protocol);
    });
  }
  const auto set_dose = [&](const std::vector<float>& values) {
    c->set_dose(f.dose_struct(values));
    check(*c, protocol);
  };
  set_dose(f.moved_dose);
  count("new dose", [&] { set_dose(f.dose); });
  for (const char* name : {"Stomach", "PTV", "Liver"}) {
    const auto roi = std::find_if(f.rois.begin(), f.rois.end(), [&](const auto& r) { return r.name == name; });
    const FullSize::Roi changed = edited(*roi);
    count("edited structure: " + roi->name, [&] {
      f.set_structure(*c, changed);
      check(*c, protocol);
    });
    f.set_structure(*c, *roi);
    check(*c, protocol);
  }
  count("nothing changed", [&] { check(*c, protocol); });
}

void count_margins(const FullSize& f) {
  const Protocol protocol = library().load_protocol(kMargins);
  Case c = library().make_case();
  c.set_options(R"({"scope":"PLAN_ONLY"})");
  for (const auto& roi : f.rois) f.set_structure(c, roi);
  count("margin", [&] { check(c, protocol); });
}

// Of one structure: the others are more of the same.
void count_metrics(const FullSize& f) {
  Case c = ready_case(f, 1);
  const char* request = R"({"rois":["Kidney_R"]})";
  require(!c.dvh(request).json().empty(), "no metrics");
  c.set_dose(f.dose_struct(f.moved_dose));
  count("default metrics of one structure", [&] { require(!c.dvh(request).json().empty(), "no metrics"); });
}

// 3 %/3 mm with a cut of 10 %, both doses handed over anew.
void count_gamma(const FullSize& f) {
  Case c = library().make_case();
  dosegate_dose reference = f.dose_struct(f.dose), evaluated = f.dose_struct(f.moved_dose);
  reference.struct_size = evaluated.struct_size = sizeof reference;
  dosegate_gamma_input input{};
  input.reference = &reference;
  input.evaluated = &evaluated;
  count("gamma", [&] {
    require(c.gamma(input, "{}").json().find("passRatePercent") != std::string_view::npos, "gamma has no pass rate");
  });
}

// What the server does between the bytes of a dose that came and those of its answer; gRPC itself is left out.
class Session {
 public:
  explicit Session(const WireCase& data)
      : data_(data),
        turns_(1),
        budget_(kBytes),
        client_(std::make_shared<rpc::Client>("bench", rpc::Limits{kBytes, 8, 8})),
        hosted_({library(), 1, turns_, budget_, running_, kBytes, false}, client_),
        chosen_{library().builtin_protocol(), ""},
        told_({}, false) {
    hosted_.set_plan(data.plan);
    v1::CaseOptions options;
    options.set_scope(v1::CaseOptions::PLAN_ONLY);
    hosted_.set_options(options);
    for (const v1::Structure& structure : data.structures) hosted_.set_structure(structure);
    for (std::size_t n = 0; n < data.values.size(); ++n) messages_.push_back(messages_of(n));
  }

  void update(std::size_t n) {
    rpc::DoseUpload upload({budget_, kBytes, std::chrono::seconds(60)}, client_, rpc::DoseUpload::Hash::kIfGiven);
    for (const std::string& bytes : messages_[n]) {
      v1::PlanningSessionRequest request;
      require(request.ParseFromString(bytes), "a message cannot be read");
      require(
          (request.has_dose() ? upload.open(std::move(*request.mutable_dose()), "dose") : upload.add(request.chunk()))
              .ok(),
          "a message is refused");
    }
    require(upload.finish().ok(), "the dose is refused");
    hosted_.set_dose(upload);
    v1::PlanningSessionResponse response;
    told_.tell(hosted_.check(chosen_).report(), *response.mutable_update());
    require(!response.SerializeAsString().empty(), "there is no answer");
  }

 private:
  std::vector<std::string> messages_of(std::size_t n) const {
    constexpr std::size_t kChunk = std::size_t{256} << 10;
    const std::string& values = data_.values[n];
    std::vector<std::string> out;
    v1::PlanningSessionRequest request;
    request.set_event(n + 1);
    *request.mutable_dose() = data_.dose;
    out.push_back(request.SerializeAsString());
    request.Clear();
    for (std::size_t at = 0; at < values.size(); at += kChunk) {
      request.mutable_chunk()->set_offset_bytes(at);
      request.mutable_chunk()->set_data(values.data() + at, std::min(kChunk, values.size() - at));
      out.push_back(request.SerializeAsString());
    }
    return out;
  }

  static constexpr std::uint64_t kBytes = std::uint64_t{1} << 40;

  const WireCase& data_;
  rpc::Turns turns_;
  rpc::Budget budget_;
  rpc::Running running_;
  std::shared_ptr<rpc::Client> client_;
  rpc::HostedCase hosted_;
  rpc::Chosen chosen_;
  rpc::Told told_;
  std::vector<std::vector<std::string>> messages_;
};

void count_session(const FullSize& f) {
  const WireCase data = wire_case(f);
  Session session(data);
  session.update(0);
  session.update(1);
  count("session update", [&] { session.update(0); });
}

}  // namespace
}  // namespace dosegate::bench

int main(int argc, char** argv) {
  if (argc > 1) dosegate::bench::only = argv[1];
  try {
    const dosegate::bench::FullSize& f = dosegate::bench::full_size();
    dosegate::bench::count_checks(f);
    dosegate::bench::count_margins(f);
    dosegate::bench::count_metrics(f);
    dosegate::bench::count_gamma(f);
    dosegate::bench::count_session(f);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
