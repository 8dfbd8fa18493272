#include "adapters/dicom/structures.h"

#include <algorithm>
#include <map>

#include "adapters/dicom/contours.h"
#include "adapters/dicom/say.h"
#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/charset.h"
#include "adapters/dicom/wire/decimals.h"
#include "adapters/dicom/wire/tags.h"

namespace dosegate::dicom {
namespace {

constexpr Tag kRoiNumber = 0x30060022U, kRoiName = 0x30060026U;
constexpr Tag kDisplayColour = 0x3006002AU;
constexpr Tag kObservations = 0x30060080U, kInterpretedType = 0x300600A4U;

// Where several attributes are at fault, the first is told.
void add_defect(Structure& structure, const std::string& sentence) {
  if (structure.defect.empty()) structure.defect = sentence;
}

class Reader {
 public:
  Reader(const Object& object, const Limits& limits, unsigned threads, std::vector<v1::Sentences>& notes)
      : data_(object.data_set()), charset_(data_), limits_(limits), threads_(threads), notes_(notes) {}

  std::vector<Structure> run() {
    read_rois();
    read_contours();
    read_observations();
    renumber();
    if (charset_.guessed()) {
      notes_.push_back(note_of(charset_.declared().empty()
                                   ? say<Said::kNamesWithoutCharset>(data_.file())
                                   : say<Said::kNamesOfUnknownCharset>(data_.file(), charset_.declared())));
    }
    return std::move(structures_);
  }

 private:
  void read_rois() {
    if (!data_.has(kRois)) fail(data_.file(), kRois, "is missing: no structures", "export the structure set again");
    for (const Item& item : data_.sequence(kRois)) {
      Structure& structure = structures_.emplace_back();
      if (const auto name = item.bytes(kRoiName)) structure.name = decode(item, *name);
      structure.frame_of_reference_uid = item.text(kRoiFrame);
      const auto stated = item.bytes(kRoiNumber);
      const auto number = stated ? parse_integer(*stated) : std::nullopt;
      const std::size_t index = structures_.size() - 1;
      numbered_.push_back(number.has_value());
      if (!number) {
        add_defect(structure, "ROI '" + structure.name + "' has no valid " + tag_text(kRoiNumber) +
                                  ", so it is not known which contours are its own.");
        continue;
      }
      structure.roi_number = *number;
      by_number_[*number].push_back(index);
    }
    for (const auto& [number, indices] : by_number_) {
      if (indices.size() < 2) continue;
      for (const std::size_t index : indices) {
        add_defect(structures_[index], "ROI '" + structures_[index].name + "' shares its number " +
                                           std::to_string(number) +
                                           " with another ROI, so it is not known which contours are its own.");
      }
    }
  }

  std::string decode(const Item& item, std::string_view text) {
    return item.has(kCharacterSet) ? Charset(item).to_utf8(text) : charset_.to_utf8(text);
  }

  // The structures that an item of another sequence refers to.
  const std::vector<std::size_t>* referenced(const Item& item) const {
    const auto stated = item.bytes(kReferencedRoiNumber);
    const auto number = stated ? parse_integer(*stated) : std::nullopt;
    const auto found = number ? by_number_.find(*number) : by_number_.end();
    return found == by_number_.end() ? nullptr : &found->second;
  }

  // An item of the ROI Contour Sequence: contours [first, end) of the list.
  struct ContourSet {
    std::size_t structure = 0, first = 0, end = 0;
    bool is_second = false;  // of its structure
  };

  // For pictures alone: what cannot be read is no colour, and no error.
  static std::optional<std::array<std::uint8_t, 3>> colour_of(const Item& item) {
    bool readable = true;
    const auto text = item.bytes(kDisplayColour, &readable);
    std::vector<double> parts;
    if (!readable || !text || !parse_decimals(*text, parts) || parts.size() != 3) return std::nullopt;
    std::array<std::uint8_t, 3> colour{};
    for (std::size_t i = 0; i < 3; ++i) {
      if (!(parts[i] >= 0.0 && parts[i] <= 255.0)) return std::nullopt;
      colour[i] = static_cast<std::uint8_t>(parts[i]);
    }
    return colour;
  }

