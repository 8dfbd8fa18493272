// What stands under "Dosegate" in Orthanc's configuration, and what of the rest of it matters here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dosegate::orthanc {

struct Settings {
  std::string library;                          // path of dosegate.so; manifest and checking program stand beside it
  std::string protocol;                         // id or path of a file; empty: the library's default
  std::string options = "{}";                   // dosegate.v1.CaseOptions as JSON
  std::string record_directory;                 // of clinical records, PLAN-SOP-INSTANCE-UID.json; empty: none
  std::vector<std::string> forward_to;          // DICOM modalities that get what passed
  std::vector<std::string> refuse_unless_pass;  // modalities and peers that get nothing else by REST
  bool page = true;                             // whether the HTML page is made and kept, too
  unsigned queue_size = 256;                    // studies that wait
  unsigned time_limit_s = 600;                  // of a check
  unsigned memory_limit_mib = 8192;             // address space of a check; 0: no limit
  unsigned study_limit_mib = 4096;              // DICOM files of a study, on disk while it is checked
  unsigned number = 4200;                       // metadata: this one and the next; attachments: this one and the next
  std::string temporary_directory;              // Orthanc's, or the system's

  bool checks_revisions = false;                                // Orthanc's CheckRevisions
  std::map<std::string, int> metadata_names, attachment_names;  // UserMetadata, UserContentType

  std::string manifest() const;
  std::string program() const;
};

// Of Orthanc's whole configuration as JSON. Throws support::Error with the name of the option and what to write there.
Settings read_settings(std::string_view configuration);

}  // namespace dosegate::orthanc
