// The events of a planning session, as they change its case. Knows nothing of the connection they come on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/grpc/dose_upload.h"
#include "adapters/grpc/hosted_case.h"
#include "dosegate/v1/session.pb.h"

namespace dosegate::rpc {

// Whether it is numbered, and answered.
bool is_event(const v1::PlanningSessionRequest& request);

// On the case's line only.
class SessionEvents {
 public:
  // `chosen`: what the case is checked against. `last`: the last event taken or refused, of this and earlier
  // connections. All must outlive this.
  SessionEvents(HostedCase& hosted, const Chosen& chosen, const UploadSurroundings& uploads, std::uint64_t& last)
      : hosted_(hosted), chosen_(chosen), uploads_(uploads), last_(last) {}

  struct Settled {
    std::uint64_t event;
    grpc::Status status;         // not OK: it is refused, and the case is as it was
    std::uint64_t before, last;  // the last event before and after it
  };
  // A message; what it settles, in order, is added to `settled`. Not OK: the stream breaks the rules of a session.
  grpc::Status take(v1::PlanningSessionRequest& request, std::vector<Settled>& settled);
  // Whether chunks of a dose are still to come. It is not settled where the stream ends: who resumes sends it again.
  bool is_within_dose() const { return upload_.has_value(); }

 private:
  grpc::Status apply(v1::PlanningSessionRequest& request, bool& is_whole);
  grpc::Status expect(v1::DoseHeader header);
  grpc::Status remove(const v1::PlanningSessionRequest::Remove& what);
  grpc::Status take_chunk(const v1::DoseChunk& chunk, std::vector<Settled>& settled);
  void settle(std::uint64_t event, const grpc::Status& status, std::vector<Settled>& settled);

  HostedCase& hosted_;
  const Chosen& chosen_;
  const UploadSurroundings uploads_;
  std::uint64_t& last_;
  std::optional<DoseUpload> upload_;
  std::uint64_t upload_event_ = 0;
  bool is_dropping_ = false;  // the chunks of a dose that was refused
};

}  // namespace dosegate::rpc
