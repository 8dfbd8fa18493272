// CT Image Storage: 41 axial slices, 128 x 128 pixels of 3 mm.
#include <cmath>

#include "adapters/phantom/anatomy.h"
#include "adapters/phantom/model.h"
#include "adapters/phantom/study.h"

namespace dosegate::phantom {
namespace {

constexpr std::uint16_t kPixels = 128;
constexpr double kPixelSpacing = 3.0;
constexpr double kFirstPixel = -0.5 * kPixelSpacing * (kPixels - 1);
constexpr int kIntercept = -1024;

}  // namespace

std::vector<DicomFile> make_images(const Study& study) {
  std::vector<DicomFile> out;
  const std::vector<double> planes = image_planes();
  std::vector<Uint16> pixels(std::size_t{kPixels} * kPixels);
  const Site site = site_of(study.name);
  for (std::size_t k = 0; k < planes.size(); ++k) {
    std::string number = std::to_string(k + 1);
    number.insert(0, 3 - number.size(), '0');
    out.push_back(make_file(study, "CT." + number + ".dcm", UID_CTImageStorage, study.image_uids[k], "CT",
                            study.ct_series_uid, 1));
    Item d(*out.back().file->getDataset());
    d.text(DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
    d.text(DCM_ContentDate, kDate);
    d.text(DCM_ContentTime, kTime);
    d.text(DCM_AcquisitionDate, kDate);
    d.text(DCM_AcquisitionTime, kTime);
    d.number(DCM_SliceThickness, kPlaneSpacing);
    d.text(DCM_BodyPartExamined, "ABDOMEN");
    d.integer(DCM_KVP, 120);
    d.text(DCM_PatientPosition, "HFS");
    d.integer(DCM_AcquisitionNumber, 1);
    d.integer(DCM_InstanceNumber, static_cast<int>(k) + 1);
    d.numbers(DCM_ImagePositionPatient, {kFirstPixel, kFirstPixel, planes[k]});
    d.numbers(DCM_ImageOrientationPatient, {1, 0, 0, 0, 1, 0});
    d.text(DCM_FrameOfReferenceUID, study.frame_uid);
    d.empty(DCM_PositionReferenceIndicator);
    d.number(DCM_SliceLocation, planes[k]);
    d.us(DCM_SamplesPerPixel, 1);
    d.text(DCM_PhotometricInterpretation, "MONOCHROME2");
    d.us(DCM_Rows, kPixels);
    d.us(DCM_Columns, kPixels);
    d.numbers(DCM_PixelSpacing, {kPixelSpacing, kPixelSpacing});
    d.us(DCM_BitsAllocated, 16);
    d.us(DCM_BitsStored, 16);
    d.us(DCM_HighBit, 15);
    d.us(DCM_PixelRepresentation, 0);
    d.number(DCM_WindowCenter, 40);
    d.number(DCM_WindowWidth, 400);
    d.number(DCM_RescaleIntercept, kIntercept);
    d.number(DCM_RescaleSlope, 1);
    d.text(DCM_RescaleType, "HU");
    std::size_t at = 0;
    for (int row = 0; row < kPixels; ++row) {
      for (int column = 0; column < kPixels; ++column) {
        const int hu =
            hounsfield(site, kFirstPixel + kPixelSpacing * column, kFirstPixel + kPixelSpacing * row, planes[k]);
        pixels[at++] = static_cast<Uint16>(hu - kIntercept);
      }
    }
    d.words(DCM_PixelData, pixels.data(), pixels.size());
  }
  return out;
}

}  // namespace dosegate::phantom
