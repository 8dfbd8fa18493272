// What the findings and notes of every phantom say, as data: the English of the catalogue is the engine's own text, and
// German and Chinese know every sentence.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "adapters/phantom/phantom.h"
#include "adapters/present/sentences.h"
#include "tests/e2e/phantom_report.h"

using namespace dosegate;
using namespace dosegate::e2e;
using present::Language;
using present::SentenceList;

namespace {

v1::Report report_of(const std::vector<std::string>& arguments) {
  const Outcome checked = run(arguments);
  v1::Report report;
  const auto status = google::protobuf::util::JsonStringToMessage(checked.out, &report);
  INFO(checked.err << status.ToString());
  REQUIRE(status.ok());
  return report;
}

// Texts without an id, and how often, in sentences and their arguments.
using Verbatim = std::map<std::string, int>;

void count(const v1::Sentence& s, Verbatim& out);

void count(const v1::Argument& a, Verbatim& out) {
  for (const auto& s : a.sentences().sentences()) count(s, out);
  for (const auto& item : a.list().items()) count(item, out);
}

void count(const v1::Sentence& s, Verbatim& out) {
  if (s.id() == "Verbatim") ++out[s.arguments(0).text()];
  for (const auto& a : s.arguments()) count(a, out);
}

void check_sentences(const std::string& text, const SentenceList& sentences, Verbatim& verbatim) {
  INFO(text);
  CHECK(text.empty() == sentences.empty());
  CHECK(present::in_words(present::all_of(sentences), Language::kEnglish) == text);
  for (const Language language : {Language::kGerman, Language::kChinese}) {
    CHECK(present::in_words(present::all_of(sentences), language).has_value());
  }
  for (const auto& s : sentences) count(s, verbatim);
}

}  // namespace

TEST_CASE("phantom sentences: what every finding and note says is said by its data, in every language",
          "[e2e][phantom][record]") {
  const TemporaryFolder folder;
  Verbatim verbatim;
  int findings = 0;
  for (const auto& c : phantom::cases()) {
    INFO(c.name);
    const std::string dir = write_phantom(folder, c.name);
    for (const bool with_record : {true, false}) {
      std::vector<std::string> arguments = {"check", dir, "--format", "json"};
      if (with_record && !std::filesystem::exists(dir + "/record.json")) continue;
      if (with_record) arguments.insert(arguments.end(), {"--record", dir + "/record.json"});
      const v1::Report report = report_of(arguments);
      for (const auto& f : report.findings()) {
        INFO(f.rule_id());
        check_sentences(f.message(), f.message_sentences(), verbatim);
        check_sentences(f.hint(), f.hint_sentences(), verbatim);
        ++findings;
      }
      for (const auto& s : report.structures()) check_sentences(s.how(), s.how_sentences(), verbatim);
      check_sentences(report.prescription().how(), report.prescription().how_sentences(), verbatim);
      REQUIRE(report.note_sentences_size() == report.notes_size());
      for (int i = 0; i < report.notes_size(); ++i) {
        check_sentences(report.notes(i), report.note_sentences(i).sentences(), verbatim);
      }
    }
  }
  CHECK(findings > 1000);
  // Without an id is only what the reader of files says of them.
  for (const auto& [text, times] : verbatim) UNSCOPED_INFO(times << " x " << text);
  CHECK(std::all_of(verbatim.begin(), verbatim.end(), [](const auto& entry) {
    return entry.first.rfind("The doses of single beams do not make up the plan's dose.", 0) == 0;
  }));
}
