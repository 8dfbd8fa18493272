// Uploads the begin of a dose, says so, and waits to be killed: ADDRESS CASE.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "dosegate/v1/service.grpc.pb.h"

int main(int argc, char** argv) {
  using namespace dosegate;
  if (argc != 3) return 3;
  constexpr unsigned kSide = 100;
  const auto plans = v1::PlanCheckService::NewStub(grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::UploadDoseResponse response;
  const auto stream = plans->UploadDose(&context, &response);
  v1::UploadDoseRequest request;
  request.mutable_open()->set_name(argv[2]);
  v1::DoseHeader& header = *request.mutable_open()->mutable_header();
  header.set_columns(kSide);
  header.set_rows(kSide);
  header.set_planes(kSide);
  for (const double value : {0.0, 0.0, 0.0}) header.add_position_mm(value);
  for (const double value : {1.0, 0.0, 0.0}) header.add_row_cosines(value);
  for (const double value : {0.0, 1.0, 0.0}) header.add_column_cosines(value);
  for (unsigned plane = 0; plane < kSide; ++plane) header.add_plane_offsets_mm(plane);
  header.mutable_values()->set_type(v1::DoseValues::FLOAT32);
  header.mutable_values()->set_size_bytes(4UL * kSide * kSide * kSide);
  header.mutable_values()->set_sha256(std::string(64, '0'));
  if (!stream->Write(request)) return 3;
  request.mutable_chunk()->set_data(std::string(std::size_t{1} << 20, '\0'));
  if (!stream->Write(request)) return 3;
  std::puts("uploading");
  std::fflush(stdout);
  while (true) ::pause();
}
