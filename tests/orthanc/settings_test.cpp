#include "adapters/orthanc/settings.h"

#include <catch2/catch.hpp>

#include "adapters/orthanc/files.h"
#include "adapters/support/temporary_folder.h"

namespace dosegate::orthanc {
namespace {

// An installation, as far as the settings look at it.
class Installed {
 public:
  Installed() : folder_("/tmp", "") {
    for (const char* name : {"dosegate.so", "manifest.json", "dosegate-orthanc-check"}) write_file(folder_ / name, "x");
  }
  // `own`: more of "Dosegate", from a comma on; `rest`: more of the configuration.
  std::string text(const std::string& own = "", const std::string& rest = "") const {
    return R"({"Dosegate": {"Library": ")" + (folder_ / "dosegate.so") + "\"" + own + "}" + rest + "}";
  }

 private:
  support::TemporaryFolder folder_;
};

TEST_CASE("what the configuration does not say of Dosegate has its default, and what it says is taken") {
  const Installed installed;
  const Settings plain = read_settings(installed.text());
  CHECK(plain.queue_size == 256);
  CHECK(plain.number == 4200);
  CHECK(plain.page);
  CHECK(plain.forward_to.empty());
  CHECK_FALSE(plain.temporary_directory.empty());
  const Settings own = read_settings(installed.text(
      R"(, "Protocol": "SCLC-45-BD", "Options": {"scope": "PLAN_ONLY"}, "ForwardTo": ["A"], "Number": 5000, "Page": false)",
      R"(, "TemporaryDirectory": "/var/tmp", "DicomModalities": {"A": ["A", "h", 104]}, "UserMetadata": {"v": 5000, "o": 1},
          "UserContentType": {"r": [5001, "application/json"]})"));
  CHECK(own.protocol == "SCLC-45-BD");
  CHECK(own.options == R"({"scope":"PLAN_ONLY"})");
  CHECK(own.forward_to == std::vector<std::string>{"A"});
  CHECK_FALSE(own.page);
  CHECK(own.temporary_directory == "/var/tmp");
  CHECK(own.metadata_names == std::map<std::string, int>{{"v", 5000}});
  CHECK(own.attachment_names == std::map<std::string, int>{{"r", 5001}});
}

TEST_CASE("an option that is wrong is named, with what to write") {
  const Installed installed;
  const std::pair<const char*, const char*> wrong[] = {
      {R"(, "Queue": 1)", "Dosegate.Queue: is no option; there are ForwardTo"},
      {R"(, "QueueSize": "1")", "Dosegate.QueueSize: is no whole number from 1"},
      {R"(, "TimeLimit": 1.5)", "Dosegate.TimeLimit: is no whole number"},
      {R"(, "MemoryLimit": 10)", "Dosegate.MemoryLimit: is too little"},
      {R"(, "Number": 1000)", "Dosegate.Number: is no whole number from 1024"},
      {R"(, "Page": "no")", "Dosegate.Page: is neither true nor false"},
      {R"(, "Options": [])", "Dosegate.Options: is no object"},
      {R"(, "ForwardTo": "A")", "Dosegate.ForwardTo: is no list"},
      {R"(, "ForwardTo": [1])", "Dosegate.ForwardTo: is no text"},
      {R"(, "Protocol": "a/b")", "Dosegate.Protocol: \"a/b\" is no absolute path"},
      {R"(, "Protocol": "")", "Dosegate.Protocol: is no text"},
      {R"(, "RecordDirectory": "/nowhere")", "Dosegate.RecordDirectory: /nowhere is no folder"},
  };
  for (const auto& [own, says] : wrong) CHECK_THROWS_WITH(read_settings(installed.text(own)), Catch::Contains(says));
  CHECK_THROWS_WITH(read_settings("{}"), Catch::Contains("Dosegate: is missing"));
  CHECK_THROWS_WITH(read_settings("nothing"), Catch::Contains("cannot be read"));
  CHECK_THROWS_WITH(read_settings(R"({"Dosegate": {}})"), Catch::Contains("Dosegate.Library: is missing"));
}

TEST_CASE("a guarded target with a way round it is refused") {
  const Installed installed;
  const std::string guard = R"(, "RefuseUnlessPass": ["A"])";
  const std::string closed = R"({"AET": "A", "Host": "h", "Port": 1, "AllowMove": false, "AllowGet": false})";
  const auto with = [&](const std::string& modalities, const std::string& more = "") {
    return read_settings(installed.text(guard, ", \"DicomModalities\": {" + modalities + "}" + more));
  };
  CHECK(with("\"A\": " + closed).refuse_unless_pass == std::vector<std::string>{"A"});
  for (const char* open : {R"("B": ["B", "h", 1])", R"("B": {"AET": "B", "AllowMove": false})",
                           R"("B": {"AET": "B", "AllowMove": true, "AllowGet": false})"})
    CHECK_THROWS_WITH(with("\"A\": " + closed + ", " + open), Catch::Contains("DicomModalities.B: may ask"));
  for (const char* option : {"DicomAlwaysAllowMove", "DicomAlwaysAllowGet", "DicomModalitiesInDatabase"})
    CHECK_THROWS_WITH(with("\"A\": " + closed, ", \"" + std::string(option) + "\": true"), Catch::Contains(option));
  CHECK_THROWS_WITH(with(""), Catch::Contains("is none of DicomModalities and OrthancPeers"));
}

}  // namespace
}  // namespace dosegate::orthanc
