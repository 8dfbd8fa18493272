// A dose on its way: a header, then chunks in order, then the whole, checked by size and hash.
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "adapters/grpc/budget.h"
#include "adapters/support/openssl_sha256.h"
#include "dosegate/dosegate.h"
#include "dosegate/v1/dose.pb.h"
#include "dosegate/v1/session.pb.h"

namespace dosegate::rpc {

// What changed planes must fit.
struct GridShape {
  std::uint32_t columns = 0, rows = 0, planes = 0;
  v1::DoseValues::Type type = v1::DoseValues::TYPE_UNSPECIFIED;
};

// What doses are taken with.
struct UploadSurroundings {
  Budget& budget;                 // memory is taken of it as values come, before it is allocated
  std::uint64_t most_bytes;       // of the values of one dose
  std::chrono::seconds patience;  // from the header to the last chunk
};

// One thread at a time. After a refusal it is of no further use.
class DoseUpload {
 public:
  enum class Hash { kRequired, kIfGiven };

  DoseUpload(const UploadSurroundings& surroundings, std::shared_ptr<Client> client, Hash hash = Hash::kRequired);
  ~DoseUpload();
  DoseUpload(const DoseUpload&) = delete;
  DoseUpload& operator=(const DoseUpload&) = delete;

  bool is_open() const { return open_; }
  // A whole grid, or changed planes of one. `field`: of the request, for refusals.
  grpc::Status open(v1::DoseHeader header, const std::string& field);
  grpc::Status open(v1::PlanningSessionRequest::DosePlanes planes, const GridShape& grid, const std::string& field);
  grpc::Status add(const v1::DoseChunk& chunk);
  // Every byte that was announced is here.
  bool is_complete() const { return open_ && (!has_values_ || received_ == chunk_bytes_); }
  // That everything came, and that it is what was sent.
  grpc::Status finish();

  // What was sent; lives as long as this. Precondition: finish() was OK, and it was opened as such.
  dosegate_dose dose() const;
  dosegate_dose_planes planes() const;
  const v1::DoseHeader& header() const { return header_; }
  // By which the case holds the dose.
  const std::string& name() const { return is_planes_ ? planes_.name_in_case() : header_.name_in_case(); }
  bool is_planes() const { return is_planes_; }

 private:
  struct Inflater;
  grpc::Status open_values(const v1::DoseValues& values, std::uint64_t columns, std::uint64_t rows,
                           std::uint64_t planes);
  grpc::Status append(const std::string& data);
  grpc::Status inflate_all(const std::string& data);
  // For `bytes` of values in all; none beyond what was announced.
  grpc::Status make_room(std::uint64_t bytes);

  const UploadSurroundings around_;
  const std::shared_ptr<Client> client_;
  const Hash hash_policy_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  bool open_ = false, is_planes_ = false, has_values_ = false;
  std::string field_;  // of the header, in the request
  v1::DoseHeader header_;
  std::vector<const char*> plans_;  // of the header
  v1::PlanningSessionRequest::DosePlanes planes_;
  v1::DoseValues::Type type_ = v1::DoseValues::TYPE_UNSPECIFIED;
  std::uint64_t size_bytes_ = 0, chunk_bytes_ = 0;
  std::string sha256_;  // announced, lower case; empty: not compared
  Budget::Share share_;
  std::unique_ptr<unsigned char[], void (*)(void*)> values_{nullptr, std::free};
  std::uint64_t room_ = 0;      // in values_
  std::uint64_t received_ = 0;  // of the chunks
  std::uint64_t filled_ = 0;    // of the values
  std::unique_ptr<Inflater> inflater_;
  std::unique_ptr<support::OpensslSha256> hasher_;
};

}  // namespace dosegate::rpc
