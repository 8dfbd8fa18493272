// A dose on its way: a header, then chunks in order, then the whole, checked by size and hash.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <memory>
#include <string>

#include "adapters/grpc/budget.h"
#include "dosegate/dosegate.h"
#include "dosegate/v1/dose.pb.h"
#include "dosegate/v1/session.pb.h"

namespace dosegate::rpc {

// What changed planes must fit.
struct GridShape {
  std::uint32_t columns = 0, rows = 0, planes = 0;
  v1::DoseValues::Type type = v1::DoseValues::TYPE_UNSPECIFIED;
};

// One thread at a time. After a refusal it is of no further use.
class DoseUpload {
 public:
  enum class Hash { kRequired, kIfGiven };

  // `most_bytes`: of the values of one dose. Memory is taken from `budget` before it is allocated.
  DoseUpload(Budget& budget, std::uint64_t most_bytes, Hash hash = Hash::kRequired);
  ~DoseUpload();
  DoseUpload(const DoseUpload&) = delete;
  DoseUpload& operator=(const DoseUpload&) = delete;

  bool is_open() const { return open_; }
  // A whole grid, or changed planes of one. `field`: of the request, for refusals.
  grpc::Status open(v1::DoseHeader header, const std::string& field);
  grpc::Status open(v1::PlanningSessionRequest::DosePlanes planes, const GridShape& grid, const std::string& field);
  grpc::Status add(const v1::DoseChunk& chunk);
  // Every byte that was announced is here.
  bool is_complete() const { return open_ && (!values_ || received_ == chunk_bytes_); }
  // That everything came, and that it is what was sent.
  grpc::Status finish();

  // What was sent; lives as long as this. Precondition: finish() was OK, and it was opened as such.
  dosegate_dose dose() const;
  dosegate_dose_planes planes() const;
  bool is_planes() const { return is_planes_; }

 private:
  struct Inflater;
  struct Hasher;
  grpc::Status open_values(const v1::DoseValues& values, std::uint64_t columns, std::uint64_t rows,
                           std::uint64_t planes);
  grpc::Status append(const std::string& data);
  grpc::Status inflate_all(const std::string& data);

  Budget& budget_;
  const std::uint64_t most_bytes_;
  const Hash hash_policy_;
  bool open_ = false, is_planes_ = false;
  std::string field_;  // of the header, in the request
  v1::DoseHeader header_;
  v1::PlanningSessionRequest::DosePlanes planes_;
  v1::DoseValues::Type type_ = v1::DoseValues::TYPE_UNSPECIFIED;
  std::uint64_t size_bytes_ = 0, chunk_bytes_ = 0;
  std::string sha256_;  // announced, lower case; empty: not compared
  Budget::Share share_;
  std::unique_ptr<unsigned char[]> values_;
  std::uint64_t received_ = 0;  // of the chunks
  std::uint64_t filled_ = 0;    // of the values
  std::unique_ptr<Inflater> inflater_;
  std::unique_ptr<Hasher> hasher_;
};

}  // namespace dosegate::rpc
