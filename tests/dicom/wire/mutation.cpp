#include "tests/dicom/wire/mutation.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace dicom_test {
namespace {

std::string text_of(std::uint32_t tag) {
  char text[16];
  std::snprintf(text, sizeof text, "(%04X,%04X)", tag >> 16U, tag & 0xFFFFU);
  return text;
}

// Every item of the tree, the data set itself first.
void gather(TreeItem& item, std::vector<TreeItem*>& all) {
  all.push_back(&item);
  for (Node& node : item.nodes) {
    for (TreeItem& below : node.items) gather(below, all);
  }
}

class Mutator {
 public:
  Mutator(const TreeItem& base, Random& random) : tree_(base), random_(random) {}

  Mutant run() {
    const std::size_t in_tree = random_.below(4);
    for (std::size_t i = 0; i < in_tree; ++i) change_tree();
    const bool is_packed =
        std::any_of(tree_.nodes.begin(), tree_.nodes.end(), [](const Node& n) { return n.is_encapsulated; });
    const Form form = is_packed
                          ? Form::kExplicit
                          : random_.one_of<Form>({Form::kImplicit, Form::kExplicit, Form::kExplicit, Form::kExplicit,
                                                  Form::kImplicit, Form::kBigEndian, Form::kDeflated});
    std::string syntax = is_packed ? "1.2.840.10008.1.2.5" : syntax_of(form);
    if (random_.one_in(12) && form != Form::kDeflated) syntax.clear();
    if (random_.one_in(40))
      syntax = syntax_of(random_.one_of<Form>({Form::kImplicit, Form::kExplicit, Form::kBigEndian}));
    Encoded encoded = encode_tree(tree_, form, syntax);
    tell("written as " + syntax_of(form) + (syntax.empty() ? " without a meta group" : " said to be " + syntax));
    const std::size_t in_bytes = in_tree == 0 || random_.one_in(4) ? 1 : 0;
    for (std::size_t i = 0; i < in_bytes && encoded.bytes.size() > 8; ++i) change_bytes(encoded);
    return {std::move(encoded.bytes), std::move(story_)};
  }

 private:
  void tell(const std::string& what) { story_ += (story_.empty() ? "" : ", ") + what; }

  // An item that has attributes; null: there is none.
  TreeItem* some_item() {
    std::vector<TreeItem*> all, filled;
    gather(tree_, all);
    std::copy_if(all.begin(), all.end(), std::back_inserter(filled),
                 [](const TreeItem* i) { return !i->nodes.empty(); });
    // Every other time the data set itself: there the fewest attributes do the most.
    if (filled.empty()) return nullptr;
    return random_.one_in(2) ? filled.front() : random_.one_of(filled);
  }

  void change_tree() {
    TreeItem* item = some_item();
    if (item == nullptr) return;
    std::vector<Node>& nodes = item->nodes;
    const std::size_t at = random_.below(nodes.size());
    const auto place = nodes.begin() + static_cast<std::ptrdiff_t>(at);
    Node& node = nodes[at];
    switch (random_.below(10)) {
      case 0:
        tell("dropped " + text_of(node.tag));
        nodes.erase(place);
        return;
      case 1: {
        tell("repeated " + text_of(node.tag));
        const Node copy = node;
        nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(random_.below(nodes.size() + 1)), copy);
        return;
      }
      case 2: {
        const std::size_t other = random_.below(nodes.size());
        tell("exchanged " + text_of(node.tag) + " and " + text_of(nodes[other].tag));
        std::swap(nodes[at], nodes[other]);
        return;
      }
      case 3: {
        const std::vector<std::string> all = {"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT",
                                              "OB", "OD", "OF", "OL", "OV", "OW", "PN", "SH", "SL", "SQ", "SS", "ST",
                                              "SV", "TM", "UC", "UI", "UL", "UN", "UN", "UN", "UR", "US", "UT", "UV"};
        node.vr = random_.one_of(all);
        tell(text_of(node.tag) + " is " + node.vr);
        return;
      }
      case 4:
      case 5:
        return lengths(node);
      case 6:
        return nest(*item, at);
      case 7: {
        TreeItem* other = some_item();
        const Node copy = node;
        tell(text_of(node.tag) + " in another item, too");
        other->nodes.insert(other->nodes.begin() + static_cast<std::ptrdiff_t>(random_.below(other->nodes.size() + 1)),
                            copy);
        return;
      }
      case 8: {
        TreeItem* other = some_item();
        const std::uint32_t tag = random_.one_of(other->nodes).tag;
        tell(text_of(node.tag) + " is called " + text_of(tag));
        node.tag = tag;
        return;
      }
      default:
        return value(node);
    }
  }

  void lengths(Node& node) {
    if (!node.is_sequence) return value(node);
    node.undefined = random_.one_in(2);
    for (TreeItem& item : node.items) item.undefined = random_.one_in(2);
    tell("lengths of " + text_of(node.tag));
  }

