"""RT Dose as a dose; the doses of single beams summed. A dose that cannot be made whole is one with a defect: every dose rule is
then NOT_EVALUABLE."""
import array
import math
import sys
from typing import Any, Dict, List, Optional, Sequence, Tuple

from pydicom.uid import UID

from ..data import Dose, DoseType, Summation, Units
from ..errors import LimitExceeded
from .objects import Item, Object, short, tag_text

MOST_VOXELS = 1 << 28
# How far the first offset may lie from 0 or from z of Image Position (Patient), mm: both are rounded in print.
OFFSET_TOLERANCE_MM = 1e-3
COSINE_TOLERANCE = 1e-4
# How far a voxel of one beam's grid may lie from the same voxel of another's: what rounding in decimal strings can do.
GRID_TOLERANCE_MM = 1e-3
_AGAIN = "export the dose again"

_UNITS = {"GY": Units.GY, "CGY": Units.CGY, "RELATIVE": Units.RELATIVE}
_TYPES = {"PHYSICAL": DoseType.PHYSICAL, "EFFECTIVE": DoseType.EFFECTIVE, "ERROR": DoseType.ERROR}
_SUMMATIONS = {"PLAN": Summation.PLAN, "FRACTION": Summation.FRACTION, "FRACTION_SESSION": Summation.FRACTION_SESSION,
               "MULTI_PLAN": Summation.MULTI_PLAN}


def _numbers(data: Item, keyword: str, count: int) -> List[float]:
    found = data.decimals(keyword)
    if len(found) != count:
        raise data.fail(keyword, f"has {len(found)} values; {count} are needed; {_AGAIN}" if found else f"is missing; {_AGAIN}")
    return found


def _one_of(data: Item, keyword: str, known: Dict[str, Any]) -> Any:
    text = data.text(keyword)
    if text not in known:
        raise data.fail(keyword, f"'{text}' is none of {', '.join(known)}; {_AGAIN}" if text else f"is missing; {_AGAIN}")
    return known[text]


def _shape(data: Item) -> Tuple[int, int, int]:
    """(planes, rows, columns)."""
    shape = (data.integer("NumberOfFrames") or 1, data.required("Rows"), data.required("Columns"))
    if min(shape) < 1:
        raise data.fail("Rows", f"the dose grid is empty; {_AGAIN}")
    if math.prod(shape) > MOST_VOXELS:
        raise LimitExceeded(f"{data.name} {tag_text('NumberOfFrames')}", f"{math.prod(shape)} voxels are more than the limit of "
                            f"{MOST_VOXELS}; export the dose on a coarser grid")
    return shape


def _pixels(source: Object, bits: int, shape: Sequence[int]) -> Any:
    """A flat array of unsigned numbers in this machine's byte order."""
    data, count = source.item, math.prod(shape)
    meta = getattr(source.dataset, "file_meta", None)
    syntax = UID(str(getattr(meta, "TransferSyntaxUID", "") or ""))
    if syntax and syntax.is_compressed and not syntax.is_deflated:
        try:
            import numpy
            values: Any = numpy.ascontiguousarray(source.dataset.pixel_array, dtype=f"u{bits // 8}").reshape(-1)
        except Exception as error:  # decoders raise many things
            raise data.fail("PixelData", f"cannot be decompressed: {short(error)}") from None
        if values.size != count:
            raise data.fail("PixelData", f"holds {values.size} values, and {count} are announced; {_AGAIN}")
        return values
    stored = data.value("PixelData")
    size = count * bits // 8
    if not isinstance(stored, (bytes, bytearray)) or len(stored) not in (size, size + size % 2):
        there = len(stored) if isinstance(stored, (bytes, bytearray)) else 0
        raise data.fail("PixelData", f"holds {there} bytes, and {size} are announced; {_AGAIN}")
    values = array.array("H" if bits == 16 else "I")
    values.frombytes(stored[:size])
    is_little = source.dataset.is_little_endian
    if is_little is None:
        raise data.fail("PixelData", "is in an unknown byte order: the data set says neither is_little_endian nor big; set it")
    if bool(is_little) != (sys.byteorder == "little"):
        values.byteswap()
    return values


def _offsets(data: Item, planes: int, position: Sequence[float], cosines: Sequence[float]) -> List[float]:
    """PS3.3 C.8.8.3.2: relative when the first value is 0; patient z when it equals z of Image Position (Patient) and the planes
    are transverse. Answers offsets relative to the position."""
    offsets = data.decimals("GridFrameOffsetVector")
    if planes == 1 and not offsets:
        return [0.0]
    if len(offsets) != planes:
        raise data.fail("GridFrameOffsetVector", f"has {len(offsets)} values for {planes} frames; {_AGAIN}")
    first = offsets[0]
    if abs(first) <= OFFSET_TOLERANCE_MM:
        return offsets
    is_transverse = all(abs(c - t) <= COSINE_TOLERANCE for c, t in zip(cosines, (1, 0, 0, 0, 1, 0)))
    if abs(first - position[2]) <= OFFSET_TOLERANCE_MM and not is_transverse:
        raise data.fail("GridFrameOffsetVector", f"starts at {first} mm, the z of the first plane: such absolute offsets are defined "
                        "for an axial grid only (PS3.3 C.8.8.3.2), and by Image Orientation (Patient) (0020,0037) this grid is not "
                        "axial (row along +x, column along +y); export the dose again with offsets that start at 0, or on an axial grid")
    if abs(first - position[2]) > OFFSET_TOLERANCE_MM:
        raise data.fail("GridFrameOffsetVector", f"starts at {first} mm, which is neither 0 nor the z of the first plane "
                        f"({position[2]} mm); where the planes lie is not known; {_AGAIN}")
    return [offset - first for offset in offsets]


