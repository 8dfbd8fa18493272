// What the plugin answers over HTTP.
#pragma once

#include <string>

#include "adapters/orthanc/kept.h"
#include "adapters/orthanc/orthanc.h"
#include "adapters/orthanc/queue.h"

namespace dosegate::orthanc {

struct HttpAnswer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
};

// {"error": what, "what": where and how to mend it}
HttpAnswer refusal(int status, const std::string& message);

class Routes {
 public:
  Routes(const Orthanc& orthanc, const Settings& settings, const Rules& rules, const Keeper& keeper, Queue& queue)
      : orthanc_(orthanc), settings_(settings), rules_(rules), keeper_(keeper), queue_(queue) {}

  HttpAnswer status() const;                                     // GET /dosegate/status
  HttpAnswer study(const std::string& id) const;                 // GET /dosegate/studies/ID
  HttpAnswer report(const std::string& id, bool as_page) const;  // GET .../report, .../report?format=html
  HttpAnswer check(const std::string& id) const;                 // POST .../check

 private:
  HttpAnswer describe(int status, const Study& study) const;

  const Orthanc& orthanc_;
  const Settings& settings_;
  const Rules& rules_;
  const Keeper& keeper_;
  Queue& queue_;
};

}  // namespace dosegate::orthanc
