#include "adapters/present/sentences.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "proto/messages/pattern.h"

using namespace dosegate::present;
namespace v1 = dosegate::v1;
namespace messages = dosegate::messages;

namespace {

v1::Sentence sentence(const std::string& id) {
  v1::Sentence s;
  s.set_id(id);
  return s;
}

std::optional<std::string> said(const v1::Sentence& s, Language language) { return in_words({&s}, language); }

// Names of arguments; true: a form depends on it.
std::map<std::string_view, bool> arguments_of(std::string_view pattern) {
  const messages::Names names = messages::names_of(pattern);
  std::map<std::string_view, bool> out;
  for (std::size_t i = 0; i < names.size; ++i) out[names.all[i]] = names.counts[i];
  return out;
}

std::set<std::string_view> names_of(std::string_view pattern) {
  std::set<std::string_view> out;
  for (const auto& [name, counts] : arguments_of(pattern)) out.insert(name);
  return out;
}

// Those that a reader sees; the others choose a form of number alone.
std::set<std::string_view> shown_by(std::string_view pattern) {
  std::set<std::string_view> out;
  while (!pattern.empty()) {
    const messages::Piece piece = messages::next_piece(pattern);
    const bool is_shown = !piece.counts || piece.one.find('#') != std::string_view::npos ||
                          piece.other.find('#') != std::string_view::npos;
    if (!piece.name.empty() && is_shown) out.insert(piece.name);
  }
  return out;
}

}  // namespace

TEST_CASE("sentences: every one is in every language, with the same arguments and all forms of number", "[present]") {
  std::set<std::string_view> ids;
  for (std::size_t n = 0; n < catalogue_size(); ++n) {
    const CatalogueEntry e = catalogue_entry(n);
    INFO(e.id);
    CHECK(ids.insert(e.id).second);
    for (const std::string_view words : {e.en, e.de, e.zh}) {
      INFO(words);
      CHECK_FALSE(words.empty());
      CHECK(messages::is_well_formed(words));
      CHECK(shown_by(words) == shown_by(e.en));
      for (const std::string_view name : names_of(words)) CHECK(names_of(e.en).count(name) == 1);
    }
    // Chinese has one form, and its sentences end with its own full stop where the English ones end.
    for (const auto& [name, counts] : arguments_of(e.zh)) CHECK_FALSE(counts);
    CHECK(e.en.ends_with('.') == e.de.ends_with('.'));
    CHECK(e.en.ends_with('.') == e.zh.ends_with("。"));
  }
  CHECK(ids.size() > 300);
}

TEST_CASE("sentences: a pattern is read strictly", "[present]") {
  for (const char* good : {"", "a", "{a}", "{a^} b", "{n|# day|# days}", "x {n|one|} y {b}"}) {
    INFO(good);
    CHECK(messages::is_well_formed(good));
  }
  for (const char* bad : {"{", "}", "{}", "{A}", "{0}", "a | b", "{n|a}", "{n|a|b|c}", "{n^|a|b}", "{a{b}}", "{a b}"}) {
    INFO(bad);
    CHECK_FALSE(messages::is_well_formed(bad));
  }
}

