// A DICOM object as a tree that can be changed into what no exporter writes, and its bytes in any encoding. Of the
// tests alone: neither the reader's structures nor DCMTK's writer are used for the bytes.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dicom_test {

struct TreeItem;

struct Node {
  std::uint32_t tag = 0;
  std::string vr;     // two letters
  std::string value;  // as in little endian; not of a sequence
  bool is_sequence = false;
  bool undefined = false;        // of a sequence: its length is written as undefined
  bool is_encapsulated = false;  // `value` is fragments with their delimiter
  std::vector<TreeItem> items;
};

struct TreeItem {
  std::vector<Node> nodes;
  bool undefined = false;
};

// All that DCMTK has read.
TreeItem tree_of(DcmItem& item);

enum class Form { kImplicit, kExplicit, kBigEndian, kDeflated };

// Where a header stands in the bytes, for whoever wants to damage it.
struct HeaderPlace {
  std::size_t tag = 0;     // two times two bytes
  std::size_t vr = 0;      // two bytes; 0: none is written
  std::size_t length = 0;  // offset of the length field
  std::size_t length_bytes = 4;
};

struct Encoded {
  std::string bytes;
  std::vector<HeaderPlace> headers;  // none of a deflated object
};

// A whole file. `syntax`: what the meta group says; empty: without preamble and meta group. What does not fit its
// length field is cut to its lowest bits, as a broken writer would.
Encoded encode_tree(const TreeItem& data, Form form, const std::string& syntax);

// "1.2.840.10008.1.2" and so on.
std::string syntax_of(Form form);

}  // namespace dicom_test
