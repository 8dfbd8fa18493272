// A dose on its way: a header, then chunks in order, then the whole, checked by size and hash.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "adapters/grpc/budget.h"
#include "dosegate/detail/sha256.hpp"
#include "dosegate/dosegate.h"
#include "dosegate/v1/dose.pb.h"

namespace dosegate::rpc {

// One thread at a time. After a refusal it is of no further use.
class DoseUpload {
 public:
  // `most_bytes`: of the values of one dose. Memory is taken from `budget` before it is allocated.
  DoseUpload(Budget& budget, std::uint64_t most_bytes);
  ~DoseUpload();
  DoseUpload(const DoseUpload&) = delete;
  DoseUpload& operator=(const DoseUpload&) = delete;

  bool is_open() const { return open_; }
  grpc::Status open(v1::DoseHeader header);
  grpc::Status add(const v1::DoseChunk& chunk);
  // That everything came, and that it is what was sent.
  grpc::Status finish();
  // The dose; lives as long as this. Precondition: finish() was OK.
  dosegate_dose dose() const;

 private:
  struct Inflater;
  grpc::Status append(const std::string& data);

  Budget& budget_;
  const std::uint64_t most_bytes_;
  bool open_ = false;
  v1::DoseHeader header_;
  Budget::Share share_;
  std::unique_ptr<unsigned char[]> values_;
  std::uint64_t received_ = 0;  // of the chunks
  std::uint64_t filled_ = 0;    // of the values
  std::unique_ptr<Inflater> inflater_;
  detail::Sha256 hash_;
};

}  // namespace dosegate::rpc