TEST_CASE("sentences: numbers, days, counts, lists and reasons are said in the reader's language", "[present]") {
  v1::Sentence s = sentence("DoseMet");
  s.add_arguments()->set_text("SpinalCord");
  s.add_arguments()->set_text("Max[Gy]");
  v1::Argument& value = *s.add_arguments();
  value.set_number(38.5);
  value.set_decimals(2);
  value.set_unit("Gy");
  s.add_arguments()->set_text("<");
  v1::Argument& limit = *s.add_arguments();
  limit.set_number(40);
  limit.set_decimals(6);
  limit.set_unit("Gy");
  CHECK(said(s, Language::kEnglish) == "SpinalCord: Max[Gy] is 38.5 Gy, limit < 40 Gy.");
  CHECK(said(s, Language::kGerman) == "SpinalCord: Max[Gy] ist 38.5 Gy, Grenze < 40 Gy.");
  CHECK(said(s, Language::kChinese) == "SpinalCord：Max[Gy] 为 38.5 Gy，限值 < 40 Gy。");

  v1::Sentence ends = sentence("EndsLater");
  ends.add_arguments()->set_day("2026-12-14");
  ends.add_arguments()->set_count(1);
  CHECK(said(ends, Language::kEnglish) == "The course ends on Mon 2026-12-14, 1 day later than without that.");
  CHECK(said(ends, Language::kGerman) == "Die Behandlung endet am Mo 14.12.2026, 1 Tag später als ohne dies.");
  CHECK(said(ends, Language::kChinese) == "疗程于 2026年12月14日周一结束，因此推迟 1 天。");
  ends.mutable_arguments(1)->set_count(3);
  CHECK(said(ends, Language::kGerman) == "Die Behandlung endet am Mo 14.12.2026, 3 Tage später als ohne dies.");

  v1::Sentence beams = sentence("BeamsSeveralMachines");
  v1::ArgumentList& list = *beams.add_arguments()->mutable_list();
  list.set_join(v1::ArgumentList::AND);
  for (const char* name : {"A", "B", "C"}) list.add_items()->set_text(name);
  CHECK(said(beams, Language::kEnglish) == "The beams are on several machines: A, B and C.");
  CHECK(said(beams, Language::kGerman) == "Die Felder liegen auf mehreren Geräten: A, B und C.");
  CHECK(said(beams, Language::kChinese) == "射野分布在多台机器上：A、B和C。");
  list.set_more(2);
  CHECK(said(beams, Language::kGerman) == "Die Felder liegen auf mehreren Geräten: A, B, C und 2 weitere.");

  v1::Sentence of_role = sentence("OfRole");
  of_role.add_arguments()->set_text("CTV");
  *of_role.add_arguments()->mutable_sentences()->add_sentences() = sentence("EncloseNoVolume");
  CHECK(said(of_role, Language::kGerman) == "CTV: Die Konturen umschließen kein Volumen.");
  of_role.mutable_arguments(1)->mutable_sentences()->clear_sentences();
  CHECK(said(of_role, Language::kEnglish) == "CTV: ");
}

TEST_CASE("sentences: what comes from files is never read as words of the catalogue", "[present]") {
  for (const std::string hostile : {"{structure}", "{0}", "#", "{n|#|#}", "}{", "|", "{limit^}", "<script>", "%s%n"}) {
    INFO(hostile);
    v1::Sentence s = sentence("StructureDrawn");
    s.add_arguments()->set_text(hostile);
    s.add_arguments()->set_text("{structure}");
    for (const Language language : kLanguages) {
      const auto text = said(s, language);
      REQUIRE(text);
      CHECK(text->rfind(hostile, 0) == 0);
      CHECK(text->find("{structure}") != std::string::npos);
    }
    v1::Sentence unknown = sentence(hostile);
    CHECK_FALSE(said(unknown, Language::kGerman));
  }
}

TEST_CASE("sentences: an id, a number or a kind of arguments that is not known is not guessed", "[present]") {
  v1::Sentence s = sentence("EndsLater");
  CHECK_FALSE(said(s, Language::kGerman));
  s.add_arguments()->set_day("2026-12-14");
  CHECK_FALSE(said(s, Language::kGerman));
  s.add_arguments()->set_text("3");
  CHECK_FALSE(said(s, Language::kGerman));  // a form depends on it
  s.mutable_arguments(1)->set_count(3);
  CHECK(said(s, Language::kGerman));
  s.mutable_arguments(0)->clear_day();
  CHECK_FALSE(said(s, Language::kGerman));
  s.mutable_arguments(0)->set_day("no day");
  CHECK(said(s, Language::kGerman) == "Die Behandlung endet am no day, 3 Tage später als ohne dies.");
  s.add_arguments()->set_count(1);
  CHECK_FALSE(said(s, Language::kGerman));

  v1::Sentence number = sentence("DoseGiven");
  v1::Argument& dose = *number.add_arguments();
  dose.set_number(1.0);
  for (const int decimals : {-1, 21, 1 << 30}) {
    dose.set_decimals(decimals);
    CHECK_FALSE(said(number, Language::kGerman));
  }
  dose.mutable_list()->add_items()->set_text("a");
  CHECK_FALSE(said(number, Language::kGerman));  // not said how it is joined

  SentenceList list;
  *list.Add() = sentence("SaidByTheNextVersion");
  CHECK(in_words_or(list, Language::kGerman, "English") == "English");
  CHECK(in_words_or({}, Language::kChinese, "English") == "English");
}
