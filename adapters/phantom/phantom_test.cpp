// The writer itself: what it refuses, that it repeats itself to the byte, and that its objects hang together.
#include "adapters/phantom/phantom.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "adapters/phantom/anatomy.h"
#include "adapters/phantom/item.h"
#include "adapters/phantom/model.h"
#include "adapters/phantom/record.h"
#include "adapters/phantom/study.h"

namespace fs = std::filesystem;
using namespace dosegate::phantom;

namespace {

// Goes away with the object.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "dosegate-phantom-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::map<std::string, std::string> contents(const fs::path& dir) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::directory_iterator(dir)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    out[entry.path().filename().string()] = text.str();
  }
  return out;
}

void put(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

// All that was written but the record, which is the last where the case has one.
std::vector<fs::path> dicom_files(const Result& written, const CaseInfo& of) {
  const bool has_record = of.differs != Differs::kInProtocol;
  REQUIRE((written.files.back().filename() == "record.json") == has_record);
  return {written.files.begin(), written.files.end() - (has_record ? 1 : 0)};
}

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  item.findAndGetOFString(tag, value, 0, OFTrue);
  return value.c_str();
}

DcmItem& item_of(DcmItem& parent, const DcmTagKey& sequence, long number = 0) {
  DcmItem* item = nullptr;
  REQUIRE(parent.findAndGetSequenceItem(sequence, item, number).good());
  return *item;
}

}  // namespace

TEST_CASE("phantom writer: two runs give the same bytes, whatever stood there before", "[phantom]") {
  const Folder folder;
  for (const char* name : {"pass", "beam-doses"}) {
    REQUIRE(write(folder / "a", name));
    REQUIRE(write(folder / "b", "truncated"));
    REQUIRE(write(folder / "b", name));
    CHECK(contents(folder / "a") == contents(folder / "b"));
  }
}

TEST_CASE("phantom writer: no two cases share a SOP instance", "[phantom]") {
  const Folder folder;
  std::set<std::string> seen;
  std::size_t files = 0;
  for (const CaseInfo& c : cases()) {
    const Result written = write(folder / "a", c.name);
    REQUIRE(written);
    for (const fs::path& path : dicom_files(written, c)) {
      DcmFileFormat file;
      REQUIRE(file.loadFile(path.c_str()).good());
      seen.insert(text_of(*file.getDataset(), DCM_SOPInstanceUID));
      ++files;
    }
  }
  CHECK(seen.size() == files);
}

TEST_CASE("phantom writer: a directory with somebody's files is refused and left as it is", "[phantom]") {
  const Folder folder;
  SECTION("any other file") {
    fs::create_directory(folder / "theirs");
    put(folder / "theirs" / "notes.txt", "mine");
  }
  SECTION("a file that only has a name like ours") {
    fs::create_directory(folder / "theirs");
    put(folder / "theirs" / "RD.dcm", std::string(128, '\0') + "DICM and nothing of a phantom");
  }
  SECTION("an earlier phantom with another file beside it") {
    REQUIRE(write(folder / "theirs", "pass"));
    put(folder / "theirs" / "report.json", "{}");
  }
  SECTION("an earlier phantom whose record was changed") {
    REQUIRE(write(folder / "theirs", "pass"));
    put(folder / "theirs" / "record.json", record_json("pass") + " ");
  }
  SECTION("a subdirectory") { fs::create_directories(folder / "theirs" / "CT.1.dcm"); }
  const auto before = contents(folder / "theirs");
  const Result result = write(folder / "theirs", "pass");
  CHECK_FALSE(result);
  CHECK_THAT(result.error, Catch::Contains("Nothing was written"));
  CHECK(contents(folder / "theirs") == before);
}

TEST_CASE("phantom writer: what it cannot do is said", "[phantom]") {
  const Folder folder;
  CHECK_THAT(write(folder / "a", "no-such-case").error, Catch::Contains("hot-cord"));
  CHECK_FALSE(fs::exists(folder / "a"));
  CHECK_FALSE(write("", "pass"));
  put(folder / "file", "x");
  CHECK_THAT(write(folder / "file", "pass").error, Catch::Contains("not a directory"));
  CHECK_FALSE(write(folder / "file" / "below", "pass"));
}