  void read_contours() {
    std::vector<StoredContour> contours;
    std::vector<ContourSet> sets;
    std::vector<bool> seen(structures_.size(), false);
    std::size_t orphans = 0;
    for (const Item& item : data_.sequence(kRoiContours)) {
      const auto* indices = referenced(item);
      if (indices == nullptr) {
        ++orphans;
        continue;
      }
      ContourSet set{indices->front(), contours.size(), contours.size(), seen[indices->front()]};
      seen[set.structure] = true;
      if (!set.is_second) {
        structures_[set.structure].colour = colour_of(item);
        for (const Item& contour : item.sequence(kContours)) contours.push_back({contour, {}, 0.0, {}});
        set.end = contours.size();
      }
      sets.push_back(set);
    }
    dicom::read_contours(contours, limits_, threads_);
    for (const ContourSet& set : sets) add_contours(contours, set);
    if (orphans > 0) notes_.push_back(note_of(say<Said::kContoursOfNoRoi>(data_.file(), orphans)));
  }

  void add_contours(std::vector<StoredContour>& contours, const ContourSet& set) {
    Structure& structure = structures_[set.structure];
    if (set.is_second) add_defect(structure, "ROI '" + structure.name + "' has two sets of contours.");
    // One thickness of the structure, or none: contours that disagree, or of which some are silent, say nothing.
    structure.slab_thickness_mm = set.first < set.end ? contours[set.first].slab_thickness_mm : 0.0;
    std::size_t empty = 0;
    for (std::size_t i = set.first; i < set.end; ++i) {
      if (contours[i].slab_thickness_mm != structure.slab_thickness_mm) structure.slab_thickness_mm = 0.0;
      Contour& contour = contours[i].contour;
      points_ += contour.points_mm.size() / 3;
      if (points_ > limits_.contour_points) {
        fail(data_.file(), kContourData, "more than " + std::to_string(limits_.contour_points) + " contour points",
             "export fewer structures, or coarser contours");
      }
      if (!contours[i].problem.empty()) {
        add_defect(structure, "Contour " + std::to_string(i - set.first + 1) + " of ROI '" + structure.name +
                                  "' is damaged: " + contours[i].problem + ".");
      } else if (contour.points_mm.empty()) {
        ++empty;
      } else {
        structure.contours.push_back(std::move(contour));
      }
    }
    if (empty > 0) notes_.push_back(note_of(say<Said::kContoursWithoutPoints>(empty, structure.name)));
  }

  void read_observations() {
    for (const Item& item : data_.sequence(kObservations)) {
      const auto* indices = referenced(item);
      if (indices == nullptr) continue;
      bool readable = true;
      const auto type = item.bytes(kInterpretedType, &readable);
      for (const std::size_t index : *indices) {
        if (type && structures_[index].interpreted_type.empty()) {
          structures_[index].interpreted_type = charset_.to_utf8(*type);
        }
      }
    }
  }

  // The library keys structures by number: those without their own get a free one.
  void renumber() {
    std::int32_t free_number = -1;
    const auto next_free = [&] {
      while (by_number_.count(free_number) > 0) --free_number;
      return free_number--;
    };
    std::map<std::int32_t, bool> taken;
    for (std::size_t i = 0; i < structures_.size(); ++i) {
      if (!numbered_[i] || taken[structures_[i].roi_number]) structures_[i].roi_number = next_free();
      taken[structures_[i].roi_number] = true;
    }
  }

  Item data_;
  Charset charset_;
  const Limits& limits_;
  unsigned threads_;
  std::vector<v1::Sentences>& notes_;
  std::vector<Structure> structures_;
  std::vector<bool> numbered_;
  std::map<std::int32_t, std::vector<std::size_t>> by_number_;
  std::uint64_t points_ = 0;
};

}  // namespace

std::vector<Structure> read_structures(const Object& object, const Limits& limits, unsigned threads,
                                       std::vector<v1::Sentences>& notes) {
  return Reader(object, limits, threads, notes).run();
}

}  // namespace dosegate::dicom
