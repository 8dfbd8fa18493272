// Objects that no exporter writes: each must be refused by a sentence, quickly and in little memory.
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;

namespace {

void append(Bytes& to, const std::string& bytes) {
  for (const char c : bytes) to.push_back(static_cast<std::byte>(c));
}

void append_u16(Bytes& to, std::uint32_t value) {
  to.push_back(static_cast<std::byte>(value & 0xFFU));
  to.push_back(static_cast<std::byte>(value >> 8U & 0xFFU));
}

void append_u32(Bytes& to, std::uint32_t value) {
  append_u16(to, value & 0xFFFFU);
  append_u16(to, value >> 16U);
}

// Implicit VR little endian, from the SOP class on.
Bytes structure_set_start() {
  Bytes bytes;
  append_u32(bytes, 0x00160008U);
  append_u32(bytes, 30);
  append(bytes, std::string("1.2.840.10008.5.1.4.1.1.481.3\0", 30));
  return bytes;
}

}  // namespace

TEST_CASE("Every truncation of a dose is an error", "[dicom]") {
  const auto syntax = GENERATE(EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit,
                               EXS_DeflatedLittleEndianExplicit, EXS_RLELossless);
  const Bytes whole = encode(*make_dose(), syntax);
  ReadOptions dose_only;
  dose_only.need_plan = dose_only.need_structures = Need::kIgnored;
  CAPTURE(syntax);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CAPTURE(size, whole.size());
    REQUIRE(std::holds_alternative<ReadError>(read({part}, dose_only)));
  }
}

TEST_CASE("A truncated structure set never loses contours silently", "[dicom]") {
  const Bytes whole = encode(*make_structures());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const ReadResult result = read({part});
    if (std::holds_alternative<ReadError>(result)) continue;
    // Cut between two attributes of the data set: all contours of an ROI are there, or none.
    for (const Structure& structure : std::get<RtCase>(result).structures) {
      const std::size_t all = structure.name == "PTV" ? 2 : 1;
      CHECK((structure.contours.size() == all || structure.contours.empty()));
    }
  }
}

TEST_CASE("Deeply nested sequences are refused before DCMTK recurses", "[dicom]") {
  Bytes bytes = structure_set_start();
  for (int depth = 0; depth < 200'000; ++depth) {
    append_u32(bytes, 0x00203006U);  // (3006,0020), undefined length
    append_u32(bytes, 0xFFFFFFFFU);
    append_u32(bytes, 0xE000FFFEU);
    append_u32(bytes, 0xFFFFFFFFU);
  }
  CHECK_THAT(read_error({bytes}), Contains("nested more than 32 deep"));
}

TEST_CASE("Sequences of unknown VR count as nesting too", "[dicom]") {
  Bytes inner;
  for (int depth = 0; depth < 1000; ++depth) {
    append_u32(inner, 0x00203006U);
    append_u32(inner, 0xFFFFFFFFU);
    append_u32(inner, 0xE000FFFEU);
    append_u32(inner, 0xFFFFFFFFU);
  }
  const Data data = make_structures();
  data->findAndDeleteElement(DCM_StructureSetROISequence);
  Bytes bytes = encode(*data, EXS_LittleEndianExplicit);
  append_u32(bytes, 0x00203006U);
  append(bytes, std::string("UN\0\0", 4));
  append_u32(bytes, static_cast<std::uint32_t>(inner.size() + 8));
  append_u32(bytes, 0xE000FFFEU);
  append_u32(bytes, static_cast<std::uint32_t>(inner.size()));
  bytes.insert(bytes.end(), inner.begin(), inner.end());
  CHECK_THAT(read_error({bytes}), Contains("nested more than 32 deep"));
}

TEST_CASE("A length beyond the file is refused without allocating it", "[dicom]") {
  Bytes bytes = structure_set_start();
  append_u32(bytes, 0x00263006U);
  append_u32(bytes, 0xFFFFFFF0U);
  append(bytes, "abc");
  CHECK_THAT(read_error({bytes}), Contains("(3006,0026) ROI Name: 4294967280 bytes are announced and 3 are there"));
}

TEST_CASE("A deflate bomb is stopped at the limit", "[dicom]") {
  DoseSpec spec;
  spec.rows = spec.columns = 500;
  spec.step = 0;
  ReadOptions options = anything();
  options.limits.inflated_bytes = 100'000;
  const Bytes bomb = encode(*make_dose(spec), EXS_DeflatedLittleEndianExplicit);
  REQUIRE(bomb.size() < 10'000);
  CHECK_THAT(read_error({bomb}, options), Contains("longer than the limit of 100000 bytes"));
}

TEST_CASE("A grid that the stored bytes cannot make is refused before it is allocated", "[dicom]") {
  const auto syntax = GENERATE(EXS_LittleEndianExplicit, EXS_RLELossless);
  const Data data = make_dose();
  Bytes bytes = encode(*data, syntax);
  // Rows, in place: encoding them with this size would need the data.
  const std::string rows("\x28\x00\x10\x00US\x02\x00", 8);
  for (std::size_t i = 0; i + 10 < bytes.size(); ++i) {
    if (std::memcmp(&bytes[i], rows.data(), rows.size()) != 0) continue;
    bytes[i + 8] = bytes[i + 9] = std::byte{0xFF};
  }
  CHECK_THAT(read_error({bytes}), Contains("(7FE0,0010) Pixel Data"));
}

TEST_CASE("More voxels than the limit are refused", "[dicom]") {
  const Data data = make_dose();
  put_us(*data, DCM_Rows, 65535);
  put_us(*data, DCM_Columns, 65535);
  put(*data, DCM_NumberOfFrames, "2147483647");
  CHECK_THAT(read_error({encode(*data)}), Contains("more than the limit of 268435456"));
}

TEST_CASE("More attributes than the limit, and too many out of order, are refused", "[dicom]") {
  ReadOptions options = anything();
  options.limits.elements = 20;
  CHECK_THAT(read_error({encode(*make_structures())}, options), Contains("more than 20 attributes"));

  Bytes descending = structure_set_start();
  for (std::uint32_t i = 0; i < 5000; ++i) {
    append_u16(descending, 0x5001);
    append_u16(descending, 60000 - i);
    append_u32(descending, 0);
  }
  CHECK_THAT(read_error({descending}), Contains("out of order"));
}

TEST_CASE("An attribute that appears twice is refused", "[dicom]") {
  Bytes bytes = structure_set_start();
  for (int i = 0; i < 2; ++i) {
    append_u32(bytes, 0x00023006U);
    append_u32(bytes, 2);
    append(bytes, i == 0 ? "A " : "B ");
  }
  CHECK_THAT(read_error({bytes}), Contains("appears twice"));
}

TEST_CASE("An unsupported compression is named", "[dicom]") {
  Bytes bytes = encode(*make_dose());
  const std::string from("1.2.840.10008.1.2.1\0", 20), to("1.2.840.10008.1.2.5\0", 20);
  for (std::size_t i = 0; i + from.size() < bytes.size(); ++i) {
    if (std::memcmp(&bytes[i], from.data(), from.size()) == 0) std::memcpy(&bytes[i], to.data(), to.size());
  }
  // Says RLE, and is not: native data is no RLE frame.
  CHECK_THAT(read_error({bytes}), Contains("(0002,0010) Transfer Syntax UID"));
}
