#include "adapters/orthanc/explorer.h"

namespace dosegate::orthanc {

const char* explorer_script() {
  return
#include "explorer_js.inc"
      ;
}

}  // namespace dosegate::orthanc
