#include <catch2/catch.hpp>

#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;

namespace {

struct Named {
  std::string name;
  std::size_t notes;
};

Named read_name(const std::string& charset, const std::string& bytes) {
  const Data data = make_structures();
  if (!charset.empty()) put(*data, DCM_SpecificCharacterSet, charset);
  put(item(*data, DCM_StructureSetROISequence), DCM_ROIName, bytes);
  const RtCase rt_case = read_good({encode(*data)});
  return {rt_case.structures[0].name, rt_case.notes.size()};
}

}  // namespace

TEST_CASE("Names come as UTF-8 from every character set", "[dicom]") {
  const auto [charset, bytes, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"ISO_IR 100",
       "Ober\xFC"
       "bauch",
       "Ober\xC3\xBC"
       "bauch"},
      {"ISO_IR 192", "\xE8\x82\x9D", "\xE8\x82\x9D"},
      {"ISO_IR 144", "\xBF\xD5\xE7\xD5\xDD\xEC", "\xD0\x9F\xD0\xB5\xD1\x87\xD0\xB5\xD0\xBD\xD1\x8C"},
      {"GB18030", "\xB8\xCE", "\xE8\x82\x9D"},
      {"\\ISO 2022 IR 87", "\x1B$B4N\x1B(B", "\xE8\x82\x9D"},
      {"\\ISO 2022 IR 58", "\x1B$)A\xB8\xCE", "\xE8\x82\x9D"},
      {"ISO 2022 IR 6\\ISO 2022 IR 58", "Liver \x1B$)A\xB8\xCE 1", "Liver \xE8\x82\x9D 1"},
      {"\\ISO 2022 IR 149", "\x1B$)C\xB0\xA3", "\xEA\xB0\x84"},
      {"ISO_IR 6", "Liver", "Liver"},
      {"", "Liver", "Liver"},
  }));
  CAPTURE(charset);
  const Named named = read_name(charset, bytes);
  CHECK(named.name == expected);
  CHECK(named.notes == 0);
}

TEST_CASE("A name outside its declared character set is guessed and noted", "[dicom]") {
  const auto [charset, bytes, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"", "\xC3\xBC", "\xC3\xBC"},
      {"", "\xFC", "\xC3\xBC"},
      {"ISO_IR 192", "\xFC", "\xC3\xBC"},
      {"NO_SUCH_SET", "\xFC", "\xC3\xBC"},
  }));
  CAPTURE(charset);
  const Named named = read_name(charset, bytes);
  CHECK(named.name == expected);
  CHECK(named.notes == 1);
}

TEST_CASE("Padding and control characters do not reach the user", "[dicom]") {
  CHECK(read_name("", " PTV  ").name == "PTV");
  CHECK(read_name("", "P\x07TV").name == "P\xEF\xBF\xBDTV");
}
