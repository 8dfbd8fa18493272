// Reports read from files that were edited.
#include "adapters/cli/report_file.h"

#include <catch2/catch.hpp>
#include <limits>

#include "adapters/cli/documents.h"

using namespace dosegate::cli;
namespace v1 = dosegate::v1;

namespace {

v1::Report met() {
  v1::Report r;
  r.set_verdict(v1::Report::PASS);
  r.mutable_protocol()->set_id("TRIAL");
  auto* f = r.add_findings();
  f->set_rule_id("OR-6.Max");
  f->set_status(v1::Finding::PASS);
  f->set_mandatory(true);
  f->set_metric("Max[Gy]");
  f->set_value(25), f->set_lower(24), f->set_upper(26), f->set_limit(40);
  f->set_comparator(v1::LT);
  return r;
}

// What is said of met() after `edit`.
template <typename Edit>
std::string problem(const Edit& edit) {
  v1::Report r = met(), again;
  edit(r, *r.mutable_findings(0));
  return read_report(to_json(r), again);
}

bool says(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("report file: the verdict is the one that the findings make", "[cli]") {
  using R = v1::Report;
  using F = v1::Finding;
  CHECK(problem([](R&, F&) {}).empty());
  for (const auto status : {F::DEVIATION, F::NOT_EVALUABLE, F::INDETERMINATE, F::PENDING}) {
    CHECK(says(problem([&](R&, F& f) {
                 f.set_status(status);
                 if (status == F::DEVIATION) f.set_value(41), f.set_lower(41), f.set_upper(41);
               }),
               "says PASS, but its findings make "));
  }
  CHECK(says(problem([](R&, F& f) { f.set_mandatory(false); }), "make INCOMPLETE. Make the report anew"));
  CHECK(says(problem([](R& r, F&) { r.set_verdict(R::FAIL); }), "says FAIL, but its findings make PASS"));
  CHECK(says(problem([](R& r, F&) { r.set_verdict(R::INCOMPLETE); }), "says INCOMPLETE, but its findings make PASS"));
}

TEST_CASE("report file: numbers are finite, ordered, together, and do not contradict the status", "[cli]") {
  using R = v1::Report;
  using F = v1::Finding;
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()}) {
    const std::string not_finite = " is not a finite number";
    CHECK(says(problem([&](R&, F& f) { f.set_value(bad); }), "of rule OR-6.Max whose value" + not_finite));
    CHECK(says(problem([&](R&, F& f) { f.set_lower(bad); }), "whose lower" + not_finite));
    CHECK(says(problem([&](R&, F& f) { f.set_upper(bad); }), "whose upper" + not_finite));
    CHECK(says(problem([&](R&, F& f) { f.set_limit(bad); }), "whose limit" + not_finite));
  }
  CHECK(says(problem([](R&, F& f) { f.set_lower(25.0001); }), "lower, 25.0001, is above value, 25"));
  CHECK(says(problem([](R&, F& f) { f.set_upper(24.5); }), "upper, 24.5, is below value, 25"));
  CHECK(problem([](R&, F& f) { f.set_lower(25.0 * (1 + 1e-10)); }).empty());
  CHECK(says(problem([](R&, F& f) { f.clear_lower(); }), "lower is missing"));
  CHECK(says(problem([](R&, F& f) { f.clear_upper(); }), "upper is missing"));
  CHECK(says(problem([](R&, F& f) { f.clear_value(); }), "value is missing"));
  CHECK(says(problem([](R&, F& f) { f.clear_value(), f.clear_lower(), f.clear_upper(); }),
             "value is missing, although it is PASS with a limit"));
  // Of an empty structure the engine says so without a number.
  CHECK(problem([](R&, F& f) {
          f.clear_value(), f.clear_lower(), f.clear_upper();
          f.add_message_sentences()->set_id("OfNothingCannotExceed");
        }).empty());
  CHECK(says(problem([](R&, F& f) { f.set_value(42), f.set_lower(41), f.set_upper(43); }), "contradicts its status"));
}
