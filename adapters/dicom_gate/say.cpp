#include <unistd.h>

#include "adapters/dicom_gate/settings.h"

namespace dosegate::dicom_gate {

void say(const std::string& line) {
  std::string text = gate::to_text(gate::now()) + " ";
  for (const char c : line) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  text += '\n';
  // One call a line, so that lines of several threads do not mix. A log that cannot be written stops nothing.
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace dosegate::dicom_gate
