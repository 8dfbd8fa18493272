// A study as it lies in Orthanc now: which objects, and one text that changes with any of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/orthanc/orthanc.h"
#include "adapters/orthanc/settings.h"

namespace dosegate::orthanc {

// The most objects of a study; one with more is not checked.
inline constexpr std::size_t kMostInstances = 20000;

struct Instance {
  std::string id, modality, sop_instance_uid;
  std::string file;  // Orthanc's name of the stored file: another one after every overwriting
  std::uint64_t bytes = 0;
};

struct Study {
  std::string id;
  std::vector<Instance> instances;  // by id
  std::string record;               // path of its clinical record; empty: there is none
  std::string fingerprint;          // SHA-256 of all that a verdict on it rests on

  bool has(std::string_view modality) const;
  // It has a plan, structures or a dose, by what its series say; any other study is none of the plugin's business.
  bool is_treatment() const;
  // Of plan, structures and dose, what its series do not show: "RTDOSE"; empty: all are there.
  std::string missing() const;
};

// Whether it has the form of an identifier of Orthanc's; nothing else goes into a URI.
bool is_identifier(std::string_view text);

// None: there is no such study. `rules`: what verdicts rest on beside the study (rules_of). Throws support::Error where
// Orthanc, or the record, cannot be read.
std::optional<Study> look_at(const Orthanc& orthanc, const Settings& settings, const std::string& rules,
                             const std::string& id);

}  // namespace dosegate::orthanc
