// Objects that are encoded otherwise than the standard says: read where one reading is certain, else refused by name.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>

#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;

namespace {

struct Repeated {
  const char* where;
  std::function<Data()> make;
  std::uint32_t from, to;  // the attribute that becomes a second one of the other tag
  const char* named;
};

std::string tag_bytes(std::uint32_t tag) {
  std::string bytes;
  for (const unsigned shift : {16U, 24U, 0U, 8U}) bytes += static_cast<char>(tag >> shift & 0xFFU);
  return bytes;
}

std::size_t find(const Bytes& in, const std::string& what, std::size_t from = 0) {
  for (std::size_t i = from; i + what.size() <= in.size(); ++i) {
    if (std::memcmp(&in[i], what.data(), what.size()) == 0) return i;
  }
  FAIL("not found");
  return 0;
}

// Little endian: the tag of the first such attribute is changed; its value and its length stay.
Bytes retagged(Bytes bytes, std::uint32_t from, std::uint32_t to) {
  const std::size_t at = find(bytes, tag_bytes(from));
  std::memcpy(&bytes[at], tag_bytes(to).data(), 4);
  return bytes;
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// The preamble and the meta group of an object in this syntax.
Bytes meta_of(DcmDataset& data, E_TransferSyntax syntax) {
  const Bytes whole = encode(data, syntax);
  std::uint32_t length = 0;
  std::memcpy(&length, &whole[140], sizeof length);  // little endian, as every machine that this runs on
  return {whole.begin(), whole.begin() + 144 + length};
}

// What was read, in one line.
std::string content(const RtCase& c) {
  std::string text;
  if (c.plan) text += c.plan->ShortDebugString();
  for (const Structure& s : c.structures) text += s.name + " " + std::to_string(s.contours.size()) + ";";
  if (c.dose) {
    for (const double v : dose_values(*c.dose)) text += std::to_string(v) + " ";
  }
  return text;
}

}  // namespace

TEST_CASE("A tag that stands twice with others between is refused in every kind of object and at every level",
          "[dicom]") {
  const std::vector<Repeated> cases = {
      {"plan", [] { return make_plan(); }, 0x300E0002U, 0x300A0002U, "(300A,0002)"},
      {"dose reference", [] { return make_plan(); }, 0x300A0026U, 0x30060084U, "(3006,0084)"},
      {"beam", [] { return make_plan(); }, 0x300A00C6U, 0x300A00C0U, "(300A,00C0)"},
      {"structure set", [] { return make_structures(); }, 0x30060080U, 0x30060002U, "(3006,0002)"},
      {"ROI", [] { return make_structures(); }, 0x30060026U, 0x30060022U, "(3006,0022)"},
      {"contour", [] { return make_structures(); }, 0x30060050U, 0x30060042U, "(3006,0042)"},
      {"dose", [] { return make_dose(); }, 0x3004000EU, 0x30040002U, "(3004,0002)"},
      {"SOP class", [] { return make_dose(); }, 0x00080060U, 0x00080016U, "(0008,0016)"},
  };
  for (const E_TransferSyntax syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit}) {
    for (const Repeated& r : cases) {
      CAPTURE(r.where, syntax);
      const Bytes sound = encode(*r.make(), syntax);
      read_good({sound});
      CHECK_THAT(read_error({retagged(sound, r.from, r.to)}), Contains("appears twice") && Contains(r.named));
    }
  }
  // Of the meta group: (0002,0013) becomes a second Transfer Syntax UID.
  CHECK_THAT(read_error({retagged(encode(*make_dose()), 0x00020013U, 0x00020010U)}),
             Contains("appears twice") && Contains("(0002,0010)"));
}

TEST_CASE("Attributes out of order are read where none stands twice", "[dicom]") {
  Bytes bytes = encode(*make_dose());
  const std::size_t units = find(bytes, tag_bytes(0x30040002U)), type = find(bytes, tag_bytes(0x30040004U));
  const std::size_t pixels = find(bytes, tag_bytes(0x7FE00010U));
  const std::string before = content(read_good({bytes}));
  std::rotate(bytes.begin() + static_cast<std::ptrdiff_t>(units), bytes.begin() + static_cast<std::ptrdiff_t>(type),
              bytes.begin() + static_cast<std::ptrdiff_t>(pixels));
  REQUIRE(find(bytes, tag_bytes(0x30040002U)) > units);
  CHECK(content(read_good({bytes})) == before);
}

TEST_CASE("Zeros after the end are padding in every kind of object, and anything else there is an error", "[dicom]") {
  const std::vector<std::function<Data()>> makers = {[] { return make_plan(); }, [] { return make_structures(); },
                                                     [] { return make_dose(); }};
  for (const E_TransferSyntax syntax : {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit}) {
    for (const auto& make : makers) {
      const Bytes sound = encode(*make(), syntax);
      const std::string expected = content(read_good({sound}));
      for (const std::size_t zeros : {1U, 7U, 8U, 512U, 4096U}) {
        CAPTURE(syntax, zeros);
        Bytes padded = sound;
        padded.resize(sound.size() + zeros);
        CHECK(content(read_good({padded})) == expected);
        padded.push_back(std::byte{'x'});
        CHECK_FALSE(read_error({padded}).empty());
      }
    }
  }
  Bytes deflated = encode(*make_plan(), EXS_DeflatedLittleEndianExplicit);
  const std::string expected = content(read_good({deflated}));
  deflated.resize(deflated.size() + 7);
  CHECK(content(read_good({deflated})) == expected);
  deflated.push_back(std::byte{'x'});
  CHECK_THAT(read_error({deflated}), Contains("follows behind the deflated data"));
  Bytes garbage = encode(*make_plan());
  for (const char c : std::string("something else")) garbage.push_back(static_cast<std::byte>(c));
  CHECK_THAT(read_error({garbage}), Contains("byte ") && Contains("(300E,0002)"));
}

