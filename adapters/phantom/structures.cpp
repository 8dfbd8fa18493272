// RT Structure Set Storage.
#include <cmath>

#include "adapters/phantom/anatomy.h"
#include "adapters/phantom/model.h"
#include "adapters/phantom/study.h"

namespace dosegate::phantom {
namespace {

std::size_t plane_index(double z) { return static_cast<std::size_t>(std::lround((z - kFirstPlane) / kPlaneSpacing)); }

void put_image_references(const Study& study, Item dataset) {
  Item frame = dataset.append(DCM_ReferencedFrameOfReferenceSequence);
  frame.text(DCM_FrameOfReferenceUID, study.frame_uid);
  // The retired Detached Study Management class is what PS3.3 C.8.8.5 still has here.
  Item referenced = frame.reference(DCM_RTReferencedStudySequence, "1.2.840.10008.3.1.2.3.1", study.study_uid);
  Item series = referenced.append(DCM_RTReferencedSeriesSequence);
  series.text(DCM_SeriesInstanceUID, study.ct_series_uid);
  for (const std::string& image : study.image_uids) {
    series.reference(DCM_ContourImageSequence, UID_CTImageStorage, image);
  }
}

void put_contours(const Study& study, const DrawnRoi& roi, Item dataset) {
  Item drawn = dataset.append(DCM_ROIContourSequence);
  drawn.numbers(DCM_ROIDisplayColor, {static_cast<double>(roi.colour[0]), static_cast<double>(roi.colour[1]),
                                      static_cast<double>(roi.colour[2])});
  int number = 0;
  for (const DrawnContour& contour : roi.contours) {
    Item item = drawn.append(DCM_ContourSequence);
    item.reference(DCM_ContourImageSequence, UID_CTImageStorage, study.image_uids[plane_index(contour.z)]);
    item.text(DCM_ContourGeometricType, "CLOSED_PLANAR");
    item.integer(DCM_NumberOfContourPoints, static_cast<int>(contour.points.size()));
    item.integer(DCM_ContourNumber, ++number);
    std::vector<double> coordinates;
    for (const auto& p : contour.points) coordinates.insert(coordinates.end(), {p[0], p[1], contour.z});
    item.numbers(DCM_ContourData, coordinates);
  }
  drawn.integer(DCM_ReferencedROINumber, roi.number);
}

}  // namespace

DicomFile make_structures(const Study& study) {
  DicomFile out = make_file(study, "RS.dcm", UID_RTStructureSetStorage, study.structures_uid, "RTSTRUCT",
                            study.uid("structure series"), 2);
  Item d(*out.file->getDataset());
  d.text(DCM_FrameOfReferenceUID, study.frame_uid);
  d.empty(DCM_PositionReferenceIndicator);
  d.text(DCM_StructureSetLabel, study.label);
  d.text(DCM_StructureSetName, study.organ + " phantom, case " + study.name);
  d.text(DCM_StructureSetDate, kDate);
  d.text(DCM_StructureSetTime, kTime);
  put_image_references(study, d);
  for (const DrawnRoi& roi : drawn_rois(study.name)) {
    Item named = d.append(DCM_StructureSetROISequence);
    named.integer(DCM_ROINumber, roi.number);
    named.text(DCM_ReferencedFrameOfReferenceUID, study.frame_uid);
    named.text(DCM_ROIName, roi.name);
    named.text(DCM_ROIGenerationAlgorithm, "AUTOMATIC");
    put_contours(study, roi, d);
    Item observed = d.append(DCM_RTROIObservationsSequence);
    observed.integer(DCM_ObservationNumber, roi.number);
    observed.integer(DCM_ReferencedROINumber, roi.number);
    observed.text(DCM_RTROIInterpretedType, roi.interpreted_type);
    observed.empty(DCM_ROIInterpreter);
  }
  d.text(DCM_ApprovalStatus, "UNAPPROVED");
  return out;
}

}  // namespace dosegate::phantom
