"""Whether contours lie on the images that they name (PS3.3 C.8.8.6), where these are there. A contour may lie between its image
and the next; one that lies farther off contradicts it, and where its structure is in the patient is not known."""
from bisect import bisect_left, bisect_right
from typing import Dict, List, Optional, Sequence, Tuple

from ..data import Structure
from ..errors import InvalidData
from .images import FLAT_MM, axis_of_image, place_of_image
from .objects import Item, Object
from .structures import contour_of

ROUNDING_MM = 0.05  # of coordinates with one decimal

Stack = Tuple[str, str, int]  # series, frame of reference, axis


def _step_at(at: Sequence[float], z: float) -> float:
    """Of images at sorted places, the one at z: how far the farther of its neighbours is. 0: it has none."""
    below, above = at[:bisect_left(at, z)], at[bisect_right(at, z):]
    return max(z - below[-1] if below else 0.0, above[0] - z if above else 0.0)


class _Images:
    def __init__(self, images: Sequence[Object]):
        self.places: Dict[str, Optional[Tuple[Stack, float]]] = {}  # None: given twice, at two places
        self.stacks: Dict[Stack, List[float]] = {}
        for image in images:
            uid, series, frame, position, cosines = place_of_image(image.item)
            axis = axis_of_image(cosines) if len(cosines) == 6 and len(position) == 3 else -1
            if axis < 0:
                continue
            place = ((series, frame, axis), position[axis])
            self.places[uid] = place if self.places.get(uid, place) == place else None
            self.stacks.setdefault(place[0], []).append(position[axis])
        for at in self.stacks.values():
            at.sort()

    def contradiction(self, contour: Item, frame: str) -> Optional[str]:
        named = contour.items("ContourImageSequence")
        uid = named[0].text("ReferencedSOPInstanceUID") if len(named) == 1 else ""
        place = self.places.get(uid)
        if place is None or place[0][1] != frame:
            return None
        (stack, z), read = place, contour_of(contour)
        step = _step_at(self.stacks[stack], z)
        if read is None or step == 0.0:
            return None
        low, high = min(read.points_mm[stack[2]::3]), max(read.points_mm[stack[2]::3])
        off = abs((low + high) / 2 - z)
        if high - low > FLAT_MM or off <= step + ROUNDING_MM:  # drawn oblique, it is on no such image
            return None
        return (f"lies {off:.2f} mm from the image that it names ({uid}, at {'xyz'[stack[2]]} = {z:.2f} mm, images {step:.2f} mm "
                "apart): contours or images were moved, so where the structure is in the patient is not known. Export both "
                "again, together.")


def compare_with_named_images(structure_set: Object, structures: Sequence[Structure], images: Sequence[Object]) -> None:
    """Gives a structure that contradicts the images a defect. Images that are not there, of another frame of reference, tilted
    ones, and the only one of a series say nothing."""
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
