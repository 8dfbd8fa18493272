// What a received object says of itself and of the objects that it belongs to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dicom/coverage.h"
#include "adapters/gate/instant.h"
#include "dosegate/v1/plan.pb.h"

namespace dosegate::dicom_gate {

enum class Role { kPlan, kStructures, kDose };
std::string_view name_of(Role role);  // RTPLAN, RTSTRUCT, RTDOSE

struct Facts {
  Role role = Role::kPlan;
  std::string uid, sop_class, sha256;
  std::string patient_id;                   // UTF-8; empty: not stated
  std::vector<std::string> structure_uids;  // that a plan or dose refers to
  std::vector<std::string> plan_uids;       // that a dose refers to
  std::string summation;                    // of a dose
  bool is_evaluated = true;                 // of a dose: it is a physical dose in Gy of a plan
  std::vector<dicom::BeamReference> beams;  // that a dose names
  std::optional<v1::Plan> plan;             // of a plan
  std::uint64_t bytes = 0;
  gate::Instant received;
};

// Whether `text` is a UID: digits and dots, at most 64, so that it can be a file's name.
bool is_uid(std::string_view text);

// Reads all of the file. Throws support::Error where it is no RT plan, structure set or dose, or is broken.
Facts facts_of(const std::filesystem::path& path, std::uint64_t most_bytes);

}  // namespace dosegate::dicom_gate
