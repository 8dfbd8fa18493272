// What is known of a queued object, kept beside it, so that a restart of the gate reads and parses no object again. A
// copy, never the truth: where it is missing, of another build or of a file that was changed, the object is read.
#pragma once

#include <filesystem>
#include <optional>

#include "adapters/dicom_gate/facts.h"

namespace dosegate::dicom_gate {

// Writes what is known of the file `object` to `path`, as a whole; not made durable. What cannot be written is left
// out.
void keep_facts(const std::filesystem::path& path, const std::filesystem::path& object, const Facts& facts);

// What was kept there of `object`: the same build has written it, and the file has the size, the time of its last
// change and the number that it had then. Its bytes are not read: their SHA-256 is compared before a decision on them
// counts (Decider) and before they are forwarded (Forwarder). None: it has to be read.
std::optional<Facts> kept_facts(const std::filesystem::path& path, const std::filesystem::path& object);

}  // namespace dosegate::dicom_gate
