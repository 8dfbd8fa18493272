// The engine's sentences in the language of their reader: dosegate.v1.Sentence with the words of proto/messages/*.inc.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/present/catalogue.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::present {

using SentenceList = google::protobuf::RepeatedPtrField<dosegate::v1::Sentence>;
// Some sentences of one list, which outlives it.
using SentenceSpan = std::vector<const dosegate::v1::Sentence*>;

SentenceSpan all_of(const SentenceList& sentences);

// None: it is not in this catalogue, or comes with other arguments than the catalogue's words name: it is of a newer
// library. What an argument says is never read as words of a catalogue.
std::optional<std::string> in_words(const SentenceSpan& sentences, Language language);

// `english`, as the library wrote it, where the sentences are none or not known.
std::string in_words_or(const SentenceList& sentences, Language language, const std::string& english);

// The report's notes; of a library that gives them as text alone: in English.
std::vector<std::string> notes_in_words(const dosegate::v1::Report& report, Language language);

// "Fri 2024-01-26", "Fr 26.01.2024", "2024年1月26日周五"; what is no day of the calendar stays as it is.
std::string day_text(std::string_view iso_day, Language language);

// The catalogue itself, for those who check it.
struct CatalogueEntry {
  std::string_view id, en, de, zh;
};
std::size_t catalogue_size();
CatalogueEntry catalogue_entry(std::size_t n);

}  // namespace dosegate::present
