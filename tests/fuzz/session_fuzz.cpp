// Any events of a planning session, in any order: each event is settled once and in order, what the case and the upload
// hold is in the budget and given back at the end, and a check of what there is answers or says why not, the same again
// after what the engine keeps was given back.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "adapters/grpc/reactors.h"
#include "adapters/grpc/session_events.h"

using namespace dosegate;
using namespace dosegate::rpc;

namespace {

using Request = v1::PlanningSessionRequest;

constexpr std::uint64_t kBudget = std::uint64_t{64} << 20;

// One for all runs; its threads are of this process.
struct Host {
  const Library library = Library::load(DOSEGATE_MANIFEST);
  const Chosen chosen{library.builtin_protocol(), "default"};
  Budget budget{kBudget};
  Clients clients{{kBudget, 8, 8}, 100};
  Running running;
  Turns turns{1};
};

void fill(FuzzedDataProvider& in, v1::DoseValues& values, std::uint64_t voxels) {
  values.set_type(static_cast<v1::DoseValues::Type>(in.ConsumeIntegralInRange(0, 5)));
  const bool is_right = in.ConsumeBool();
  values.set_size_bytes(is_right ? voxels * 4 : in.ConsumeIntegral<std::uint64_t>());
  if (in.ConsumeBool()) values.set_compression(v1::DoseValues::GZIP);
  if (in.ConsumeBool()) values.set_chunk_bytes(in.ConsumeIntegralInRange<std::uint64_t>(0, 4096));
  if (in.ConsumeBool()) values.set_sha256(in.ConsumeRandomLengthString(64));
}

double number(FuzzedDataProvider& in) {
  return in.ConsumeBool() ? in.ConsumeIntegralInRange(-20, 20) : in.ConsumeFloatingPoint<double>();
}

// In a case; mostly the short form.
std::string name(FuzzedDataProvider& in) {
  switch (in.ConsumeIntegralInRange(0, 7)) {
    case 0:
      return "A";
    case 1:
      return in.ConsumeRandomLengthString(70);
    default:
      return {};
  }
}

Request message(FuzzedDataProvider& in, std::uint64_t& event, std::uint64_t& sent) {
  Request request;
  event = in.ConsumeBool() ? event + 1 : in.ConsumeIntegralInRange<std::uint64_t>(0, 40);
  request.set_event(event);
  switch (in.ConsumeIntegralInRange(0, 10)) {
    case 0:
      (void)request.mutable_plan()->ParseFromString(in.ConsumeRandomLengthString(200));
      if (in.ConsumeBool()) request.mutable_plan()->set_name_in_case(name(in));
      break;
    case 1:
      (void)request.mutable_options()->ParseFromString(in.ConsumeRandomLengthString(100));
      break;
    case 2:
    case 3: {
      v1::Structure& s = *request.mutable_structure();
      s.set_roi_number(in.ConsumeIntegralInRange(-1, 4));
      s.set_name(in.ConsumeBool() ? "Liver" : in.ConsumeRandomLengthString(12));
      s.set_structure_set(name(in));
      if (in.ConsumeBool()) s.set_frame_of_reference_uid("1.2");
      for (int c = in.ConsumeIntegralInRange(0, 4); c > 0; --c) {
        v1::Contour& contour = *s.add_contours();
        contour.set_geometric_type(static_cast<v1::Contour::GeometricType>(in.ConsumeIntegralInRange(0, 6)));
        const double z = number(in);
        for (int p = in.ConsumeIntegralInRange(0, 6); p > 0; --p) {
          contour.add_points_mm(number(in));
          contour.add_points_mm(number(in));
          contour.add_points_mm(z);
        }
        if (in.ConsumeIntegralInRange(0, 15) == 0) contour.add_points_mm(0);
      }
      break;
    }
    case 4: {
      v1::Slices& slices = *request.mutable_slices();
      slices.set_axis(static_cast<v1::Slices::Axis>(in.ConsumeIntegralInRange(0, 4)));
      for (int n = in.ConsumeIntegralInRange(0, 6); n > 0; --n) slices.add_at_mm(number(in));
      break;
    }
    case 5:
      request.mutable_remove_structure()->set_roi_number(in.ConsumeIntegralInRange(-1, 4));
      request.mutable_remove_structure()->set_structure_set(name(in));
      break;
    case 8: {
      Request::Remove& remove = *request.mutable_remove();
      const int what = in.ConsumeIntegralInRange(0, 3);
      if (what == 1) remove.set_plan(name(in));
      if (what == 2) remove.set_structure_set(name(in));
      if (what == 3) remove.set_dose(name(in));
      break;
    }
    case 6: {
      const bool is_expected = in.ConsumeIntegralInRange(0, 3) == 0;
      v1::DoseHeader& h = is_expected ? *request.mutable_expected_dose() : *request.mutable_dose();
      h.set_name_in_case(name(in));
      for (int n = in.ConsumeIntegralInRange(0, 2); n > 0; --n) h.add_plans(name(in));
      h.set_scaling(1);
      h.set_units(v1::DoseHeader::GY);
      h.set_dose_type(v1::DoseHeader::PHYSICAL);
      h.set_summation(v1::DoseHeader::PLAN);
      h.set_columns(in.ConsumeIntegralInRange(0U, 5U));
      h.set_rows(in.ConsumeIntegralInRange(0U, 5U));
      h.set_planes(in.ConsumeIntegralInRange(0U, 4U));
      for (const double v : {0., 0., 0.}) h.add_position_mm(v);
      for (const double v : {1., 0., 0.}) h.add_row_cosines(v);
      for (const double v : {0., 1., 0.}) h.add_column_cosines(v);
      h.set_row_spacing_mm(2);
      h.set_column_spacing_mm(2);
      for (unsigned p = 0; p < h.planes(); ++p) h.add_plane_offsets_mm(in.ConsumeBool() ? 2. * p : number(in));
      if (in.ConsumeBool()) h.set_frame_of_reference_uid("1.2");
      if (in.ConsumeIntegralInRange(0, 7) == 0) h.set_defect("cannot be relied on");
      fill(in, *h.mutable_values(), std::uint64_t{h.columns()} * h.rows() * h.planes());
      sent = 0;
      break;
    }
    case 7: {
      auto& planes = *request.mutable_dose_planes();
      planes.set_name_in_case(name(in));
      planes.set_first_plane(in.ConsumeIntegralInRange(0U, 4U));
      planes.set_planes(in.ConsumeIntegralInRange(0U, 4U));
      fill(in, *planes.mutable_values(), std::uint64_t{25} * planes.planes());
      sent = 0;
      break;
    }
    default: {
      v1::DoseChunk& chunk = *request.mutable_chunk();
      chunk.set_offset_bytes(in.ConsumeBool() ? sent : in.ConsumeIntegral<std::uint64_t>());
      chunk.set_data(in.ConsumeBool() ? std::string(in.ConsumeIntegralInRange<std::size_t>(0, 400), '\x40')
                                      : in.ConsumeRandomLengthString(400));
      sent += chunk.data().size();
    }
  }
  return request;
}

void require(bool is_so, const std::string& what) {
  if (is_so) return;
  std::fprintf(stderr, "not so: %s\n", what.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Host host;
  FuzzedDataProvider in(data, size);
  const auto client = host.clients.of("");
  {
    HostedCase hosted({host.library, 1, host.turns, host.budget, host.running, kBudget / 2, false}, client);
    std::uint64_t last = 0, event = 0, sent = 0, expected = 0, settled_before = 0;
    SessionEvents events(hosted, host.chosen, {host.budget, kBudget / 2, std::chrono::seconds(600)}, last);
    while (in.remaining_bytes() > 0) {
      Request request = message(in, event, sent);
      expected += is_event(request) ? 1 : 0;
      std::vector<SessionEvents::Settled> settled;
      const bool goes_on = events.take(request, settled).ok();
      for (const auto& one : settled) {
        require(one.last >= one.before && one.before >= settled_before, "events are settled in order");
        settled_before = one.last;
        --expected;
      }
      require(expected == (events.is_within_dose() ? 1 : 0), "each event is settled once");
      require(hosted.bytes() <= host.budget.taken(), "what the case holds is in the budget");
      if (!goes_on) break;
    }
    const auto answer = [&] {
      std::string said;
      const grpc::Status status = guarded("", [&] {
        said = hosted.check(host.chosen).report_json();
        return grpc::Status::OK;
      });
      require(status.error_code() != grpc::StatusCode::INTERNAL, status.error_message());
      return said + status.error_message();
    };
    const std::string first = answer();
    require(!first.empty(), "a check answers");
    if (size % 8 == 0) {  // a check takes longer than all events
      hosted.give_back();
      hosted.set_options({});  // what was answered last says nothing any more
      const std::string second = answer();
      hosted.give_back();
      hosted.set_options({});
      require(answer() == second, "what was given back is computed again, the same");
    }
  }
  require(host.budget.taken() == 0, "what was held is given back at the end");
  return 0;
}
