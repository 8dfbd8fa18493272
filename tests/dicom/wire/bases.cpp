#include "tests/dicom/wire/bases.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "adapters/phantom/study.h"
#include "tests/dicom/builder.h"

namespace dicom_test {
namespace {

constexpr std::uint32_t kPixelData = 0x7FE00010U;

Node* node_of(TreeItem& item, std::uint32_t tag) {
  for (Node& node : item.nodes) {
    if (node.tag == tag) return &node;
  }
  return nullptr;
}

std::string short_value(std::size_t number) {
  return {static_cast<char>(number & 0xFFU), static_cast<char>(number >> 8U & 0xFFU)};
}

// As many items and characters as a mutant can do with: the exporter's structure stays, most of its numbers go.
void shorten(TreeItem& item) {
  constexpr std::size_t kMostItems = 3, kMostBytes = 240;
  for (Node& node : item.nodes) {
    if (node.items.size() > kMostItems) node.items.resize(kMostItems);
    for (TreeItem& below : node.items) shorten(below);
    if (node.is_sequence || node.tag == kPixelData || node.value.size() <= kMostBytes) continue;
    const std::size_t end = node.value.rfind('\\', kMostBytes);
    node.value.resize(end == std::string::npos ? kMostBytes : end);
    if (node.value.size() % 2 == 1) node.value += ' ';
  }
}

// A grid of 2 x 2 in two planes.
void crop_dose(TreeItem& data) {
  Node *rows = node_of(data, 0x00280010U), *columns = node_of(data, 0x00280011U), *frames = node_of(data, 0x00280008U),
       *bits = node_of(data, 0x00280100U), *pixels = node_of(data, kPixelData);
  if (pixels == nullptr || rows == nullptr || columns == nullptr || bits == nullptr) return;
  rows->value = columns->value = short_value(2);
  if (frames != nullptr) frames->value = "2 ";
  const std::size_t size = (frames != nullptr ? 8U : 4U) * static_cast<unsigned char>(bits->value.at(0)) / 8U;
  pixels->value.resize(size, '\x01');
}

TreeItem small(DcmItem& data) {
  TreeItem tree = tree_of(data);
  shorten(tree);
  crop_dose(tree);
  return tree;
}

// A 16-bit grid of two frames, each packed by PS3.5 annex G: two segments, the upper bytes first, in literal runs, one
// repeated run and, if asked for, one control byte that says nothing.
TreeItem packed_dose(bool with_no_operation) {
  const Data data = make_dose();
  TreeItem tree = tree_of(*data);
  Node* pixels = node_of(tree, kPixelData);
  const std::size_t frame = pixels->value.size() / 4;         // values of one of two frames
  std::string packed("\xFE\xFF\x00\xE0\x00\x00\x00\x00", 8);  // an empty offset table
  for (std::size_t f = 0; f < 2; ++f) {
    std::string upper, lower = with_no_operation ? "\x80" : "";
    upper += static_cast<char>(257 - frame);
    upper += '\0';
    lower += static_cast<char>(frame - 1);
    for (std::size_t i = 0; i < frame; ++i) lower += pixels->value[2 * (f * frame + i)];
    if (upper.size() % 2 == 1) upper += '\0';
    if (lower.size() % 2 == 1) lower += '\0';
    std::string fragment(64, '\0');
    fragment[0] = 2;
    fragment[4] = 64;
    fragment[8] = static_cast<char>(64 + upper.size());
    fragment += upper + lower;
    packed += std::string("\xFE\xFF\x00\xE0", 4) + short_value(fragment.size()) + std::string(2, '\0') + fragment;
  }
  packed += std::string("\xFE\xFF\xDD\xE0\x00\x00\x00\x00", 8);
  pixels->vr = "OB";
  pixels->value = packed;
  pixels->is_encapsulated = true;
  return tree;
}

Base base_of_file(const std::string& folder, const std::string& name) {
  DcmFileFormat file;
  const OFCondition status = file.loadFile((folder + "/" + name).c_str());
  if (status.bad()) throw std::runtime_error(name + ": " + status.text());
  return {name, small(*file.getDataset())};
}

}  // namespace

std::vector<Base> bases(const std::string& shared_data) {
  std::vector<Base> all;
  DoseSpec wide;
  wide.bits = 32;
  wide.summation = "BEAM";
  wide.beam = 1;
  all.push_back({"builder plan", tree_of(*make_plan())});
  all.push_back({"builder structures", tree_of(*make_structures())});
  all.push_back({"builder dose", tree_of(*make_dose())});
  all.push_back({"builder beam dose of 32 bits", tree_of(*make_dose(wide))});
  all.push_back({"builder packed dose", packed_dose(false)});
  all.push_back({"builder packed dose with an idle byte", packed_dose(true)});
  const dosegate::phantom::Study study("pass");
  all.push_back({"phantom plan", small(*dosegate::phantom::make_plan(study).file->getDataset())});
  all.push_back({"phantom structures", small(*dosegate::phantom::make_structures(study).file->getDataset())});
  all.push_back({"phantom dose", small(*dosegate::phantom::make_doses(study).front().file->getDataset())});
  if (shared_data.empty()) return all;
  for (const char* name :
       {"liverA/RS.dcm", "liverA/RP.dcm", "liverA/RD.dcm", "liverA/CT.001.dcm", "aptg-ion/RS.dcm", "aptg-ion/RP.dcm",
        "aptg-ion/RD2.dcm", "pydicom/rtplan.dcm", "pydicom/rtstruct.dcm", "pydicom/rtdose.dcm"}) {
    all.push_back(base_of_file(shared_data, name));
  }
  return all;
}

}  // namespace dicom_test
