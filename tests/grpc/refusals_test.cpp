// Bad clients: each gets the stated status, and the server goes on serving.
#include <zlib.h>

#include <catch2/catch.hpp>
#include <functional>
#include <limits>

#include "tests/grpc/server.h"

using namespace dosegate;
using namespace dosegate::grpc_test;

namespace {

void require_still_serving(v1::PlanCheckService::Stub& plans) {
  const std::string name = make_case(plans, phantom());
  v1::CheckCaseRequest request;
  request.set_name(name);
  v1::CheckCaseResponse response;
  Call call, deleting;
  REQUIRE(plans.CheckCase(&call, request, &response).ok());
  REQUIRE(response.report().verdict() == v1::Report::PASS);
  v1::DeleteCaseRequest remove;
  remove.set_name(name);
  v1::DeleteCaseResponse removed;
  REQUIRE(plans.DeleteCase(&deleting, remove, &removed).ok());
}

void check_refused(const grpc::Status& status, grpc::StatusCode code, const std::string& reason,
                   const std::string& field) {
  INFO(status.error_code() << " " << status.error_message());
  CHECK(status.error_code() == code);
  CHECK(reason_of(status) == reason);
  CHECK(field_of(status) == field);
  CHECK(status.error_message().size() > 10);
}

std::string gzip(const std::string& text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string input = text, out(deflateBound(&z, static_cast<uLong>(text.size())) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(input.data());
  z.avail_in = static_cast<uInt>(input.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

Messages compressed(Messages m) {
  m.values = gzip(m.values);
  m.dose.mutable_values()->set_compression(v1::DoseValues::GZIP);
  m.dose.mutable_values()->set_chunk_bytes(m.values.size());
  return m;
}

constexpr auto kInvalid = grpc::StatusCode::INVALID_ARGUMENT;

}  // namespace

TEST_CASE("a dose header that lies is refused before anything is allocated, and names the field") {
  const Server server;
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  struct Lie {
    const char* field;
    grpc::StatusCode code;
    const char* reason;
    std::function<void(v1::DoseHeader&)> tell;
  };
  constexpr auto kHuge = std::numeric_limits<std::uint32_t>::max();
  const std::vector<Lie> lies = {
      {"open.header.values.size_bytes", kInvalid, "INVALID_DOSE",
       [](auto& h) { h.mutable_values()->set_size_bytes(h.values().size_bytes() + 1); }},
      {"open.header.planes", grpc::StatusCode::RESOURCE_EXHAUSTED, "DOSE_TOO_LARGE",
       [](auto& h) {
         h.set_columns(kHuge);
         h.set_rows(kHuge);
       }},
      {"open.header.columns", kInvalid, "INVALID_DOSE", [](auto& h) { h.set_columns(0); }},
      {"open.header.values.type", kInvalid, "INVALID_DOSE",
       [](auto& h) { h.mutable_values()->set_type(static_cast<v1::DoseValues::Type>(99)); }},
      {"open.header.values.compression", kInvalid, "INVALID_DOSE",
       [](auto& h) { h.mutable_values()->set_compression(static_cast<v1::DoseValues::Compression>(99)); }},
      {"open.header.values.chunk_bytes", kInvalid, "INVALID_DOSE",
       [](auto& h) { h.mutable_values()->set_chunk_bytes(h.values().size_bytes() - 1); }},
      {"open.header.values.sha256", kInvalid, "INVALID_DOSE", [](auto& h) { h.mutable_values()->set_sha256("abc"); }},
      {"open.header.position_mm", kInvalid, "INVALID_DOSE", [](auto& h) { h.add_position_mm(0); }},
      {"open.header.plane_offsets_mm", kInvalid, "INVALID_DOSE", [](auto& h) { h.add_plane_offsets_mm(1e3); }},
      {"open.header.units", kInvalid, "INVALID_ARGUMENT",
       [](auto& h) { h.set_units(v1::DoseHeader::UNITS_UNSPECIFIED); }},
      {"open.header.row_spacing_mm", kInvalid, "INVALID_DATA", [](auto& h) { h.set_row_spacing_mm(-1); }},
      // What lies before a NUL is another UID: here the structures'.
      {"open.header.frame_of_reference_uid", kInvalid, "INVALID_DOSE",
       [](auto& h) { h.mutable_frame_of_reference_uid()->append(std::string("\0.other", 7)); }},
      {"open.header.defect", kInvalid, "INVALID_DOSE", [](auto& h) { h.set_defect(std::string("\0damaged", 8)); }},
  };
  for (const Lie& lie : lies) {
    INFO(lie.field);
    v1::DoseHeader header = phantom().dose;
    lie.tell(header);
    check_refused(upload(*plans, name, header, phantom().chunks()), lie.code, lie.reason, lie.field);
  }
  require_still_serving(*plans);
}

TEST_CASE("chunks that are missing, repeated, out of order, too long, too many or altered are refused") {
  const Server server;
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  using Chunks = std::vector<v1::DoseChunk>;
  struct Fault {
    const char* field;
    grpc::StatusCode code;
    const char* reason;
    std::function<void(Chunks&)> make;
  };
  const std::vector<Fault> faults = {
      {"chunk.offset_bytes", kInvalid, "INVALID_DOSE", [](Chunks& c) { c.erase(c.begin() + 1); }},
      {"chunk", kInvalid, "INVALID_DOSE", [](Chunks& c) { c.pop_back(); }},
      {"chunk", kInvalid, "INVALID_DOSE", [](Chunks& c) { c.clear(); }},
      {"chunk.offset_bytes", kInvalid, "INVALID_DOSE", [](Chunks& c) { c.insert(c.begin() + 1, c[0]); }},
      {"chunk.offset_bytes", kInvalid, "INVALID_DOSE", [](Chunks& c) { std::swap(c[0], c[1]); }},
      {"chunk.data", kInvalid, "INVALID_DOSE", [](Chunks& c) { c.back().mutable_data()->push_back('x'); }},
      {"chunk.data", kInvalid, "INVALID_DOSE",
       [](Chunks& c) { c.front().set_data(std::string((std::size_t{4} << 20) + 1, 'x')); }},
      {"open.header.values.sha256", grpc::StatusCode::DATA_LOSS, "SHA256_MISMATCH",
       [](Chunks& c) { (*c.front().mutable_data())[7] = static_cast<char>((*c.front().mutable_data())[7] ^ 1); }},
  };
  for (const Fault& fault : faults) {
    Chunks chunks = phantom().chunks(64 << 10);
    REQUIRE(chunks.size() > 3);
    fault.make(chunks);
    check_refused(upload(*plans, name, phantom().dose, chunks), fault.code, fault.reason, fault.field);
  }
  require_still_serving(*plans);
}

TEST_CASE("a dose sent as gzip is the dose, and one that is broken, longer or a bomb is refused") {
  const Server server;
  const auto plans = server.plans();
  const Messages good = compressed(phantom());
  const std::string name = make_case(*plans, good);
  v1::CheckCaseRequest request;
  request.set_name(name);
  v1::CheckCaseResponse response;
  Call call;
  REQUIRE(plans->CheckCase(&call, request, &response).ok());
  CHECK(response.report().verdict() == v1::Report::PASS);

  Messages broken = good;
  broken.values[broken.values.size() / 2] = static_cast<char>(broken.values[broken.values.size() / 2] ^ 0x55);
  const grpc::Status status = upload(*plans, name, broken.dose, broken.chunks());
  CHECK(!status.ok());
  Messages bomb = good;
  bomb.values = gzip(phantom().values + std::string(std::size_t{64} << 20, '\0'));
  bomb.dose.mutable_values()->set_chunk_bytes(bomb.values.size());
  check_refused(upload(*plans, name, bomb.dose, bomb.chunks()), kInvalid, "INVALID_DOSE", "chunk.data");
  Messages cut = good;
  cut.values.resize(cut.values.size() - 9);
  cut.dose.mutable_values()->set_chunk_bytes(cut.values.size());
  check_refused(upload(*plans, name, cut.dose, cut.chunks()), kInvalid, "INVALID_DOSE", "chunk");
  // The case's dose is the one before.
  Call again;
  REQUIRE(plans->CheckCase(&again, request, &response).ok());
  CHECK(response.report().verdict() == v1::Report::PASS);
}

TEST_CASE("a text that a NUL would cut is refused wherever one comes in") {
  const Server server;
  const auto plans = server.plans();
  const std::string name = empty_case(*plans), nul("\0x", 2);
  const std::vector<std::pair<const char*, std::function<void(v1::Structure&)>>> texts = {
      {"structures[0].name", [&](auto& s) { s.mutable_name()->append(nul); }},
      {"structures[0].interpreted_type", [&](auto& s) { s.mutable_interpreted_type()->append(nul); }},
      {"structures[0].frame_of_reference_uid", [&](auto& s) { s.mutable_frame_of_reference_uid()->append(nul); }},
      {"structures[0].defect", [&](auto& s) { s.set_defect(nul); }},
  };
  for (const auto& [field, append] : texts) {
    Call call;
    v1::SetStructuresRequest request;
    request.set_name(name);
    *request.add_structures() = phantom().structures[0];
    append(*request.mutable_structures(0));
    v1::SetStructuresResponse response;
    check_refused(plans->SetStructures(&call, request, &response), kInvalid, "INVALID_DATA", field);
  }
  {
    Call call;
    v1::CheckCaseRequest request;
    request.set_name(name);
    request.mutable_protocol()->set_name("protocols/ChiCTR2000036385" + nul);
    v1::CheckCaseResponse response;
    CHECK(plans->CheckCase(&call, request, &response).error_code() == kInvalid);
  }
  {
    Call call;
    v1::CheckPlanResponse response;
    const auto stream = plans->CheckPlan(&call, &response);
    v1::CheckPlanRequest request;
    request.mutable_open();
    stream->Write(request);
    *request.mutable_dose() = phantom().dose;
    request.mutable_dose()->mutable_frame_of_reference_uid()->append(nul);
    stream->Write(request);
    stream->WritesDone();
    check_refused(stream->Finish(), kInvalid, "INVALID_DOSE", "dose.frame_of_reference_uid");
  }
  require_still_serving(*plans);
}

TEST_CASE("a stream that starts wrong, an unknown case, and data the engine refuses get a reason and the field") {
  const Server server;
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  {
    Call call;
    v1::UploadDoseResponse response;
    const auto stream = plans->UploadDose(&call, &response);
    v1::UploadDoseRequest request;
    request.mutable_chunk()->set_data("abc");
    stream->Write(request);
    stream->WritesDone();
    check_refused(stream->Finish(), kInvalid, "INVALID_DOSE", "chunk");
  }
  {
    Call call;
    v1::UploadDoseResponse response;
    const auto stream = plans->UploadDose(&call, &response);
    stream->WritesDone();
    check_refused(stream->Finish(), kInvalid, "OUT_OF_ORDER", "open");
  }
  {
    Call call;
    v1::CheckPlanResponse response;
    const auto stream = plans->CheckPlan(&call, &response);
    v1::CheckPlanRequest request;
    *request.mutable_dose() = phantom().dose;
    stream->Write(request);
    stream->WritesDone();
    check_refused(stream->Finish(), kInvalid, "OUT_OF_ORDER", "open");
  }
  {
    Call call;
    v1::CheckCaseRequest request;
    request.set_name("cases/none");
    v1::CheckCaseResponse response;
    check_refused(plans->CheckCase(&call, request, &response), grpc::StatusCode::NOT_FOUND, "NO_SUCH_CASE", "name");
  }
  {
    Call call;
    v1::CheckCaseRequest request;  // answered; it answers none of the next ones
    request.set_name(name);
    v1::CheckCaseResponse response;
    CHECK(plans->CheckCase(&call, request, &response).ok());
  }
  for (const char* json : {"{", ""}) {
    INFO(json);
    Call call;
    v1::CheckCaseRequest request;
    request.set_name(name);
    request.mutable_protocol()->set_protocol_json(json);
    v1::CheckCaseResponse response;
    const grpc::Status status = plans->CheckCase(&call, request, &response);
    CHECK(status.error_code() == kInvalid);
    CHECK(field_of(status).rfind("protocol", 0) == 0);
  }
  {
    Call call;
    v1::SetStructuresRequest request;
    request.set_name(name);
    *request.add_structures() = phantom().structures[0];
    *request.add_structures() = phantom().structures[1];
    request.mutable_structures(1)->mutable_contours(0)->add_points_mm(1.0);
    v1::SetStructuresResponse response;
    check_refused(plans->SetStructures(&call, request, &response), kInvalid, "INVALID_DATA",
                  "structures[1].contours[0].points_mm");
    Call nan_call;
    *request.mutable_structures(1) = phantom().structures[1];
    request.mutable_structures(1)->mutable_contours(0)->set_points_mm(0, std::numeric_limits<double>::quiet_NaN());
    CHECK(plans->SetStructures(&nan_call, request, &response).error_code() == kInvalid);
  }
  require_still_serving(*plans);
}

TEST_CASE("a message that is too large is refused, and so is a case that would take more than it may") {
  const Server server({"--max-message-mib", "1", "--max-case-mib", "16", "--max-memory-mib", "24", "--max-cases", "2"});
  const auto plans = server.plans();
  const std::string name = empty_case(*plans);
  v1::SetStructuresRequest request;
  request.set_name(name);
  v1::Structure& s = *request.add_structures();
  s.set_roi_number(1);
  s.set_name("Liver");
  v1::Contour& contour = *s.add_contours();
  contour.set_geometric_type(v1::Contour::CLOSED_PLANAR);
  contour.mutable_points_mm()->Resize(300'000, 1.0);
  v1::SetStructuresResponse response;
  Call large, fat;
  CHECK(plans->SetStructures(&large, request, &response).error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  contour.mutable_points_mm()->Resize(126'000, 1.0);  // 42,000 points
  check_refused(plans->SetStructures(&fat, request, &response), grpc::StatusCode::RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED",
                "structures[0]");
  (void)empty_case(*plans);
  Call third;
  v1::CreateCaseResponse created;
  check_refused(plans->CreateCase(&third, {}, &created), grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CASES", "");
  Call deleting, fourth;
  v1::DeleteCaseRequest remove;
  remove.set_name(name);
  v1::DeleteCaseResponse removed;
  REQUIRE(plans->DeleteCase(&deleting, remove, &removed).ok());
  CHECK(plans->CreateCase(&fourth, {}, &created).ok());
}
