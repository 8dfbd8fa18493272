"""Whether contours lie on the images that they name (PS3.3 C.8.8.6), where these are there; the same as the C++ reader's
compare_with_named_images (adapters/dicom/images.h), which says what contradicts an image."""
import math
from bisect import bisect_left, bisect_right
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..data import Contour, ContourType, Structure
from ..errors import InvalidData
from .images import FURTHEST_MM, axis_of_image, normal_of_image, place_of_image
from .objects import Item, Object
from .structures import contour_of

ROUNDING_MM = 0.05  # of coordinates with one decimal
MOST_APART_MM = 15.0
LONGEST_UID = 64
MOST_PLACES = 8  # of images with one UID, and of images that a contour names

Vector = Tuple[float, float, float]
Stack = Tuple[str, str, Tuple[int, ...]]  # series, frame of reference, normal in thousandths


class _Place(NamedTuple):
    stack: Stack
    normal: Vector
    at: float  # along it
    position: Tuple[float, ...]
    axis: int  # of the patient, along the normal; -1: none


def _along(normal: Sequence[float], point: Sequence[float]) -> float:
    return normal[0] * point[0] + normal[1] * point[1] + normal[2] * point[2]


def _normal(cosines: Sequence[float]) -> Optional[Vector]:
    n = normal_of_image(cosines)
    length = math.sqrt(_along(n, n))
    return (n[0] / length, n[1] / length, n[2] / length) if abs(length - 1.0) <= 1e-3 else None


def _thousandths(value: float) -> int:
    return int(math.copysign(math.floor(abs(value * 1000.0) + 0.5), value))  # as C rounds


class _Images:
    def __init__(self, images: Sequence[Object]):
        self.places: Dict[str, List[_Place]] = {}
        self.stacks: Dict[Stack, List[float]] = {}
        for image in images:
            uid, series, frame, position, cosines = place_of_image(image.item)
            normal = _normal(cosines) if len(cosines) == 6 and len(position) == 3 else None
            if normal is None or not 0 < len(uid) <= LONGEST_UID or any(not abs(mm) <= FURTHEST_MM for mm in position):
                continue
            stack = (series, frame, tuple(_thousandths(value) for value in normal))
            place = _Place(stack, normal, _along(normal, position), tuple(position), axis_of_image(cosines))
            self.stacks.setdefault(stack, []).append(place.at)
            known = self.places.setdefault(uid, [])
            if not any(other[:3] == place[:3] for other in known) and len(known) <= MOST_PLACES:
                known.append(place)
        for at in self.stacks.values():
            at.sort()

    def contradiction(self, item: Item, frame: str) -> Optional[str]:
        uids = list(dict.fromkeys(named.text("ReferencedSOPInstanceUID") for named in item.items("ContourImageSequence")))
        if not uids or any(not 0 < len(self.places.get(uid, ())) <= MOST_PLACES for uid in uids):
            return None
        contour = contour_of(item)
        has_area = contour is not None and contour.geometric_type in (ContourType.CLOSED_PLANAR, ContourType.CLOSEDPLANAR_XOR)
        if contour is None or not has_area or len(contour.points_mm) < 9:
            return None
        nearest: Optional[Tuple[float, float, str]] = None
        for uid in uids:
            there = [place for place in self.places[uid] if place.stack[1] == frame]
            if not there:
                return None
            for place in there:
                off, why = self._compare(contour, place)
                if why is None:
                    return None
                if nearest is None or (off, place.at) < nearest[:2]:
                    nearest = (off, place.at, _sentence(off, uid, place, why))
        return nearest[2] if nearest else None

    def _compare(self, contour: Contour, place: _Place) -> Tuple[float, Optional[str]]:
        points, at = contour.points_mm, place.at
        along = [_along(place.normal, points[n:n + 3]) for n in range(0, len(points), 3)]
        low, high = min(along), max(along)
        off = max(low - at, at - high, 0.0)  # where it was drawn oblique, 0 when the image cuts it
        if off <= ROUNDING_MM:
            return off, None
        stack, apart = self.stacks[place.stack], MOST_APART_MM
        # As far as the next image on that side, a contour between the two may name either.
        if low > at:
            n = bisect_right(stack, at + ROUNDING_MM)
            apart = min(apart, stack[n] - at) if n < len(stack) else apart
        else:
            n = bisect_left(stack, at - ROUNDING_MM)
            apart = min(apart, at - stack[n - 1]) if n > 0 else apart
        if off > apart + ROUNDING_MM:
            return off, f"as far as {apart:.2f} mm it may lie between two images"
        n = bisect_left(stack, high - ROUNDING_MM)
        if n < len(stack) and stack[n] <= low + ROUNDING_MM and abs(stack[n] - at) > ROUNDING_MM:
            return off, "it lies on the next image"
        return off, None


def _sentence(off: float, uid: str, place: _Place, why: str) -> str:
    mm = [f"{value:.2f} mm" for value in place.position]
    at = f"{'xyz'[place.axis]} = {mm[place.axis]}" if place.axis >= 0 else "x, y, z = " + ", ".join(mm)
    return (f"lies {off:.2f} mm from the image that it names ({uid}, at {at}; {why}): contours or images were moved, so where "
            "the structure is in the patient is not known. Export both again, together.")


def compare_with_named_images(structure_set: Object, structures: Sequence[Structure], images: Sequence[Object]) -> None:
    """Gives a structure that contradicts the images a defect. Images that are not there or of another frame of reference say
    nothing."""
    known = _Images(images)
    by_number = {structure.roi_number: structure for structure in structures}
    for roi in structure_set.item.items("ROIContourSequence") if known.places else ():
        structure = by_number.get(roi.required("ReferencedROINumber"))
        if structure is None or structure.defect:
            continue
        for contour in roi.items("ContourSequence"):
            try:
                found = known.contradiction(contour, structure.frame_of_reference_uid or "")
            except InvalidData:
                continue  # what its contour needs was read before; an image that cannot be read is not named
            if found:
                structure.defect = f"A contour of ROI '{structure.name}' {found}"
                break
