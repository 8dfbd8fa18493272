// The DICOM reader on any bytes: an answer or a ReadError, nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "adapters/dicom/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dosegate::dicom;
  ReadOptions options;
  options.need_plan = options.need_structures = options.need_dose = Need::kIfPresent;
  options.limits.inflated_bytes = 16u << 20;
  options.limits.voxels = 1u << 20;
  MemoryFile file{"fuzz.dcm", {}};
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  file.bytes.assign(bytes, bytes + size);
  const ReadResult result = read_case_from_memory({file}, options);
  if (const auto* error = std::get_if<ReadError>(&result)) {
    if (error->text().empty()) std::abort();  // an error that says nothing
  }
  return 0;
}
