#include "adapters/orthanc/forward.h"

#include <limits>

#include "adapters/orthanc/files.h"
#include "adapters/orthanc/kept.h"

namespace dosegate::orthanc {

// By store-straight, which takes bytes: what a study's identifiers stand for may have changed since the check.
std::string forward(const Orthanc& orthanc, const std::string& modality, const std::vector<std::string>& files,
                    const std::function<bool()>& is_stopping) {
  constexpr std::size_t kMostBytes = std::numeric_limits<std::uint32_t>::max();
  std::size_t sent = 0;
  const auto stopped_at = [&](const std::string& message) {
    return message + ", after " + std::to_string(sent) + " of " + std::to_string(files.size()) +
           " objects; POST /dosegate/studies/ID/check checks and sends again";
  };
  for (const std::string& file : files) {
    if (is_stopping()) return kPending;
    const Answer answer = orthanc.post("/modalities/" + modality + "/store-straight", read_file(file, kMostBytes));
    if (!answer.is_ok())
      return stopped_at("was not taken (status " + std::to_string(answer.status) + "); see Orthanc's log");
    ++sent;
  }
  return kSent;
}

}  // namespace dosegate::orthanc
