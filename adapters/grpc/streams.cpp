#include "adapters/grpc/streams.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "adapters/grpc/collector.h"
#include "adapters/grpc/dose_upload.h"

namespace dosegate::rpc {
namespace {

grpc::Status misplaced(const std::string& field, const std::string& message) {
  return refusal(grpc::StatusCode::INVALID_ARGUMENT, "OUT_OF_ORDER", message, field);
}

class Upload final : public Collector<v1::UploadDoseRequest, v1::UploadDoseResponse> {
 public:
  // A line of its own: a dose comes in while the case is being checked.
  Upload(Engine& engine, std::shared_ptr<Client> client, Admitted in, grpc::ByteBuffer& out)
      : Collector(engine, Turns::Line(engine.turns(), client->name), std::move(in), out),
        engine_(engine),
        owner_(client->name),
        dose_(engine.uploads(), client) {}

 private:
  grpc::Status take(v1::UploadDoseRequest& request) override {
    switch (request.part_case()) {
      case v1::UploadDoseRequest::kOpen:
        if (hosted_) return misplaced("open", "came twice.");
        hosted_ = engine_.cases().find(request.open().name(), owner_);
        if (!hosted_) return no_such_case(request.open().name());
        return dose_.open(std::move(*request.mutable_open()->mutable_header()), "open.header");
      case v1::UploadDoseRequest::kChunk:
        return dose_.add(request.chunk());
      case v1::UploadDoseRequest::PART_NOT_SET:
        break;
    }
    return misplaced("part", "is not set; a message is open or a chunk.");
  }

  void finish() override {
    const grpc::Status status = hosted_ ? dose_.finish() : misplaced("open", "is missing.");
    if (!status.ok()) return answer(status);
    hosted_->line().post([this] {
      if (is_cancelled()) return answer(why_cancelled());
      const std::shared_ptr<HostedCase> hosted = hosted_;
      answer(guarded("open.header", [&] {
        hosted->set_dose(dose_);
        return grpc::Status::OK;
      }));
    });
  }

  Engine& engine_;
  const std::string owner_;
  std::shared_ptr<HostedCase> hosted_;
  DoseUpload dose_;
};

class GammaCall final : public Collector<v1::ComputeGammaRequest, v1::ComputeGammaResponse> {
 public:
  // A line of its own, as of an upload.
  GammaCall(Engine& engine, std::shared_ptr<Client> client, Admitted in, grpc::ByteBuffer& out)
      : Collector(engine, Turns::Line(engine.turns(), client->name), std::move(in), out),
        engine_(engine),
        owner_(client->name),
        reference_(engine.uploads(), client),
        evaluated_(engine.uploads(), client) {}

 private:
  grpc::Status take(v1::ComputeGammaRequest& request) override {
    if (!hosted_ && request.part_case() != v1::ComputeGammaRequest::kOpen) {
      return misplaced("open", "must come first.");
    }
    switch (request.part_case()) {
      case v1::ComputeGammaRequest::kOpen:
        if (hosted_) return misplaced("open", "came twice.");
        hosted_ = engine_.cases().find(request.open().name(), owner_);
        if (!hosted_) return no_such_case(request.open().name());
        request_ = request.open().request();
        return grpc::Status::OK;
      case v1::ComputeGammaRequest::kReference:
        return reference_.open(std::move(*request.mutable_reference()), "reference");
      case v1::ComputeGammaRequest::kEvaluated:
        if (!reference_.is_complete()) return misplaced("evaluated", "comes after all of the reference.");
        return evaluated_.open(std::move(*request.mutable_evaluated()), "evaluated");
      case v1::ComputeGammaRequest::kChunk:
        return (evaluated_.is_open() ? evaluated_ : reference_).add(request.chunk());
      case v1::ComputeGammaRequest::PART_NOT_SET:
        break;
    }
    return misplaced("part", "is not set; a message is open, a reference, an evaluated dose or a chunk.");
  }

  void finish() override {
    if (!hosted_) return answer(misplaced("open", "is missing."));
    if (!reference_.is_open()) return answer(misplaced("reference", "is missing."));
    if (!evaluated_.is_open()) return answer(misplaced("evaluated", "is missing."));
    for (DoseUpload* dose : {&reference_, &evaluated_}) {
      if (const grpc::Status status = dose->finish(); !status.ok()) return answer(status);
    }
    hosted_->line().post([this] {
      if (is_cancelled()) return answer(why_cancelled());
      const std::shared_ptr<HostedCase> hosted = hosted_;
      answer(guarded("", [&] {
        response() = hosted->gamma(request_, reference_, evaluated_);
        return grpc::Status::OK;
      }));
    });
  }

  Engine& engine_;
  const std::string owner_;
  std::shared_ptr<HostedCase> hosted_;
  v1::GammaRequest request_;
  DoseUpload reference_, evaluated_;
};

class PlanCheck final : public Collector<v1::CheckPlanRequest, v1::CheckPlanResponse> {
 public:
  PlanCheck(Engine& engine, std::shared_ptr<HostedCase> hosted, Admitted in, grpc::ByteBuffer& out)
      : Collector(engine, hosted->line(), std::move(in), out), engine_(engine), hosted_(std::move(hosted)) {
    hosted_->set_cancelled([this] { return is_cancelled(); });
  }

