#include "adapters/orthanc/target.h"

#include <catch2/catch.hpp>

namespace dosegate::orthanc {
namespace {

TEST_CASE("the plugin's metadata and attachments are known by number and by name, however they are written") {
  Settings settings;
  settings.metadata_names = {{"dosegate-verdict", 4200}};
  settings.attachment_names = {{"dosegate-report", 4200}};
  for (const char* path : {"/studies/a/metadata/4200", "/studies/a/metadata/4201", "/studies/a/metadata/04200",
                           "//studies//a/metadata/4200/", "/studies/a/metadata/+4200",
                           "/studies/a/metadata/dosegate-verdict", "/studies/a/attachments/4200",
                           "/studies/a/attachments/4201/data", "/studies/a/attachments/dosegate-report/compress"}) {
    INFO(path);
    CHECK(is_ours(settings, parts_of(path)));
  }
  for (const char* path :
       {"/studies/a/metadata", "/studies/a/metadata/4202", "/studies/a/metadata/42000", "/studies/a/metadata/x",
        "/studies/a/metadata/dosegate-report", "/studies/4200", "/studies/a/attachments/4199", "/", ""}) {
    INFO(path);
    CHECK_FALSE(is_ours(settings, parts_of(path)));
  }
}

TEST_CASE("ways to send that show no study are closed where a target is guarded, and only there") {
  Settings settings;
  const char* const ways[] = {"/jobs/a/resubmit", "/transfers/send", "/dicom-web/servers/LINAC/stow",
                              "/wado/servers/x/stow"};
  for (const char* path : ways) CHECK_FALSE(sends_unseen(settings, parts_of(path)));
  settings.refuse_unless_pass = {"LINAC"};
  for (const char* path : ways) {
    INFO(path);
    CHECK(sends_unseen(settings, parts_of(path)));
  }
  for (const char* path :
       {"/jobs/a/cancel", "/dicom-web/studies", "/instances", "/modalities/LINAC/store", "/dicom-web/servers/x/get"}) {
    INFO(path);
    CHECK_FALSE(sends_unseen(settings, parts_of(path)));
  }
  CHECK(is_guarded(settings, "LINAC"));
  CHECK_FALSE(is_guarded(settings, "linac"));
}

}  // namespace
}  // namespace dosegate::orthanc
