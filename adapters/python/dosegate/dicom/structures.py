"""RT Structure Set as structures. A contour that cannot be relied on makes its structure one with a defect: everything that
needs it is then NOT_EVALUABLE, and the rest is checked."""
import array
import math
import re
from typing import Dict, List, Optional, Tuple

from pydicom.dataelem import RawDataElement

from ..data import Contour, ContourType, Structure
from ..errors import InvalidData, LimitExceeded
from .objects import Item, Object, tag_text

MOST_POINTS = 50_000_000  # of a case
THICKEST_MM = 100.0
_CONTOUR_DATA = 0x30060050


def numbers_of_contour(item: Item, most: int = -1) -> "array.array[float]":
    """(3006,0050), all or the first few. From the file's bytes where pydicom has not converted them yet: that is many times as fast."""
    raw = item.dataset.get_item(_CONTOUR_DATA) if _CONTOUR_DATA in item.dataset else None
    try:
        if isinstance(raw, RawDataElement) and isinstance(raw.value, bytes):
            text = raw.value.rstrip(b" \0")
            if not re.fullmatch(rb"[0-9+\-.eE \\]*", text):
                raise ValueError("a character that is no part of a number")
            numbers = array.array("d", map(float, text.split(b"\\", most)[:most if most > 0 else None] if text else ()))
        else:
            numbers = array.array("d", item.decimals("ContourData")[:most if most > 0 else None])
    except ValueError:
        raise item.fail("ContourData", "holds something that is not a finite number") from None
    if not all(map(math.isfinite, numbers)):
        raise item.fail("ContourData", "holds something that is not a finite number")
    return numbers


def contour_of(item: Item) -> Optional[Contour]:
    """None: without points. Raises InvalidData."""
    numbers = numbers_of_contour(item)
    if len(numbers) % 3 != 0:
        raise item.fail("ContourData", f"holds {len(numbers)} numbers, which is not a multiple of 3")
    stated = item.integer("NumberOfContourPoints")
    if item.has("NumberOfContourPoints") and stated != len(numbers) // 3:
        raise item.fail("NumberOfContourPoints", f"is {stated}, and {len(numbers) // 3} points are there")
    kind = item.text("ContourGeometricType")
    if kind not in ContourType.__members__:
        raise item.fail("ContourGeometricType", "is missing or unknown")
    if item.has("ContourOffsetVector"):
        offset = item.decimals("ContourOffsetVector")
        if len(offset) != 3:
            raise item.fail("ContourOffsetVector", "does not hold three numbers, so where the contour lies is not known")
        numbers = array.array("d", (v + offset[i % 3] for i, v in enumerate(numbers)))
    return Contour(numbers, ContourType[kind]) if numbers else None


def _thickness(item: Item) -> float:
    """(3006,0044); 0: not stated, or nothing that a slice could be."""
    try:
        value = item.decimal("ContourSlabThickness")
    except InvalidData:
        return 0.0
    return value if value is not None and 0.0 < value <= THICKEST_MM else 0.0


class _Reader:
    def __init__(self, source: Object, notes: List[str]):
        self.data, self.notes = source.item, notes
        self.structures: List[Structure] = []
        self.by_number: Dict[int, Structure] = {}
        self.points = 0

    def rois(self) -> None:
        if not self.data.has("StructureSetROISequence"):
            raise self.data.fail("StructureSetROISequence", "is missing: no structures; export the structure set again")
        for item in self.data.items("StructureSetROISequence"):
            number = item.required("ROINumber")
            if number in self.by_number:
                raise item.fail("ROINumber", f"{number} is that of two ROIs, so it is not known which contours are their own")
            self.by_number[number] = Structure(number, item.text("ROIName"), [],
                                               frame_of_reference_uid=item.text("ReferencedFrameOfReferenceUID") or None)
            self.structures.append(self.by_number[number])

    def contours(self) -> None:
        orphans, seen = 0, set()
        for item in self.data.items("ROIContourSequence"):
            structure = self.by_number.get(item.required("ReferencedROINumber"))
            if structure is None:
                orphans += 1
            elif structure.roi_number in seen:
                structure.defect = structure.defect or f"ROI '{structure.name}' has two sets of contours."
            else:
                seen.add(structure.roi_number)
                self.contours_of(structure, item.items("ContourSequence"))
        if orphans:
            self.notes.append(f"{orphans} set(s) of contours in {self.data.name} refer to no ROI of the structure set and were "
                              "left out.")

    def contours_of(self, structure: Structure, items: List[Item]) -> None:
        found, empty = [], 0
        for n, item in enumerate(items):
            try:
                contour = contour_of(item)
            except InvalidData as error:
                what = error.path[len(self.data.name) + 1:] + " " + error.message
                structure.defect = structure.defect or f"Contour {n + 1} of ROI '{structure.name}' is damaged: {what}."
                continue
            if contour is None:
                empty += 1
                continue
            self.points += len(contour.points_mm) // 3
            if self.points > MOST_POINTS:
                raise LimitExceeded(f"{self.data.name} {tag_text('ContourData')}", f"more than {MOST_POINTS} contour points; "
                                    "export fewer structures, or coarser contours")
            found.append(contour)
        structure.contours = found
        # One thickness of the structure, or none: contours that disagree, or of which some are silent, say nothing.
        thicknesses = {_thickness(item) for item in items}
        structure.slab_thickness_mm = thicknesses.pop() if len(thicknesses) == 1 else 0.0
        if empty:
            self.notes.append(f"{empty} contour(s) without points of ROI '{structure.name}' were left out.")

    def observations(self) -> None:
        for item in self.data.items("RTROIObservationsSequence"):
            structure = self.by_number.get(item.required("ReferencedROINumber"))
            if structure is not None and structure.interpreted_type is None:
                structure.interpreted_type = item.text("RTROIInterpretedType") or None


def read_structures(source: Object, notes: List[str]) -> List[Structure]:
    reader = _Reader(source, notes)
    reader.rois()
    reader.contours()
    reader.observations()
    if source.item.text("ApprovalStatus") == "REJECTED":
        for structure in reader.structures:
            structure.defect = structure.defect or (f"The structure set ({source.name}) is REJECTED by its Approval Status "
                                                    "(300E,0002).")
    return reader.structures


def first_points(source: Object) -> Dict[str, Tuple[float, ...]]:
    """By image: the first point of a contour that refers to this image alone."""
    found: Dict[str, Tuple[float, ...]] = {}
    for roi in source.item.items("ROIContourSequence"):
        for contour in roi.items("ContourSequence"):
            images = contour.items("ContourImageSequence")
            if len(images) != 1:
                continue
            try:
                numbers = numbers_of_contour(contour, 3)
            except InvalidData:
                continue
            if len(numbers) == 3:
                found.setdefault(images[0].text("ReferencedSOPInstanceUID"), tuple(numbers))
    return found