 private:
  grpc::Status take(v1::CheckPlanRequest& request) override {
    if (!chosen_ && request.part_case() != v1::CheckPlanRequest::kOpen) {
      return misplaced("open", "must come first.");
    }
    switch (request.part_case()) {
      case v1::CheckPlanRequest::kOpen:
        return open(request.open());
      case v1::CheckPlanRequest::kStructure:
        return guarded("structure", [&] {
          hosted_->set_structure(std::move(*request.mutable_structure()));
          return grpc::Status::OK;
        });
      case v1::CheckPlanRequest::kSlices:
        return guarded("slices", [&] {
          hosted_->set_slices(request.slices());
          return grpc::Status::OK;
        });
      case v1::CheckPlanRequest::kPlan:
        return set_plan(request.plan(), "plan");
      case v1::CheckPlanRequest::kDose:
        return open_dose(std::move(*request.mutable_dose()));
      case v1::CheckPlanRequest::kChunk:
        return dose_ ? dose_->add(request.chunk()) : misplaced("chunk", "came before a dose.");
      case v1::CheckPlanRequest::PART_NOT_SET:
        break;
    }
    return misplaced("part", "is not set; a message is open, a plan, a structure, slices, a dose or a chunk.");
  }

  grpc::Status open(const v1::CheckPlanRequest::Open& request) {
    if (chosen_) return misplaced("open", "came twice.");
    if (request.has_options()) {
      const grpc::Status status = guarded("open.options", [&] {
        hosted_->set_options(request.options());
        return grpc::Status::OK;
      });
      if (!status.ok()) return status;
    }
    if (request.has_plan()) {
      if (const grpc::Status status = set_plan(request.plan(), "open.plan"); !status.ok()) return status;
    }
    if (request.has_record()) {
      const grpc::Status status = guarded("open.record", [&] {
        hosted_->set_record(request.record());
        return grpc::Status::OK;
      });
      if (!status.ok()) return status;
    }
    return guarded("open.protocol", [&] {
      chosen_.emplace(engine_.choose(request.protocol()));
      return grpc::Status::OK;
    });
  }

  // A gate tells all it has once: what replaces something it has told is a mistake.
  grpc::Status set_plan(const v1::Plan& plan, const std::string& field) {
    if (!plans_.insert(plan.name_in_case()).second) return twice(field, "plan", plan.name_in_case());
    return guarded(field, [&] {
      hosted_->set_plan(plan);
      return grpc::Status::OK;
    });
  }

  grpc::Status open_dose(v1::DoseHeader header) {
    if (!doses_.insert(header.name_in_case()).second) return twice("dose", "dose", header.name_in_case());
    if (const grpc::Status status = take_dose(); !status.ok()) return status;
    dose_.emplace(engine_.uploads(), hosted_->client());
    return dose_->open(std::move(header), "dose");
  }

  // The dose whose chunks were coming, if any.
  grpc::Status take_dose() {
    if (!dose_) return grpc::Status::OK;
    const grpc::Status status = guarded("dose", [&] {
      if (grpc::Status whole = dose_->finish(); !whole.ok()) return whole;
      hosted_->set_dose(*dose_);
      return grpc::Status::OK;
    });
    dose_.reset();
    return status;
  }

  static grpc::Status twice(const std::string& field, const std::string& kind, const std::string& name) {
    return misplaced(field, "came twice" + (name.empty() ? "" : " as '" + name.substr(0, 100) + "'") + "; each " +
                                kind + " of a case has its own name_in_case.");
  }

  // Without a dose everything that needs one is NOT_EVALUABLE, which is the answer then.
  void finish() override {
    if (!chosen_) return answer(misplaced("open", "is missing."));
    const grpc::Status status = guarded("", [&] {
      if (grpc::Status whole = take_dose(); !whole.ok()) return whole;
      const v1::CheckCaseResponse& checked = hosted_->check(*chosen_);
      *response().mutable_report() = checked.report();
      response().set_report_json(checked.report_json());
      return grpc::Status::OK;
    });
    answer(status.error_code() == grpc::StatusCode::CANCELLED ? why_cancelled() : status);
  }

  Engine& engine_;
  const std::shared_ptr<HostedCase> hosted_;
  std::optional<Chosen> chosen_;
  std::set<std::string> plans_, doses_;  // names told so far
  std::optional<DoseUpload> dose_;       // that is coming
};

}  // namespace

grpc::Status no_such_case(const std::string& name) {
  return refusal(
      grpc::StatusCode::NOT_FOUND, "NO_SUCH_CASE",
      "There is no case '" + name.substr(0, 100) +
          "' on this server: it was deleted, was idle for too long, or is on another server. Create it again.",
      "name");
}

BytesReader* start_upload(Engine& engine, Admitted in, grpc::ByteBuffer& out) {
  const std::shared_ptr<Client> client = in.call.client();
  auto* upload = new Upload(engine, client, std::move(in), out);
  upload->begin();
  return upload;
}

BytesReader* start_gamma(Engine& engine, Admitted in, grpc::ByteBuffer& out) {
  const std::shared_ptr<Client> client = in.call.client();
  auto* call = new GammaCall(engine, client, std::move(in), out);
  call->begin();
  return call;
}

BytesReader* start_check(Engine& engine, Admitted in, grpc::ByteBuffer& out) {
  std::shared_ptr<HostedCase> hosted;
  const grpc::Status status = guarded("", [&] {
    hosted = engine.make_case(in.call.client());
    return grpc::Status::OK;
  });
  if (!status.ok()) return new Refused<BytesReader>(status);
  auto* check = new PlanCheck(engine, std::move(hosted), std::move(in), out);
  check->begin();
  return check;
}

}  // namespace dosegate::rpc
