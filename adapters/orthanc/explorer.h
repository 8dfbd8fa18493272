#pragma once

namespace dosegate::orthanc {

// What Orthanc Explorer runs beside its own script: explorer.js.
const char* explorer_script();

}  // namespace dosegate::orthanc