TEST_CASE("A data set in another form than its meta group says is read as it is, and said", "[dicom]") {
  const std::vector<std::function<Data()>> makers = {[] { return make_plan(); }, [] { return make_structures(); },
                                                     [] { return make_dose(); }};
  const std::vector<E_TransferSyntax> forms = {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit,
                                               EXS_BigEndianExplicit};
  for (const auto& make : makers) {
    const Data data = make();
    const std::string expected = content(read_good({encode(*data)}));
    for (const E_TransferSyntax is : forms) {
      for (const E_TransferSyntax said : {forms[0], forms[1], forms[2], EXS_DeflatedLittleEndianExplicit}) {
        CAPTURE(is, said);
        const RtCase c = read_good({joined(meta_of(*data, said), encode(*data, is, Meta::kWithout))});
        CHECK(content(c) == expected);
        CHECK(has_note(c, "not what its meta group says") == (is != said));
      }
    }
  }
}

TEST_CASE("A meta group in implicit VR is read", "[dicom]") {
  const Data data = make_plan();
  Bytes file(128);
  const auto add = [&](const std::string& text) {
    for (const char c : text) file.push_back(static_cast<std::byte>(c));
  };
  add("DICM");
  add(tag_bytes(0x00020010U) + std::string("\x14\0\0\0", 4) + std::string("1.2.840.10008.1.2.1\0", 20));
  const std::string expected = content(read_good({encode(*data)}));
  CHECK(content(read_good({joined(file, encode(*data, EXS_LittleEndianExplicit, Meta::kWithout))})) == expected);
  CHECK(content(read_good({joined(file, encode(*data, EXS_LittleEndianImplicit, Meta::kWithout))})) == expected);
}

TEST_CASE("A NUL inside a UID does not cut it", "[dicom]") {
  Bytes structures = encode(*make_structures());
  for (std::size_t i = 0; i + 7 <= structures.size(); ++i) {  // 1.2.3.9 becomes 1.2.3, NUL, 9
    if (std::memcmp(&structures[i], kFrame, 7) == 0) structures[i + 5] = std::byte{0};
  }
  const std::string frame = read_good({structures}).structures.at(0).frame_of_reference_uid;
  CHECK(frame.size() > 5);
  CHECK(frame.find('\0') == std::string::npos);

  Bytes dose = encode(*make_dose());
  const std::string sop_class = "1.2.840.10008.5.1.4.1.1.481.2";
  const std::size_t in_meta = find(dose, sop_class), in_data = find(dose, sop_class, in_meta + 1);
  dose[in_data + 27] = std::byte{0};
  CHECK_THAT(read_error({dose}), Contains("(0008,0016)"));
}

TEST_CASE("Pixels of a VR that says nothing of their order, or holds none, are refused", "[dicom]") {
  const auto with_vr = [](E_TransferSyntax syntax, const std::string& vr, const std::string& pixels) {
    DoseSpec spec;
    const Data dose = make_dose(spec);
    Bytes bytes = encode(*dose, syntax);
    const std::size_t at = find(bytes, pixels);
    std::memcpy(&bytes[at + 4], vr.data(), 2);
    return bytes;
  };
  const std::string little = tag_bytes(0x7FE00010U) + "OW", big("\x7F\xE0\x00\x10OW", 6);
  const std::string expected = content(read_good({with_vr(EXS_LittleEndianExplicit, "OW", little)}));
  for (const char* vr : {"OB", "UN"}) {
    CAPTURE(vr);
    CHECK(content(read_good({with_vr(EXS_LittleEndianExplicit, vr, little)})) == expected);
    CHECK_THAT(read_error({with_vr(EXS_BigEndianExplicit, vr, big)}), Contains("is stored as VR " + std::string(vr)));
  }
  CHECK(content(read_good({with_vr(EXS_BigEndianExplicit, "OW", big)})) == expected);
  for (const char* vr : {"OF", "OL", "UT", "UC"}) {
    CAPTURE(vr);
    CHECK_THAT(read_error({with_vr(EXS_LittleEndianExplicit, vr, little)}),
               Contains("is stored as VR " + std::string(vr)));
  }
  // Packed: of bytes alone.
  const std::string packed = tag_bytes(0x7FE00010U) + "OB";
  CHECK(content(read_good({with_vr(EXS_RLELossless, "OB", packed)})) == expected);
  CHECK_THAT(read_error({with_vr(EXS_RLELossless, "OV", packed)}), Contains("has no length"));
}
