// Reports that `dosegate cohort --resume` keeps in a folder.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dosegate/v1/options.pb.h"
#include "dosegate/v1/protocol.pb.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::cli {

// Stops unless `folder` is no plan's: `directory`, a folder in it that holds other things than kept reports, and what
// lies inside one are refused. An empty name is none.
void refuse_kept_among_inputs(const std::string& folder, const std::string& directory);

// By what they rest on. Each file is called KEY-DIGEST.json by that and by its own content, so that one that was edited
// is known. Without a folder nothing is kept.
class KeptReports {
 public:
  // Makes the folder; stops where it cannot.
  explicit KeptReports(std::string folder);

  // The report on exactly these inputs by exactly this protocol and engine. Where what is kept under the key is not
  // what was written, standard error says so.
  std::optional<v1::Report> find(const std::string& key, const v1::CaseOptions& options, const v1::Protocol& protocol,
                                 std::string_view engine_version) const;
  void keep(const std::string& key, std::string_view report_json) const;

 private:
  std::string folder_;
  std::map<std::string, std::vector<std::string>> files_;  // by key: as the folder was found
};

}  // namespace dosegate::cli
