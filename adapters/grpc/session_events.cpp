#include "adapters/grpc/session_events.h"

#include <algorithm>
#include <string>
#include <utility>

#include "adapters/grpc/reactors.h"

namespace dosegate::rpc {
namespace {

using Request = v1::PlanningSessionRequest;

grpc::Status out_of_order(const std::string& message, const std::string& field) {
  return refusal(grpc::StatusCode::INVALID_ARGUMENT, "OUT_OF_ORDER", message, field);
}
grpc::Status incomplete(const std::string& message) {
  return refusal(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_DOSE", message, "chunk");
}

}  // namespace

bool is_event(const Request& request) {
  switch (request.part_case()) {
    case Request::kOpen:
    case Request::kChunk:
    case Request::kHeartbeat:
      return false;
    default:
      return true;
  }
}

grpc::Status SessionEvents::take(Request& request, std::vector<Settled>& settled) {
  if (request.has_chunk()) return take_chunk(request.chunk(), settled);
  if (request.has_open()) return out_of_order("came twice.", "open");
  if (upload_) settle(upload_event_, incomplete("Another event came before all chunks of the dose."), settled);
  is_dropping_ = false;
  const std::uint64_t event = request.event();
  if (event <= last_) {
    is_dropping_ = true;
    settle(event,
           refusal(grpc::StatusCode::ALREADY_EXISTS, "EVENT_TAKEN",
                   "Event " + std::to_string(event) + " is not greater than the last one taken, " +
                       std::to_string(last_) + ".",
                   "event"),
           settled);
    return grpc::Status::OK;
  }
  bool is_whole = true;
  const grpc::Status status = guarded("", [&] { return apply(request, is_whole); });
  if (status.ok() && !is_whole) return grpc::Status::OK;
  is_dropping_ = !status.ok();
  settle(event, status, settled);
  return grpc::Status::OK;
}

grpc::Status SessionEvents::apply(Request& request, bool& is_whole) {
  const auto on = [](const char* field, const auto& change) {
    return guarded(field, [&] {
      change();
      return grpc::Status::OK;
    });
  };
  switch (request.part_case()) {
    case Request::kPlan:
      return on("plan", [&] { hosted_.set_plan(request.plan()); });
    case Request::kRecord:
      return on("record", [&] { hosted_.set_record(request.record()); });
    case Request::kOptions:
      return on("options", [&] { hosted_.set_options(request.options()); });
    case Request::kStructure:
      return on("structure", [&] { hosted_.set_structure(std::move(*request.mutable_structure())); });
    case Request::kSlices:
      return on("slices", [&] { hosted_.set_slices(request.slices()); });
    case Request::kRemoveStructure:
      return on("remove_structure", [&] {
        hosted_.remove_structure(request.remove_structure().structure_set(), request.remove_structure().roi_number());
      });
    case Request::kRemove:
      return remove(request.remove());
    case Request::kExpectedDose:
      return expect(std::move(*request.mutable_expected_dose()));
    case Request::kDose:
    case Request::kDosePlanes: {
      upload_.emplace(uploads_, hosted_.client(), DoseUpload::Hash::kIfGiven);
      upload_event_ = request.event();
      const std::string planes_of = request.dose_planes().name_in_case();
      const grpc::Status status = request.has_dose() ? upload_->open(std::move(*request.mutable_dose()), "dose")
                                                     : upload_->open(std::move(*request.mutable_dose_planes()),
                                                                     hosted_.grid(planes_of), "dose_planes");
      if (!status.ok()) return status;
      is_whole = upload_->is_complete();  // a defect alone
      return is_whole ? on("dose", [&] { hosted_.set_dose(*upload_); }) : status;
    }
    default:
      return out_of_order("The message is no event that this server knows.", "part");
  }
}

grpc::Status SessionEvents::expect(v1::DoseHeader header) {
  return guarded("expected_dose", [&] {
    DoseUpload upload(uploads_, hosted_.client(), DoseUpload::Hash::kIfGiven);  // whose chunks never come
    if (grpc::Status status = upload.open(std::move(header), "expected_dose"); !status.ok()) return status;
    hosted_.expect_dose(chosen_, upload);
    return grpc::Status::OK;
  });
}

grpc::Status SessionEvents::remove(const Request::Remove& what) {
  return guarded("remove", [&] {
    switch (what.what_case()) {
      case Request::Remove::kPlan:
        hosted_.remove_plan(what.plan());
        return grpc::Status::OK;
      case Request::Remove::kStructureSet:
        hosted_.remove_structure_set(what.structure_set());
        return grpc::Status::OK;
      case Request::Remove::kDose:
        hosted_.remove_dose(what.dose());
        return grpc::Status::OK;
      case Request::Remove::WHAT_NOT_SET:
        break;
    }
    return out_of_order("is not set; it is a plan, a structure set or a dose.", "remove.what");
  });
}

grpc::Status SessionEvents::take_chunk(const v1::DoseChunk& chunk, std::vector<Settled>& settled) {
  if (is_dropping_) return grpc::Status::OK;
  if (!upload_) return out_of_order("A chunk came without a dose.", "chunk");
  grpc::Status status = guarded("", [&] { return upload_->add(chunk); });
  if (status.ok() && !upload_->is_complete()) return status;
  if (status.ok()) {
    status = guarded(upload_->is_planes() ? "dose_planes" : "dose", [&] {
      if (grpc::Status whole = upload_->finish(); !whole.ok()) return whole;
      hosted_.set_dose(*upload_);
      return grpc::Status::OK;
    });
  }
  is_dropping_ = !status.ok();
  settle(upload_event_, status, settled);
  return grpc::Status::OK;
}

void SessionEvents::settle(std::uint64_t event, const grpc::Status& status, std::vector<Settled>& settled) {
  upload_.reset();
  const std::uint64_t before = last_;
  last_ = std::max(last_, event);
  settled.push_back({event, status, before, last_});
}

}  // namespace dosegate::rpc