  // The attribute within a sequence of its own kind or of another's, once or many times over.
  void nest(TreeItem& item, std::size_t at) {
    const std::vector<std::uint32_t> sequences = {0x300A00B0U, 0x30060039U, 0x300C0002U, 0x00081140U, 0x00091001U};
    const std::size_t depth = random_.one_in(6) ? 1 + random_.below(40) : 1 + random_.below(3);
    Node inner = item.nodes[at];
    for (std::size_t i = 0; i < depth; ++i) {
      Node outer;
      outer.tag = random_.one_of(sequences);
      outer.vr = random_.one_in(5) ? "UN" : "SQ";
      outer.is_sequence = true;
      outer.undefined = random_.one_in(2);
      outer.items.resize(1 + random_.below(2));
      outer.items.front().undefined = random_.one_in(2);
      outer.items.front().nodes.push_back(std::move(inner));
      inner = std::move(outer);
    }
    tell(text_of(item.nodes[at].tag) + " nested " + std::to_string(depth) + " deep");
    item.nodes[at] = std::move(inner);
  }

  void value(Node& node) {
    tell("value of " + text_of(node.tag));
    if (node.is_sequence) {
      if (!node.items.empty() && random_.one_in(2)) {
        node.items.erase(node.items.begin() + static_cast<std::ptrdiff_t>(random_.below(node.items.size())));
      } else {
        node.items.resize(node.items.size() + 1);
      }
      return;
    }
    const std::vector<std::string> some = {"",
                                           " ",
                                           "1",
                                           "01",
                                           "-0",
                                           "1.50 ",
                                           "+1.5",
                                           " 1.5",
                                           "1e3",
                                           "1E-400",
                                           "NaN",
                                           "1,5",
                                           "1\\2",
                                           "\\",
                                           "1\\\\2",
                                           "0x10",
                                           "GY",
                                           "2147483648",
                                           "-2147483648",
                                           "1.5.2",
                                           "inf",
                                           "GY\\GY",
                                           "\xC3\xA4 ",
                                           "\xE4 ",
                                           "1.2\\",
                                           "0.1\\0.2\\0.3",
                                           "123456789012345678.25",
                                           "4.35",
                                           "1\n"};
    if (random_.one_in(2)) {
      node.value = random_.one_of(some);
      if (node.value.size() % 2 == 1 && !random_.one_in(4)) node.value += random_.one_in(3) ? '\0' : ' ';
    } else if (!node.value.empty()) {
      node.value[random_.below(node.value.size())] = static_cast<char>(random_.below(256));
    }
  }

  void change_bytes(Encoded& encoded) {
    std::string& bytes = encoded.bytes;
    if (!encoded.headers.empty() && random_.one_in(2)) return change_header(bytes, random_.one_of(encoded.headers));
    const std::size_t at = random_.below(bytes.size());
    switch (random_.below(4)) {
      case 0:
        for (std::size_t n = 1 + random_.below(4); n > 0; --n) {
          bytes[random_.below(bytes.size())] ^= static_cast<char>(1U << random_.below(8));
        }
        return tell("bits flipped");
      case 1:
        bytes.resize(at);
        return tell("cut off at " + std::to_string(at));
      case 2:
        bytes.erase(at, 1 + random_.below(16));
        return tell("bytes lost at " + std::to_string(at));
      default:
        bytes.insert(at, std::string(1 + random_.below(16), static_cast<char>(random_.below(256))));
        return tell("bytes put in at " + std::to_string(at));
    }
  }

  void change_header(std::string& bytes, const HeaderPlace& place) {
    if (random_.one_in(4)) {
      const bool in_vr = place.vr != 0 && random_.one_in(2);
      bytes[(in_vr ? place.vr : place.tag) + random_.below(in_vr ? 2 : 4)] ^= static_cast<char>(1U << random_.below(8));
      return tell("a bit of the header at " + std::to_string(place.tag));
    }
    // Little endian or not: a small change of one byte is a small or a large change of the length.
    const std::size_t byte = place.length + random_.below(place.length_bytes);
    switch (random_.below(5)) {
      case 0:
        bytes.replace(place.length, place.length_bytes, place.length_bytes, '\xFF');
        return tell("undefined length at " + std::to_string(place.tag));
      case 1:
        bytes.replace(place.length, place.length_bytes, place.length_bytes, '\0');
        return tell("no length at " + std::to_string(place.tag));
      case 2:
        bytes[byte] = static_cast<char>(random_.below(256));
        return tell("another length at " + std::to_string(place.tag));
      default:
        bytes[byte] = static_cast<char>(bytes[byte] + static_cast<int>(random_.below(9)) - 4);
        return tell("a length nearby at " + std::to_string(place.tag));
    }
  }

  TreeItem tree_;
  Random& random_;
  std::string story_;
};

}  // namespace

Mutant mutated(const TreeItem& base, Random& random) { return Mutator(base, random).run(); }

}  // namespace dicom_test