TEST_CASE("phantom writer: every file loads, and the objects refer to one another", "[phantom]") {
  const Folder folder;
  for (const CaseInfo& c : cases()) {
    INFO(c.name);
    const Result written = write(folder / "a", c.name);
    REQUIRE(written);
    std::set<std::string> images;
    std::string frame, structures, plan, series;
    std::uintmax_t bytes = 0;
    for (const fs::path& path : dicom_files(written, c)) {
      INFO(path);
      bytes += fs::file_size(path);
      DcmFileFormat file;
      REQUIRE(file.loadFile(path.c_str()).good());
      DcmDataset& d = *file.getDataset();
      const std::string modality = text_of(d, DCM_Modality), uid = text_of(d, DCM_SOPInstanceUID);
      CHECK(text_of(*file.getMetaInfo(), DCM_MediaStorageSOPInstanceUID) == uid);
      CHECK(DcmUniqueIdentifier::checkStringValue(uid.c_str(), "1").good());
      if (modality == "CT") {
        images.insert(uid);
        frame = text_of(d, DCM_FrameOfReferenceUID);
        series = text_of(d, DCM_SeriesInstanceUID);
      } else if (modality == "RTSTRUCT") {
        structures = uid;
        DcmItem& of = item_of(d, DCM_ReferencedFrameOfReferenceSequence);
        CHECK(text_of(of, DCM_FrameOfReferenceUID) == frame);
        DcmItem& referenced = item_of(item_of(of, DCM_RTReferencedStudySequence), DCM_RTReferencedSeriesSequence);
        CHECK(text_of(referenced, DCM_SeriesInstanceUID) == series);
        DcmItem& drawn = item_of(d, DCM_ROIContourSequence);
        DcmItem& contour = item_of(drawn, DCM_ContourSequence);
        CHECK(images.count(text_of(item_of(contour, DCM_ContourImageSequence), DCM_ReferencedSOPInstanceUID)) == 1);
      } else if (modality == "RTPLAN") {
        plan = uid;
        CHECK(text_of(item_of(d, DCM_ReferencedStructureSetSequence), DCM_ReferencedSOPInstanceUID) == structures);
      } else {
        CHECK(modality == "RTDOSE");
        CHECK(text_of(item_of(d, DCM_ReferencedRTPlanSequence), DCM_ReferencedSOPInstanceUID) == plan);
        CHECK((text_of(d, DCM_FrameOfReferenceUID) == frame) == (c.name != "other-frame"));
      }
    }
    CHECK(images.size() == image_planes().size());
    CHECK(bytes < 15'000'000);
  }
}

TEST_CASE("phantom writer: inside each solid the dose varies along one axis only, as model.h says", "[phantom]") {
  // Deep inside the windows, off the voxel centres, at three places of each organ's cross-section.
  const auto dose_at = [](const DoseModel& model, double x, double y, double z) {
    double sum = 0;
    for (const DoseBlock& b : dose_blocks(model)) sum += value_at(b.x, x) * value_at(b.y, y) * value_at(b.z, z);
    return sum;
  };
  for (const CaseInfo& c : cases()) {
    INFO(c.name);
    const DoseModel d = dose_model(c.name);
    for (const Box& box : {kLiverRightLobe, kLiverLeftLobe, kGtv, kCtv, kPtv, kColon}) {
      const Profile& along = box.z_last < -60 ? d.colon_x : d.target_x;
      for (const double x : {box.x_min, 0.3 * box.x_min + 0.7 * box.x_max, box.x_max}) {
        for (const double y : {box.y_min, box.y_max}) {
          for (const double z : {box.z_first - 2.5, 1.0 * box.z_last, box.z_last + 2.5}) {
            CHECK(dose_at(d, x, y, z) == Approx(value_at(along, x)));
          }
        }
      }
    }
    const std::pair<const Ovoid*, const Profile*> ovoids[] = {{&kStomach, &d.stomach_z},
                                                              {&kDuodenum, &d.duodenum_z},
                                                              {&kSpinalCord, &d.cord_z},
                                                              {&kKidneyLeft, &d.kidney_left_z},
                                                              {&kKidneyRight, &d.kidney_right_z}};
    for (const auto& [o, along] : ovoids) {
      for (const double z : {o->z_first - 2.5, 0.4 * o->z_first + 0.6 * o->z_last, o->z_last + 2.5}) {
        for (const double side : {-1.0, 1.0}) {
          CHECK(dose_at(d, o->x + side * o->a, o->y, z) == Approx(value_at(*along, z)));
          CHECK(dose_at(d, o->x, o->y + side * o->b, z) == Approx(value_at(*along, z)));
        }
      }
    }
  }
}