def _defect(source: Object, is_signed: bool) -> Optional[str]:
    if is_signed:
        return f"The dose in {source.name} is stored as signed numbers, which only a dose error may be."
    # PS3.3 C.8.8.3: what was bent onto other images is no dose that was calculated there.
    transform = source.item.text("SpatialTransformOfDose")
    if transform not in ("", "NONE", "RIGID"):
        return (f"The dose in {source.name} was transformed from other images: Spatial Transform of Dose (3004,0005) is "
                f"{transform}, so how well it fits the structures is not known.")
    return None


def read_dose(source: Object) -> Dose:
    data = source.item
    units, dose_type = _one_of(data, "DoseUnits", _UNITS), _one_of(data, "DoseType", _TYPES)
    summation = data.text("DoseSummationType")
    if not summation:
        raise data.fail("DoseSummationType", f"is missing; {_AGAIN}")
    shape = _shape(data)
    bits, stored, samples = data.required("BitsAllocated"), data.integer("BitsStored"), data.integer("SamplesPerPixel")
    if bits not in (16, 32) or stored not in (None, bits) or samples not in (None, 1):
        raise data.fail("BitsAllocated", f"pixels of {bits} bits, {stored} stored, {samples} samples, are not read; export the "
                        "dose with 16 or 32 bits")
    sign = data.required("PixelRepresentation")
    if sign not in (0, 1):
        raise data.fail("PixelRepresentation", f"is neither 0 nor 1; {_AGAIN}")
    position, cosines = _numbers(data, "ImagePositionPatient", 3), _numbers(data, "ImageOrientationPatient", 6)
    spacing, (scaling,) = _numbers(data, "PixelSpacing", 2), _numbers(data, "DoseGridScaling", 1)
    if min(spacing) <= 0.0 or scaling <= 0.0:
        raise data.fail("PixelSpacing" if scaling > 0.0 else "DoseGridScaling", f"is not positive; {_AGAIN}")
    offsets = _offsets(data, shape[0], position, cosines)
    return Dose(_pixels(source, bits, shape), units, dose_type, _SUMMATIONS.get(summation, Summation.OTHER), position, spacing[0],
                spacing[1], offsets, data.text("FrameOfReferenceUID") or None, scaling, cosines[:3], cosines[3:], shape[2],
                shape[1], shape[0], _defect(source, sign == 1))


def _corner_distance(a: Dose, b: Dose) -> float:
    """At most how far a voxel of one grid lies from the same voxel of the other, mm."""
    def normal(d: Dose, i: int) -> float:
        j, k = (i + 1) % 3, (i + 2) % 3
        return d.row_cosines[j] * d.column_cosines[k] - d.row_cosines[k] * d.column_cosines[j]

    square = 0.0
    for i in range(3):
        planes = max(abs(p * normal(a, i) - q * normal(b, i)) for p, q in zip(a.plane_offsets_mm, b.plane_offsets_mm))
        columns = a.column_spacing_mm * a.row_cosines[i] - b.column_spacing_mm * b.row_cosines[i]
        rows = a.row_spacing_mm * a.column_cosines[i] - b.row_spacing_mm * b.column_cosines[i]
        square += (abs(a.position_mm[i] - b.position_mm[i]) + ((a.columns or 0) - 1) * abs(columns) +
                   ((a.rows or 0) - 1) * abs(rows) + planes) ** 2
    return math.sqrt(square)


def sum_beams(sources: Sequence[Object]) -> Dose:
    """The doses of single beams as one of the whole; whether every beam is there is looked at elsewhere."""
    total: Any = None
    first: Optional[Dose] = None
    for source in sources:
        dose = read_dose(source)
        files = f" ({sources[0].name}, {source.name})"
        defect = dose.defect
        if first is None:
            first = dose
        elif defect is None:
            same = (dose.columns, dose.rows, dose.planes, dose.frame_of_reference_uid) == (
                first.columns, first.rows, first.planes, first.frame_of_reference_uid)
            if not same or _corner_distance(first, dose) > GRID_TOLERANCE_MM:
                defect = f"The doses of single beams are on different grids{files}, so they cannot be summed."
            elif (dose.units, dose.dose_type) != (first.units, first.dose_type):
                defect = f"The doses of single beams differ in Dose Units or Dose Type{files}, so they cannot be summed."
        if defect is not None:
            first.defect, total = defect, None
            break
        scaling = dose.scaling or 1.0
        part = _scaled(dose.values, scaling)
        total = part if total is None else _added(total, part)
    assert first is not None
    first.values, first.scaling, first.summation = total, 1.0, Summation.BEAMS
    return first


def _scaled(values: Any, scaling: float) -> Any:
    try:
        import numpy
        return 0.0 + scaling * numpy.asarray(values, dtype="f8")
    except ImportError:
        return array.array("d", (scaling * v for v in values))


def _added(a: Any, b: Any) -> Any:
    return array.array("d", map(float.__add__, a, b)) if isinstance(a, array.array) else a + b
