"""Where the images lie that structures were drawn on: from images where there are any, else from the structure set's list of
them and the contours that refer to one."""
from typing import Dict, List, Sequence, Tuple

from ..data import Slices, Structure
from ..errors import InvalidData
from .objects import Item, Object
from .structures import first_points

PARALLEL = 2e-4  # off the axis by no more than this
FURTHEST_MM = 1e5
MOST_IMAGES, MOST_SERIES = 100_000, 256
FLAT_MM = 0.1

Key = Tuple[str, int]  # frame of reference, axis
Lists = Dict[str, List[List[str]]]  # by frame of reference: series of images, in their order


def normal_of_image(cosines: Sequence[float]) -> Tuple[float, float, float]:
    """Row cosines times column cosines: of length 1 where these are unit vectors at right angles."""
    r, c = cosines[:3], cosines[3:]
    return (r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0])


def axis_of_image(cosines: Sequence[float]) -> int:
    """The patient axis that an image is normal to; -1: none."""
    n = normal_of_image(cosines)
    for axis in (2, 1, 0):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        if abs(abs(n[axis]) - 1.0) <= PARALLEL and abs(n[u]) <= PARALLEL and abs(n[v]) <= PARALLEL:
            return axis
    return -1


def _axis_of_structure(structure: Structure) -> int:
    """The axis that its contours are flat along: of the first that is flat along just one."""
    for contour in structure.contours:
        points = contour.points_mm
        if len(points) < 9:
            continue
        flat = [axis for axis in range(3) if max(points[axis::3]) - min(points[axis::3]) <= FLAT_MM]
        if len(flat) == 1:
            return flat[0]
    return -1


def _lists(structure_set: Object) -> Lists:
    found: Lists = {}
    for frame in structure_set.item.items("ReferencedFrameOfReferenceSequence"):
        for study in frame.items("RTReferencedStudySequence"):
            for series in study.items("RTReferencedSeriesSequence"):
                uids = [image.text("ReferencedSOPInstanceUID") for image in series.items("ContourImageSequence")]
                if len(uids) <= MOST_IMAGES:
                    found.setdefault(frame.text("FrameOfReferenceUID"), []).append(uids)
    return found


def _placed(uids: Sequence[str], points: Dict[str, Tuple[float, ...]], axis: int) -> List[float]:
    """Of one list of images, of which some positions are known."""
    known = [(n, points[uid][axis]) for n, uid in enumerate(uids) if uid in points]
    at = [z for _, z in known]
    if len(known) < 2:
        return []
    direction = 1.0 if at[-1] > at[0] else -1.0
    if any(not direction * (b - a) > 0.0 for a, b in zip(at, at[1:])):
        # Out of order, a list says where all images are when contours lie on each of them, and else nothing.
        return at if len(known) == len(uids) else []
    for (n, z), (m, next_z) in zip(known, known[1:]):
        step = (next_z - z) / (m - n)
        at += [z + k * step for k in range(1, m - n)]
    return at


def place_of_image(data: Item) -> Tuple[str, str, str, List[float], List[float]]:
    return (data.text("SOPInstanceUID"), data.text("SeriesInstanceUID"), data.text("FrameOfReferenceUID"),
            data.decimals("ImagePositionPatient"), data.decimals("ImageOrientationPatient"))


def slices_of(structure_set: Object, structures: Sequence[Structure], images: Sequence[Object]) -> List[Slices]:
    try:
        lists, points = _lists(structure_set), first_points(structure_set)
    except InvalidData:
        lists, points = {}, {}  # damaged lists say nothing; what the contours need was read before
    listed = {uid for of_frame in lists.values() for uids in of_frame for uid in uids}
    frames: Dict[str, int] = {}  # of the ROIs, with the axis of the first ROI there that has one
    for structure in structures:
        axis = _axis_of_structure(structure)
        if axis >= 0:
            frames.setdefault(structure.frame_of_reference_uid or "", axis)
    found: Dict[Key, List[float]] = {}
    series: Dict[Key, set] = {}  # type: ignore[type-arg]
    for image in images:
        uid, series_uid, frame, position, cosines = place_of_image(image.item)
        axis = axis_of_image(cosines) if len(cosines) == 6 and len(position) == 3 else -1
        if axis < 0 or frame not in frames or (listed and uid not in listed):
            continue
        found.setdefault((frame, axis), []).append(position[axis])
        series.setdefault((frame, axis), set()).add(series_uid)
    if not listed:  # which of several series was drawn on only a list tells
        found = {key: at for key, at in found.items() if len(series[key]) == 1}
    for frame, axis in frames.items():
        if (frame, axis) not in found:
            placed = [at for uids in lists.get(frame, []) for at in _placed(uids, points, axis)]
            if placed:
                found[frame, axis] = placed
    return [Slices(sorted(at), axis, frame or None) for (frame, axis), at in sorted(_near(found).items())][:MOST_SERIES]


def _near(found: Dict[Key, List[float]]) -> Dict[Key, List[float]]:
    near = {key: [z for z in at if abs(z) <= FURTHEST_MM] for key, at in found.items()}
    return {key: at for key, at in near.items() if 0 < len(at) <= MOST_IMAGES}