TEST_CASE("phantom writer: every kink of the dose lies on a voxel centre", "[phantom]") {
  const auto on_centres = [](const Profile& profile, const Axis& axis) {
    for (const Knot& k : profile) {
      const double index = (k.at_mm - axis.first) / axis.spacing;
      if (std::abs(index - std::round(index)) > 1e-9) return false;
    }
    return true;
  };
  for (const CaseInfo& c : cases()) {
    INFO(c.name);
    const Lattice lattice = dose_lattice("pass");
    for (const DoseBlock& b : dose_blocks(dose_model(c.name))) {
      CHECK(on_centres(b.x, lattice.x));
      CHECK(on_centres(b.y, lattice.y));
      CHECK(on_centres(b.z, lattice.z));
    }
  }
}

TEST_CASE("phantom writer: margins and anatomy are as drawn in the trial", "[phantom][VO-2][VO-3]") {
  CHECK(kGtv.x_min - kCtv.x_min == 10);
  CHECK(kCtv.x_max - kGtv.x_max == 10);
  CHECK(kGtv.y_min - kCtv.y_min == 10);
  CHECK(kCtv.y_max - kGtv.y_max == 10);
  CHECK(kGtv.z_first - kCtv.z_first == 10);
  CHECK(kCtv.z_last - kGtv.z_last == 10);
  CHECK(kCtv.x_min - kPtv.x_min == 5);
  CHECK(kPtv.x_max - kCtv.x_max == 5);
  CHECK(kCtv.y_min - kPtv.y_min == 5);
  CHECK(kPtv.y_max - kCtv.y_max == 5);
  CHECK(kCtv.z_first - kPtv.z_first == 10);
  CHECK(kPtv.z_last - kCtv.z_last == 10);
  CHECK(kKidneyLeft.x > 0);  // +x is the patient's left
  CHECK(kLiverRightLobe.x_max < 0);
}

TEST_CASE("phantom writer: the record differs from that of pass where the case says so, and nowhere else",
          "[phantom]") {
  std::set<std::string> records;
  for (const CaseInfo& c : cases()) {
    INFO(c.name);
    if (c.differs == Differs::kInRecord) {
      CHECK(records.insert(record_json(c.name)).second);
    } else {
      CHECK(record_json(c.name) == record_json("pass"));
    }
  }
  CHECK(records.count(record_json("pass")) == 0);
}

TEST_CASE("phantom writer: record, images and plan belong together", "[phantom]") {
  const Folder folder;
  const Result written = write(folder / "a", "pass");
  REQUIRE(written);
  const std::string record = contents(folder / "a").at("record.json");
  CHECK(record == record_json("pass"));
  // Simulated on the day of the images.
  CHECK(std::string(kDate) == "20240102");
  const auto simulation = record.find("\"simulation\"");
  REQUIRE(simulation != std::string::npos);
  CHECK(record.find("\"date\": \"2024-01-02\"", simulation) < record.find('}', simulation));
  // A session has the monitor units of the plan's beams: 120 MU/Gy for 3 Gy.
  DcmFileFormat plan;
  REQUIRE(plan.loadFile((folder / "a" / "RP.dcm").c_str()).good());
  DcmItem& group = item_of(*plan.getDataset(), DCM_FractionGroupSequence);
  double units = 0;
  for (long i = 0; i < 4; ++i)
    units += std::stod(text_of(item_of(group, DCM_ReferencedBeamSequence, i), DCM_BeamMeterset));
  CHECK(units == Approx(360.0));
  CHECK(record.find("\"monitorUnits\": 360,") != std::string::npos);
}

TEST_CASE("phantom writer: numbers are the same in every locale and fit their attribute", "[phantom]") {
  CHECK(decimal(0.5) == "0.5");
  CHECK(decimal(-0.0) == "0");
  CHECK(decimal(-123.4567891) == "-123.456789");
  CHECK(decimal(45) == "45");
  CHECK(decimal(-190.5).size() <= 16);
  CHECK(uid_of("a") != uid_of("b"));
  CHECK(uid_of("a") == uid_of("a"));
  CHECK(uid_of("a").size() <= 64);
}
