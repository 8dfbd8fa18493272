// Damaged copies of every shared file: an answer or a sentence, never a crash. The sanitizers watch.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/dicom/builder.h"
#include "tests/property/random.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using dosegate::property::Random;

namespace {

constexpr int kCopies = 200;

// All RT objects, other files, and a few of the CT images.
std::vector<std::filesystem::path> shared_files(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool is_repeated_image = name.rfind("CT.", 0) == 0 && name != "CT.001.dcm";
    if (entry.is_regular_file() && !is_repeated_image) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Headers are where the structure is: half of the damage goes into the first kilobytes.
std::size_t place(Random& random, std::size_t size) {
  return random.below(2) == 0 ? random.below(std::min<std::size_t>(size, 4096)) : random.below(size);
}

void damage(Bytes& bytes, Random& random) {
  if (bytes.size() < 8) return;
  const auto any_byte = [&] { return static_cast<std::byte>(random.below(256)); };
  switch (random.below(5)) {
    case 0:
      bytes.resize(place(random, bytes.size()));
      break;
    case 1:
      for (int i = 0; i < 8; ++i) bytes[place(random, bytes.size())] ^= static_cast<std::byte>(1U << random.below(8));
      break;
    case 2: {  // a length, most likely: four bytes in a row
      const std::size_t at = place(random, bytes.size() - 4);
      const bool huge = random.below(2) == 0;
      for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = huge ? std::byte{0xFF} : any_byte();
      break;
    }
    case 3: {  // a piece is gone
      const std::size_t at = place(random, bytes.size() - 1);
      const std::size_t size = 1 + random.below(std::min<std::size_t>(bytes.size() - at, 200));
      bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
      break;
    }
    default: {  // a piece is there twice
      const std::size_t at = place(random, bytes.size() - 1);
      const std::size_t size = 1 + random.below(std::min<std::size_t>(bytes.size() - at, 200));
      const Bytes piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(), piece.end());
    }
  }
}

void check_answer(const ReadResult& result) {
  if (const auto* error = std::get_if<ReadError>(&result)) {
    const std::string text = error->text();
    CHECK_FALSE(text.empty());
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20U; }));
    CHECK_FALSE(error->hint().empty());
    return;
  }
  for (const Structure& structure : std::get<RtCase>(result).structures) {
    for (const Contour& contour : structure.contours) {
      CHECK(contour.points_mm.size() % 3 == 0);
      CHECK(contour.geometric_type != 0);
    }
  }
  if (const auto& dose = std::get<RtCase>(result).dose; dose && dose->defect.empty()) {
    CHECK(dose->value_count == std::uint64_t{dose->rows} * dose->columns * dose->planes);
    CHECK(dose->plane_offsets_mm.size() == dose->planes);
  }
}

}  // namespace

TEST_CASE("Every shared file, and 200 damaged copies, give an answer or a sentence", "[dicom]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  const std::vector<std::filesystem::path> files = shared_files(data);
  REQUIRE(files.size() > 20);
  for (const auto& file : files) {
    INFO(file);
    check_answer(read({file_bytes(file)}));
  }
  Random random(20240917);
  for (int i = 0; i < kCopies; ++i) {
    const std::filesystem::path& file = files[static_cast<std::size_t>(i) % files.size()];
    Bytes bytes = file_bytes(file);
    damage(bytes, random);
    INFO("copy " << i << " of " << file);
    check_answer(read({bytes}));
  }
}
