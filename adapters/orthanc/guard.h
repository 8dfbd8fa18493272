// What may not be sent, and what nobody but the plugin writes. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/orthanc/check.h"
#include "adapters/orthanc/kept.h"
#include "adapters/orthanc/orthanc.h"
#include "adapters/orthanc/routes.h"
#include "adapters/orthanc/target.h"

namespace dosegate::orthanc {

class Guard {
 public:
  Guard(const Orthanc& orthanc, const Settings& settings, const Rules& rules, const Keeper& keeper)
      : orthanc_(orthanc), settings_(settings), rules_(rules), keeper_(keeper) {}

  // POST /modalities/NAME/store and /peers/NAME/store, in place of Orthanc's own, which is asked where nothing speaks
  // against it.
  HttpAnswer store(const std::string& kind, const std::string& name, std::string_view body) const;
  // .../store-straight: what it sends is in no study.
  HttpAnswer store_straight(const std::string& kind, const std::string& name, std::string_view body) const;
  // Why a request is refused before anybody looks at its body; empty: it is not.
  std::string why_not(OrthancPluginHttpMethod method, std::string_view uri) const;

 private:
  // Why what the resources belong to may not be sent; empty: all of it may.
  std::string why_not_send(const std::vector<std::string>& resources) const;

  const Orthanc& orthanc_;
  const Settings& settings_;
  const Rules& rules_;
  const Keeper& keeper_;
};

}  // namespace dosegate::orthanc
