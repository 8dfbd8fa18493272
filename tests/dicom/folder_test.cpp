// What else lies in a folder: what may be the object that counts is never passed over, what is plainly foreign is.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

Bytes text(const std::string& t) {
  Bytes bytes;
  for (const char c : t) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

Bytes first(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

// A folder with a plan that can be checked.
struct PlanFolder : TempFolder {
  PlanFolder() {
    write("RP.dcm", encode(*make_plan()));
    write("RS.dcm", encode(*make_structures()));
    write("RD.dcm", encode(*make_dose()));
  }
  fs::path operator/(const std::string& name) const { return path() / name; }
};

Bytes another_dose() {
  DoseSpec spec;
  spec.uid = "1.2.3.33";
  return encode(*make_dose(spec));
}

// A meta group that says this SOP class, and nothing after it.
Bytes meta_only(const std::string& sop_class) {
  Bytes bytes(128);
  const std::string padded = sop_class + std::string(sop_class.size() % 2, '\0');
  for (const char c : std::string("DICM\2\0\2\0UI", 10) + static_cast<char>(padded.size()) + '\0' + padded) {
    bytes.push_back(static_cast<std::byte>(c));
  }
  return bytes;
}

struct Thing {
  const char* name;
  std::function<void(const PlanFolder&)> make;
};

std::string error_of(const ReadResult& result) {
  const auto* error = std::get_if<ReadError>(&result);
  return error == nullptr ? "" : error->text();
}

}  // namespace

TEST_CASE("What cannot be read may be the object that counts: the folder is refused by its name", "[dicom]") {
  std::vector<Thing> things = {
      {"RD_new.dcm", [](auto& f) { f.write("RD_new.dcm", first(another_dose(), 140)); }},
      {"RD_new.dcm", [](auto& f) { f.write("RD_new.dcm", first(another_dose(), 400)); }},
      {"RD_new.dcm", [](auto& f) { f.write("RD_new.dcm", first(another_dose(), another_dose().size() - 1)); }},
      {"RD_new.dcm", [](auto& f) { f.write("RD_new.dcm", {}); }},
      {"RD_new.dcm.part", [](auto& f) { f.write("RD_new.dcm.part", Bytes(5000)); }},
      {"1.2.3.33", [](auto& f) { f.write("1.2.3.33", Bytes(100)); }},
      {"RD", [](auto& f) { f.write("RD", text("\1\2\3\4 no DICOM")); }},
      {"RD_new.dcm", [](auto& f) { f.write("RD_new.dcm", text("<html>404 Not Found</html>")); }},
      {"RD_new.DCM", [](auto& f) { f.write("RD_new.DCM", text("%PDF-1.7")); }},
      {"sub/RD_new.dcm", [](auto& f) { f.write("sub/RD_new.dcm", meta_only("1.2.840.10008.5.1.4.1.1.481.2")); }},
      {"RD_new.dcm", [](auto& f) { fs::create_symlink("not there", f / "RD_new.dcm"); }},
      {"new", [](auto& f) { fs::create_symlink("not there", f / "new"); }},
      {"RD_new.dcm", [](auto& f) { REQUIRE(::mkfifo((f / "RD_new.dcm").c_str(), 0600) == 0); }},
  };
  if (::geteuid() != 0) {  // root may read everything
    things.push_back({"RD_new.dcm", [](auto& f) {
                        f.write("RD_new.dcm", another_dose());
                        fs::permissions(f / "RD_new.dcm", fs::perms::none);
                      }});
    things.push_back({"new/", [](auto& f) {
                        fs::create_directory(f / "new");
                        fs::permissions(f / "new", fs::perms::none);
                      }});
  }
  for (const Thing& thing : things) {
    const PlanFolder folder;
    REQUIRE(error_of(read_case({folder.path()}, ReadOptions{})).empty());
    thing.make(folder);
    CAPTURE(thing.name, static_cast<int>(&thing - things.data()));
    CHECK_THAT(error_of(read_case({folder.path()}, ReadOptions{})), Contains(thing.name));

    // Whoever says which objects are to be used has settled it, and is told.
    ReadOptions chosen;
    chosen.plan = "RP.dcm";
    chosen.structure_set = "RS.dcm";
    chosen.dose = "RD.dcm";
    const ReadResult settled = read_case({folder.path()}, chosen);
    REQUIRE(error_of(settled).empty());
    CHECK(has_note(std::get<RtCase>(settled), thing.name));
    // And whoever names the files.
    CHECK(error_of(read_case({folder / "RP.dcm", folder / "RS.dcm", folder / "RD.dcm"}, ReadOptions{})).empty());
    if (fs::is_directory(folder / "new")) fs::permissions(folder / "new", fs::perms::owner_all);
  }
}

TEST_CASE("A dose that is damaged at its end is settled by choosing a dose alone", "[dicom]") {
  const PlanFolder folder;
  folder.write("RD_new.dcm", first(another_dose(), another_dose().size() - 1));
  ReadOptions chosen;
  chosen.dose = "RD.dcm";
  CHECK(error_of(read_case({folder.path()}, chosen)).empty());
  chosen.dose = "RD_new.dcm";  // which then is not there; what was left out is named
  CHECK_THAT(error_of(read_case({folder.path()}, chosen)), Contains("not used: RD_new.dcm"));
  ReadOptions without;
  without.need_dose = Need::kIgnored;
  CHECK(error_of(read_case({folder.path()}, without)).empty());
}

TEST_CASE("What is plainly foreign is left out with a note that names it", "[dicom]") {
  const std::vector<Thing> things = {
      {"notes.txt",
       [](auto& f) {
         f.write("notes.txt", text("Gr\xC3\xBC\xC3\x9F"
                                   "e\n"));
       }},
      {"LICENSE", [](auto& f) { f.write("LICENSE", text("Permission is granted")); }},
      {"plan.pdf", [](auto& f) { f.write("plan.pdf", text("%PDF-1.7\n\xE2\xE3")); }},
      {"view", [](auto& f) { f.write("view", text("\x89PNG\r\n\x1A\n")); }},
      {"RD.dcm.txt", [](auto& f) { f.write("RD.dcm.txt", text("# dump of RD.dcm")); }},
      {"export.zip", [](auto& f) { f.write("export.zip", text("PK\3\4\1\2")); }},
      {"Thumbs.db", [](auto& f) { f.write("Thumbs.db", Bytes(512)); }},
      {".DS_Store", [](auto& f) { f.write(".DS_Store", text(std::string("\0\0\0\1Bud1", 8))); }},
      {"._RD.dcm", [](auto& f) { f.write("._RD.dcm", text(std::string("\0\5\x16\7\0\2\0\0", 8))); }},
      {"empty.log", [](auto& f) { f.write("empty.log", {}); }},
      {"old.txt", [](auto& f) { fs::create_symlink("not there", f / "old.txt"); }},
      {"plan.sock", [](auto& f) { REQUIRE(::mkfifo((f / "plan.sock").c_str(), 0600) == 0); }},
      {"RT.dcm", [](auto& f) { f.write("RT.dcm", meta_only("1.2.840.10008.5.1.4.1.1.481.4")); }},  // treatment record
  };
  for (const Thing& thing : things) {
    const PlanFolder folder;
    thing.make(folder);
    CAPTURE(thing.name);
    const ReadResult result = read_case({folder.path()}, ReadOptions{});
    REQUIRE(error_of(result).empty());
    CHECK(has_note(std::get<RtCase>(result), thing.name));
  }
  const PlanFolder folder;
  folder.write("DICOMDIR", meta_only("1.2.840.10008.1.3.10"));
  CHECK(error_of(read_case({folder.path()}, ReadOptions{})).empty());
}

TEST_CASE("An image that says twice what it is may be anything", "[dicom]") {
  const PlanFolder folder;
  const Data ct = make_dose();
  put(*ct, DCM_SOPClassUID, UID_CTImageStorage);
  Bytes image = encode(*ct);
  folder.write("CT.dcm", image);
  REQUIRE(error_of(read_case({folder.path()}, ReadOptions{})).empty());
  const std::string modality("\x08\0\x60\0", 4), sop_class("\x08\0\x16\0", 4);
  const auto at = std::search(image.begin(), image.end(), modality.begin(), modality.end(),
                              [](std::byte b, char c) { return b == static_cast<std::byte>(c); });
  REQUIRE(at != image.end());
  std::transform(sop_class.begin(), sop_class.end(), at, [](char c) { return static_cast<std::byte>(c); });
  folder.write("CT.dcm", image);
  CHECK_THAT(error_of(read_case({folder.path()}, ReadOptions{})), Contains("CT.dcm") && Contains("appears twice"));
}

TEST_CASE("Links lead to what counts too, loops of links end, and a file counts once", "[dicom]") {
  const PlanFolder folder;
  fs::create_symlink(".", folder / "a");
  fs::create_directory(folder / "sub");
  fs::create_symlink("..", folder / "sub/loop");
  fs::create_symlink("../RD.dcm", folder / "sub/again.dcm");
  const ReadResult once = read_case({folder.path()}, ReadOptions{});
  REQUIRE(error_of(once).empty());
  CHECK(std::get<RtCase>(once).inputs.size() == 3);

  const TempFolder elsewhere;
  elsewhere.write("deep/RD_new.dcm", another_dose());
  fs::create_symlink(elsewhere.path(), folder / "more");
  const std::string both = error_of(read_case({folder.path()}, ReadOptions{}));
  CHECK_THAT(both, Contains("2 doses") && Contains("RD_new.dcm"));
  CHECK(error_of(read_case({folder.path()}, ReadOptions{})) == both);
}

TEST_CASE("An error on what is missing names what was left out", "[dicom]") {
  const PlanFolder folder;
  fs::remove(folder / "RD.dcm");
  folder.write("dose.mha", text("ObjectType = Image"));
  CHECK_THAT(error_of(read_case({folder.path()}, ReadOptions{})), Contains("no dose") && Contains("dose.mha"));
}
