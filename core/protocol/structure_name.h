// What a structure's name says: its folded form, its side, its TG-263 reverse order, what it is not.
//
// Names are UTF-8; a byte that is not is kept and compared as it is. No locale, no Unicode tables beyond
// what is stated here. An empty name folds to an empty name, which equals no other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dosegate {

enum class Side { kNone, kLeft, kRight, kBoth };

// A name taken apart at its laterality word. "Left Kidney", "KIDNEY LT", "kidney-l", "KidneyL": rest "kidney".
// Recognised as words of their own: l, left, lt, li, links (linke, linker, linkes), gauche, sinister, 左 and
// r, right, rt, re, rechts (rechte, rechter, rechtes), droit, droite, dexter, 右. Words end at a space, '_', '-',
// '.', and where a capital begins ("KidneyLeft"). "li", "lt", "re" and "rt" mean other things, too ("Kidney_L RT"), so
// they count only where no other laterality word stands.
struct SidedName {
  Side side = Side::kNone;
  std::string rest;  // folded, without the laterality word; with kNone and kBoth the whole folded name
  std::string word;  // the laterality word as drawn; empty with kNone and kBoth
};

std::string fold_name(std::string_view name);

SidedName split_side(std::string_view name);

// TG-263's reverse-order form of a primary name: "Kidney_L" -> "L_Kidney", "SpinalCord" -> "Cord_Spinal". None for a
// name of one part, and for one that holds a minus or a TG-263 qualifier ('^', '~').
std::optional<std::string> reverse_order(std::string_view tg263_name);

// The name says that it is not the plain organ: a planning risk volume (PRV), a part ('~'), a qualified
// version ('^'), a helper structure ('z' in front), one structure minus or plus another ("Liver-GTV").
bool is_another_structure(std::string_view name);

// Edits (insert, delete, replace, swap of neighbours) that turn one into the other, counted in characters; more
// than `limit`, or a name over 64 characters: limit + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// In single quotes, fit for a message on one line: control characters replaced by '?', cut after 64 characters.
std::string shown_name(std::string_view name);

}  // namespace dosegate
