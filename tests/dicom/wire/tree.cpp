#include "tests/dicom/wire/tree.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace dicom_test {
namespace {

bool has_long_length(const std::string& vr) {
  static constexpr std::array kLong = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"};
  return std::find(kLong.begin(), kLong.end(), vr) != kLong.end();
}

// Of what is swapped in big endian.
std::size_t unit_of(const std::string& vr) {
  for (const char* two : {"US", "SS", "OW", "AT"}) {
    if (vr == two) return 2;
  }
  for (const char* four : {"UL", "SL", "FL", "OF", "OL"}) {
    if (vr == four) return 4;
  }
  for (const char* eight : {"FD", "OD", "OV", "SV", "UV"}) {
    if (vr == eight) return 8;
  }
  return 1;
}

class Writer {
 public:
  Writer(bool is_explicit, bool is_big) : is_explicit_(is_explicit), is_big_(is_big) {}

  void item(const TreeItem& item) {
    for (const Node& node : item.nodes) write(node);
  }
  Encoded take() { return std::move(out_); }
  Encoded& out() { return out_; }

 private:
  char byte(std::uint64_t value, std::size_t i, std::size_t bytes) const {
    return static_cast<char>(value >> (8U * (is_big_ ? bytes - 1 - i : i)) & 0xFFU);
  }
  void number(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out_.bytes += byte(value, i, bytes);
  }
  void tag(std::uint32_t tag) {
    number(tag >> 16U, 2);
    number(tag & 0xFFFFU, 2);
  }
  // Answers where its length stands.
  HeaderPlace header(std::uint32_t of, const std::string& vr) {
    HeaderPlace place;
    place.tag = out_.bytes.size();
    tag(of);
    if (!vr.empty() && is_explicit_) {
      place.vr = out_.bytes.size();
      out_.bytes += vr;
      if (has_long_length(vr)) out_.bytes += std::string(2, '\0');
      if (!has_long_length(vr)) place.length_bytes = 2;
    }
    place.length = out_.bytes.size();
    number(0, place.length_bytes);
    out_.headers.push_back(place);
    return place;
  }
  void set_length(const HeaderPlace& place, std::uint64_t length) {
    for (std::size_t i = 0; i < place.length_bytes; ++i) {
      out_.bytes[place.length + i] = byte(length, i, place.length_bytes);
    }
  }

  void write(const Node& node) {
    const HeaderPlace place = header(node.tag, node.vr);
    const std::size_t first = out_.bytes.size();
    if (node.is_encapsulated) {
      out_.bytes += node.value;
      return set_length(place, 0xFFFFFFFFU);
    }
    if (!node.is_sequence) {
      const std::size_t unit = is_big_ ? unit_of(node.vr) : 1;
      std::string value = node.value;
      for (std::size_t i = 0; unit > 1 && i + unit <= value.size(); i += unit) {
        std::reverse(value.begin() + static_cast<std::ptrdiff_t>(i),
                     value.begin() + static_cast<std::ptrdiff_t>(i + unit));
      }
      out_.bytes += value;
      return set_length(place, value.size());
    }
    for (const TreeItem& one : node.items) {
      const HeaderPlace start = header(0xFFFEE000U, "");
      const std::size_t inside = out_.bytes.size();
      item(one);
      set_length(start, one.undefined ? 0xFFFFFFFFU : out_.bytes.size() - inside);
      if (one.undefined) end(0xFFFEE00DU);
    }
    set_length(place, node.undefined ? 0xFFFFFFFFU : out_.bytes.size() - first);
    if (node.undefined) end(0xFFFEE0DDU);
  }
  void end(std::uint32_t delimiter) {
    tag(delimiter);
    number(0, 4);
  }

  const bool is_explicit_, is_big_;
  Encoded out_;
};

std::string deflated(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot begin");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib cannot end");
  return out;
}

Node node_of(DcmElement& element) {
  Node node;
  node.tag = std::uint32_t{element.getGTag()} << 16U | element.getETag();
  node.vr = DcmVR(element.getVR()).getValidVRName();
  if (auto* sequence = dynamic_cast<DcmSequenceOfItems*>(&element)) {
    node.is_sequence = true;
    node.vr = "SQ";
    for (unsigned long i = 0; i < sequence->card(); ++i) node.items.push_back(tree_of(*sequence->getItem(i)));
    return node;
  }
  node.value.resize(element.getLength());
  if (!node.value.empty()) {
    const auto size = static_cast<Uint32>(node.value.size());
    const OFCondition status = element.getPartialValue(node.value.data(), 0, size, nullptr, EBO_LittleEndian);
    if (status.bad()) throw std::runtime_error(std::string("DCMTK: ") + status.text());
  }
  return node;
}

}  // namespace

TreeItem tree_of(DcmItem& item) {
  TreeItem tree;
  for (unsigned long i = 0; i < item.card(); ++i) {
    DcmElement& element = *item.getElement(i);
    if (element.getETag() != 0 && element.getGTag() % 2 == 0) tree.nodes.push_back(node_of(element));
  }
  return tree;
}

std::string syntax_of(Form form) {
  switch (form) {
    case Form::kImplicit:
      return "1.2.840.10008.1.2";
    case Form::kBigEndian:
      return "1.2.840.10008.1.2.2";
    case Form::kDeflated:
      return "1.2.840.10008.1.2.1.99";
    case Form::kExplicit:
      break;
  }
  return "1.2.840.10008.1.2.1";
}

Encoded encode_tree(const TreeItem& data, Form form, const std::string& syntax) {
  Encoded file;
  if (!syntax.empty()) {
    Writer meta(true, false);
    std::string padded = syntax;
    if (padded.size() % 2 == 1) padded += '\0';
    TreeItem group;
    group.nodes.push_back({0x00020010U, "UI", padded, false, false, false, {}});
    meta.item(group);
    TreeItem length;
    const auto size = static_cast<std::uint32_t>(meta.out().bytes.size());
    std::string number;
    for (unsigned shift = 0; shift < 32; shift += 8) number += static_cast<char>(size >> shift & 0xFFU);
    length.nodes.push_back({0x00020000U, "UL", number, false, false, false, {}});
    Writer first(true, false);
    first.item(length);
    file.bytes = std::string(128, '\0') + "DICM" + first.out().bytes + meta.out().bytes;
  }
  Writer writer(form != Form::kImplicit, form == Form::kBigEndian);
  writer.item(data);
  Encoded body = writer.take();
  if (form == Form::kDeflated) {
    file.bytes += deflated(body.bytes);
    return file;
  }
  for (HeaderPlace place : body.headers) {
    place.tag += file.bytes.size();
    if (place.vr != 0) place.vr += file.bytes.size();
    place.length += file.bytes.size();
    file.headers.push_back(place);
  }
  file.bytes += body.bytes;
  return file;
}

}  // namespace dicom_test
