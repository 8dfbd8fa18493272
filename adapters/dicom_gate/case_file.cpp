#include "adapters/dicom_gate/case_file.h"

#include "adapters/cli/display.h"
#include "adapters/dicom_gate/facts.h"
#include "adapters/gate/document.h"

namespace dosegate::dicom_gate {
namespace {

using gate::ObjectReader;
using gate::ObjectWriter;

const gate::Words kKinds = {"INCOMPLETE", "NO_RECORD", "FAILED", "DECISION"};

std::string write_object(const CaseObject& object) {
  return ObjectWriter().text("role", object.role).text("uid", object.uid).text("sha256", object.sha256).end();
}

}  // namespace

std::string CaseFile::write() const {
  std::vector<std::string> texts;
  for (const CaseObject& object : objects) texts.push_back(write_object(object));
  return ObjectWriter()
             .text("schema", "dosegate.gate-case/1")
             .text("key", key)
             .text("attempt", attempt)
             .list("objects", texts)
             .texts("waivers", waivers)
             .end() +
         "\n";
}

CaseFile CaseFile::read(std::string_view json) {
  CaseFile file;
  gate::read_document(json, [&](ObjectReader& reader) {
    reader.word("schema", {"dosegate.gate-case/1"});
    file.key = reader.text("key");
    if (!is_uid(file.key)) reader.complain("key", "is no UID");
    file.attempt = reader.text("attempt");
    reader.each("objects", 0, [&](ObjectReader& object) {
      file.objects.push_back(
          {object.word("role", {"RTPLAN", "RTSTRUCT", "RTDOSE"}), object.text("uid"), object.digest("sha256")});
      if (!is_uid(file.objects.back().uid)) object.complain("uid", "is no UID");
      object.finish();
    });
    file.waivers = reader.texts("waivers", 0);
  });
  return file;
}

std::string_view name_of(Hold::Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::string Hold::write() const {
  // Each once, and as text that can be read again, whatever an error said.
  std::vector<std::string> said;
  for (const std::string& reason : reasons) {
    std::string text = reason.empty() ? "Its reason is not known." : cli::printable(reason);
    if (!gate::holds(said, text)) said.push_back(std::move(text));
  }
  return ObjectWriter()
             .text("schema", "dosegate.gate-hold/1")
             .text("kind", name_of(kind))
             .text("at", gate::to_text(at))
             .text_if("attempt", attempt)
             .texts("reasons", said)
             .end() +
         "\n";
}

Hold Hold::read(std::string_view json) {
  Hold hold;
  gate::read_document(json, [&](ObjectReader& reader) {
    reader.word("schema", {"dosegate.gate-hold/1"});
    const std::string word = reader.word("kind", kKinds);
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      if (kKinds[i] == word) hold.kind = static_cast<Kind>(i);
    }
    hold.at = gate::read_instant(reader, "at");
    hold.attempt = reader.text_if("attempt").value_or("");
    hold.reasons = reader.texts("reasons", 1);
  });
  return hold;
}

}  // namespace dosegate::dicom_gate
