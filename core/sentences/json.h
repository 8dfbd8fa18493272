// Sentences as dosegate.v1.Sentence: as documents hold them.
#pragma once

#include <vector>

#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/text/message.h"

namespace dosegate {

// The member `name`, on one line: it is for machines. Of no sentence: nothing.
void write(JsonWriter& w, const char* name, const Prose& prose);

// The members notes, in English, and noteSentences: each note's sentences, in the same order.
void write_notes(JsonWriter& w, const std::vector<Prose>& notes);
void write_note_sentences(JsonWriter& w, const std::vector<Prose>& notes);

// The member sentences of dosegate.v1.Sentences. Strict: an id that is not known, other arguments than its words name,
// or a number that no sentence shows is an error.
Prose read_sentences(ObjectReader& reader);

}  // namespace dosegate
