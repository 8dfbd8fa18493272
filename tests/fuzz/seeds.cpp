// fuzz_seeds TARGET DIRECTORY PROTOCOLS: small valid inputs for a fuzz target.
#include <filesystem>
#include <fstream>
#include <string>

#include "adapters/phantom/phantom.h"
#include "adapters/phantom/record.h"
#include "tests/dicom/builder.h"

namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const dicom_test::Bytes& bytes) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

void dicom_seeds(const fs::path& directory) {
  using namespace dicom_test;
  write(directory / "plan", encode(*make_plan()));
  write(directory / "structures", encode(*make_structures()));
  write(directory / "structures_implicit", encode(*make_structures(), EXS_LittleEndianImplicit, Meta::kWithout));
  write(directory / "dose", encode(*make_dose()));
  write(directory / "dose_big_endian", encode(*make_dose(), EXS_BigEndianExplicit));
  write(directory / "dose_rle", encode(*make_dose(), EXS_RLELossless));
  write(directory / "dose_deflated", encode(*make_dose(), EXS_DeflatedLittleEndianExplicit));
  DoseSpec spec;
  spec.bits = 32;
  spec.summation = "BEAM";
  spec.beam = 1;
  write(directory / "dose_beam", encode(*make_dose(spec)));
}

void protocol_seeds(const fs::path& directory, const fs::path& protocols) {
  for (const auto& entry : fs::directory_iterator(protocols)) {
    if (entry.path().extension() == ".json") {
      fs::copy_file(entry.path(), directory / entry.path().filename(), fs::copy_options::overwrite_existing);
    }
  }
  std::ofstream(directory / "plan") << R"({"label": "a", "doseReferences": [{"targetPrescriptionDoseGy": 45}],
    "fractionGroups": [{"fractionsPlanned": 15, "beams": [{"beamNumber": 1, "beamDoseGy": 3}]}]})";
  std::ofstream(directory / "options") << R"({"structureMap": {"Stomach": "Magen"}, "doseMeaning": "FRACTION"})";
  std::ofstream(directory / "request") << R"({"rois": ["PTV"], "metrics": ["D95%[Gy]"], "curve": true})";
  std::ofstream(directory / "metric") << "V20.5Gy[%]";
}

void record_seeds(const fs::path& directory) {
  for (const auto& c : dosegate::phantom::cases()) {
    const bool has_its_own = c.differs == dosegate::phantom::Differs::kInRecord || c.name == "pass";
    if (has_its_own) std::ofstream(directory / c.name) << dosegate::phantom::record_json(c.name);
  }
  std::ofstream(directory / "empty") << "{}";
}

void rights_seeds(const fs::path& directory) {
  std::ofstream(directory / "two") << R"({"clients": [{"name": "tps.example", "rights": ["CHECK"]},
    {"name": "gate.example", "rights": ["APPROVE", "ADMINISTER"]}]})";
  std::ofstream(directory / "none") << "{}";
  std::ofstream(directory / "twice") << R"({"clients": [{"name": "a", "rights": ["CHECK"], "rights": []}]})";
}

// Of its own form; the fuzzer makes the rest.
void session_seeds(const fs::path& directory) {
  for (const int length : {16, 200, 1000}) {
    std::ofstream out(directory / std::to_string(length), std::ios::binary);
    for (int i = 0; i < length; ++i) out.put(static_cast<char>(i * 37 % 251));
  }
}

// Bytes in which every value is likely: the targets read numbers from them.
void number_seeds(const fs::path& directory) {
  for (unsigned seed = 1; seed <= 16; ++seed) {
    std::ofstream out(directory / ("numbers" + std::to_string(seed)), std::ios::binary);
    unsigned state = seed;
    for (unsigned i = 0; i < 64 * seed; ++i) {
      state = state * 1664525U + 1013904223U;
      out.put(static_cast<char>(state >> 24U));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 3;
  const fs::path directory = argv[2];
  fs::create_directories(directory);
  const std::string target = argv[1];
  if (target == "dicom_fuzz") {
    dicom_seeds(directory);
  } else if (target == "record_fuzz") {
    record_seeds(directory);
  } else if (target == "rights_fuzz") {
    rights_seeds(directory);
  } else if (target == "session_fuzz") {
    session_seeds(directory);
  } else if (target == "geometry_fuzz" || target == "abi_fuzz") {
    number_seeds(directory);
  } else {
    protocol_seeds(directory, argv[3]);
  }
  return 0;
}
