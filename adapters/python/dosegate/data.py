"""Structures, slices and doses, as a host has them, and their way across the C interface.

Numbers come as anything that has the buffer protocol (a NumPy array, array.array, a memoryview) or as sequences. Lengths are
mm in the DICOM patient coordinate system (LPS). What a conversion would cut, wrap or replace is refused."""
import array
import ctypes
import dataclasses
import enum
import itertools
import operator
import sys
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple, Type, Union

from . import _abi
from ._calls import c_text
from .errors import InvalidArgument, InvalidData


class ContourType(enum.IntEnum):
    """(3006,0042) Contour Geometric Type."""
    CLOSED_PLANAR = _abi.DOSEGATE_CONTOUR_CLOSED_PLANAR
    POINT = _abi.DOSEGATE_CONTOUR_POINT
    OPEN_PLANAR = _abi.DOSEGATE_CONTOUR_OPEN_PLANAR
    OPEN_NONPLANAR = _abi.DOSEGATE_CONTOUR_OPEN_NONPLANAR
    CLOSEDPLANAR_XOR = _abi.DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR


class Units(enum.IntEnum):
    """(3004,0002) Dose Units."""
    GY = _abi.DOSEGATE_UNITS_GY
    CGY = _abi.DOSEGATE_UNITS_CGY
    RELATIVE = _abi.DOSEGATE_UNITS_RELATIVE


class DoseType(enum.IntEnum):
    """(3004,0004) Dose Type."""
    PHYSICAL = _abi.DOSEGATE_DOSE_PHYSICAL
    EFFECTIVE = _abi.DOSEGATE_DOSE_EFFECTIVE
    ERROR = _abi.DOSEGATE_DOSE_ERROR


class Summation(enum.IntEnum):
    """(3004,000A) Dose Summation Type; see dosegate.h."""
    PLAN = _abi.DOSEGATE_SUMMATION_PLAN
    FRACTION = _abi.DOSEGATE_SUMMATION_FRACTION
    FRACTION_SESSION = _abi.DOSEGATE_SUMMATION_FRACTION_SESSION
    BEAMS = _abi.DOSEGATE_SUMMATION_BEAMS
    MULTI_PLAN = _abi.DOSEGATE_SUMMATION_MULTI_PLAN
    OTHER = _abi.DOSEGATE_SUMMATION_OTHER


Numbers = Any  # a buffer or a sequence of numbers; see each use


@dataclasses.dataclass
class Contour:
    """x, y, z of each point: an array of shape [n][3], a flat array of 3 n doubles, or a sequence of triples."""
    points_mm: Numbers
    geometric_type: ContourType = ContourType.CLOSED_PLANAR


@dataclasses.dataclass
class Structure:
    """dosegate_structure: one ROI. `contours` may be empty: an ROI without contours."""
    roi_number: int  # (3006,0022), the key within its structure set
    name: str  # (3006,0026)
    contours: Sequence[Union[Contour, Numbers]] = ()  # a bare array of points is a CLOSED_PLANAR contour
    interpreted_type: Optional[str] = None  # (3006,00A4)
    frame_of_reference_uid: Optional[str] = None  # (3006,0024); None: then no dose can be matched to it
    defect: Optional[str] = None  # a sentence: why this structure cannot be relied on
    slab_thickness_mm: float = 0.0  # (3006,0044); 0: not stated
    structure_set: Optional[str] = None  # the name in the case of the set that it is of; None: ""


@dataclasses.dataclass
class Slices:
    """dosegate_slices: where the images lie that structures were drawn on."""
    at_mm: Numbers  # along the axis, in any order; empty: none is known from now on
    axis: int = 2  # the patient axis that the images are normal to: 0 x, 1 y, 2 z
    frame_of_reference_uid: Optional[str] = None


@dataclasses.dataclass
class Dose:
    """dosegate_dose: a grid. `values` is [plane][row][column]: an array of that shape, or a flat one with columns, rows and
    planes stated; float32, float64, uint16 or uint32. None only with a defect, and of a dose that is expected.

    What decides on the meaning has no default: say it."""
    values: Numbers
    units: Units
    dose_type: DoseType
    summation: Summation
    position_mm: Sequence[float]  # (0020,0032): centre of the first voxel
    row_spacing_mm: float  # (0028,0030) value 1: between rows
    column_spacing_mm: float  # (0028,0030) value 2: between columns
    plane_offsets_mm: Numbers  # one a plane, relative to position_mm, strictly monotone
    frame_of_reference_uid: Optional[str]
    scaling: Optional[float] = None  # (3004,000E); None: 1, for float values only
    row_cosines: Sequence[float] = (1.0, 0.0, 0.0)  # in which the column index grows: any direction in the patient
    column_cosines: Sequence[float] = (0.0, 1.0, 0.0)  # in which the row index grows: at a right angle to that
    columns: Optional[int] = None
    rows: Optional[int] = None
    planes: Optional[int] = None
    defect: Optional[str] = None  # a sentence: why the dose could not be made whole
    name_in_case: Optional[str] = None  # the key: setting it again replaces the dose; None: ""
    plans: Sequence[str] = ()  # the names in the case of the plans that it sums; none: not stated
    structure_set: Optional[str] = None  # the name in the case of the set that it was calculated on; None: not stated


@dataclasses.dataclass
class DosePlanes:
    """dosegate_dose_planes: new values for planes of a dose that the case holds, [plane][row][column]."""
    values: Numbers
    first_plane: int
    plane_count: Optional[int] = None  # None: the first of the three dimensions of `values`
    name_in_case: Optional[str] = None  # of the dose; None: ""


class Passed(NamedTuple):
    """A struct of the interface, and what it points to, which has to live as long."""
    struct: Any
    kept: List[Any]


class _Values(NamedTuple):
    address: Optional[int]
    value_type: int
    shape: Tuple[int, ...]
    number: int  # of values


_TYPES = {"f": _abi.DOSEGATE_VALUES_FLOAT32, "d": _abi.DOSEGATE_VALUES_FLOAT64, "H": _abi.DOSEGATE_VALUES_UINT16,
          "I": _abi.DOSEGATE_VALUES_UINT32}
_NUMBERS = frozenset("fdbBhHiIlLqQ")  # what Python reads of a buffer and is a number
_FLOATS = (_abi.DOSEGATE_VALUES_FLOAT32, _abi.DOSEGATE_VALUES_FLOAT64)


def whole(value: Any, least: int, most: int, path: str) -> int:
    """ctypes wraps what does not fit; this refuses it."""
    try:
        number = operator.index(value)
    except TypeError:
        raise InvalidArgument(path, f"a whole number is expected, not {value!r}") from None
    if not least <= number <= most:
        raise InvalidArgument(path, f"{number} is not from {least} to {most}")
    return number


def real(value: Any, path: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidArgument(path, f"a number is expected, not {value!r}") from None


def enumerator(value: Any, kind: Type[enum.IntEnum], path: str) -> int:
    try:
        return int(kind(value))
    except ValueError:
        raise InvalidArgument(path, f"{value!r} is none of {', '.join(kind.__members__)}") from None


def _native(view: memoryview) -> str:
    """The one letter of the format, where the bytes are in this machine's order."""
    return view.format.lstrip("@=<" if sys.byteorder == "little" else "@=>!")


def _address(view: memoryview, kept: List[Any]) -> Optional[int]:
    """Of the values in C order: of the host's memory, or of a copy where it may not be written to or is not contiguous."""
    if view.nbytes == 0:
        return None
    if view.c_contiguous and not view.readonly:
        block = (ctypes.c_char * view.nbytes).from_buffer(view)
        kept.append(block)
        return ctypes.addressof(block)
    is_whole = isinstance(view.obj, bytes) and len(view.obj) == view.nbytes and view.c_contiguous
    data: Any = view.obj if is_whole else view.tobytes()
    kept.append(data)
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value


def _view(values: Any, path: str) -> Optional[memoryview]:
    """None: it is no array. A mask says that some of its numbers are none, and is not in the buffer."""
    mask = getattr(values, "mask", None)
    if mask is not None and bool(mask.any()):
        raise InvalidArgument(path, "a masked array is not taken: fill what is masked, or say why it is missing with a defect")
    try:
        view = memoryview(values)
    except TypeError:
        return None
    except ValueError as error:  # NumPy's dates
        raise InvalidArgument(path, f"numbers are expected: {error}") from None
    if isinstance(view.obj, (bytes, bytearray)) or _native(view) not in _NUMBERS:
        raise InvalidArgument(path, f"values of format '{view.format}' are no numbers in this machine's byte order that are taken")
    return view


def _values_of(values: Numbers, path: str, kept: List[Any]) -> _Values:
    view = _view(values, path)
    if view is None:
        raise InvalidArgument(path, f"an array is expected, not {type(values).__name__}")
    value_type = _TYPES.get(_native(view))
    if value_type is None:
        raise InvalidArgument(path, f"values of format '{view.format}' are not taken: float32, float64, uint16 or uint32 in "
                              "this machine's byte order")
    return _Values(_address(view, kept), value_type, view.shape or (), view.nbytes // view.itemsize)


def doubles(values: Numbers, path: str, kept: List[Any]) -> Tuple[Any, int]:
    """(pointer, count) of numbers in one row."""
    view = _view(values, path)
    if view is None:
        try:
            view = memoryview(array.array("d", values))
        except (TypeError, ValueError, OverflowError) as error:
            raise InvalidArgument(path, f"a sequence of numbers is expected: {error}") from None
    if _native(view) != "d":
        try:
            view = memoryview(array.array("d", view.tolist()))
        except (TypeError, ValueError, OverflowError) as error:
            raise InvalidArgument(path, f"a sequence of numbers is expected: {error}") from None
    address = _address(view, kept)
    return ctypes.cast(address, ctypes.POINTER(ctypes.c_double)) if address else None, view.nbytes // 8


def points(values: Numbers, path: str, kept: List[Any]) -> Tuple[Any, int]:
    """(pointer, number of points)."""
    view = _view(values, path)
    if view is not None and (view.ndim == 1 or view.ndim == 2 and (view.shape or (0, 0))[1] == 3):
        if _native(view) == "d" or view.ndim == 1:
            pointer, count = doubles(values, path, kept)
            if count % 3 != 0:
                raise InvalidArgument(path, f"{count} numbers are no points: x, y, z of each are expected")
            return pointer, count // 3
        values = view.tolist()
    elif view is not None:
        raise InvalidArgument(path, f"an array of shape {view.shape} holds no points: [n][3] is expected")
    try:
        rows = list(values)
        if any(len(row) != 3 for row in rows):
            raise ValueError("not three numbers")
        flat = array.array("d", itertools.chain.from_iterable(rows))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgument(path, f"x, y, z of each point are expected: {error}") from None
    pointer, count = doubles(flat, path, kept)
    return pointer, count // 3


def _triple(values: Sequence[float], path: str) -> Any:
    try:
        numbers = [real(v, path) for v in values]
    except TypeError:
        raise InvalidArgument(path, f"three numbers are expected, not {values!r}") from None
    if len(numbers) != 3:
        raise InvalidArgument(path, f"three numbers are expected, not {len(numbers)}")
    return (ctypes.c_double * 3)(*numbers)


def c_structure(structure: Structure) -> Passed:
    kept: List[Any] = []
    if not isinstance(structure, Structure):
        raise InvalidArgument("structure", f"a Structure is expected, not {type(structure).__name__}")
    if not hasattr(structure.contours, "__len__"):
        raise InvalidArgument("structure.contours", f"a list of contours is expected, not {type(structure.contours).__name__}")
    shape = getattr(structure.contours, "shape", None)
    if shape is not None and len(shape) == 2 and shape[0] > 0:
        raise InvalidArgument("structure.contours", f"an array of shape {shape} is one contour: a list of contours is expected")
    contours = (_abi.dosegate_contour * len(structure.contours))()
    for n, contour in enumerate(structure.contours):
        one = contour if isinstance(contour, Contour) else Contour(contour)
        where = f"structure.contours[{n}]"
        contours[n].points_mm, contours[n].point_count = points(one.points_mm, f"{where}.points_mm", kept)
        contours[n].geometric_type = enumerator(one.geometric_type, ContourType, f"{where}.geometric_type")
    kept.append(contours)
    out = _abi.dosegate_structure(struct_size=ctypes.sizeof(_abi.dosegate_structure))
    out.roi_number = whole(structure.roi_number, -2**31, 2**31 - 1, "structure.roi_number")
    out.structure_set = c_text(structure.structure_set, "structure.structure_set")
    out.name = c_text(structure.name, "structure.name")
    out.interpreted_type = c_text(structure.interpreted_type, "structure.interpreted_type")
    out.frame_of_reference_uid = c_text(structure.frame_of_reference_uid, "structure.frame_of_reference_uid")
    out.defect = c_text(structure.defect, "structure.defect")
    out.contours = contours if len(contours) else None
    out.contour_count = len(contours)
    out.slab_thickness_mm = real(structure.slab_thickness_mm, "structure.slab_thickness_mm")
    return Passed(out, kept)


def c_slices(slices: Slices) -> Passed:
    kept: List[Any] = []
    out = _abi.dosegate_slices(struct_size=ctypes.sizeof(_abi.dosegate_slices))
    out.axis = whole(slices.axis, 0, 2, "slices.axis")
    out.frame_of_reference_uid = c_text(slices.frame_of_reference_uid, "slices.frame_of_reference_uid")
    out.at_mm, out.count = doubles(slices.at_mm, "slices.at_mm", kept)
    return Passed(out, kept)


def _extents(dose: Dose, shape: Tuple[int, ...], path: str) -> Tuple[int, int, int]:
    """(planes, rows, columns): those stated, else those of the array, which must not disagree."""
    stated = (dose.planes, dose.rows, dose.columns)
    if len(shape) == 3:
        if any(s is not None and s != n for s, n in zip(stated, shape)):
            raise InvalidArgument(path, f"the values are of shape {shape}, and {stated} planes, rows and columns are stated")
        stated = (shape[0], shape[1], shape[2])
    if any(s is None for s in stated):
        raise InvalidArgument(path, "values that are not [plane][row][column] need columns, rows and planes to be stated")
    planes, rows, columns = (whole(s, 0, 2**32 - 1, path) for s in stated)
    return planes, rows, columns


def c_dose(dose: Dose, path: str = "dose") -> Passed:
    kept: List[Any] = []
    if not isinstance(dose, Dose):
        raise InvalidArgument(path, f"a Dose is expected, not {type(dose).__name__}")
    out = _abi.dosegate_dose(struct_size=ctypes.sizeof(_abi.dosegate_dose))
    shape: Tuple[int, ...] = ()
    out.value_type = _abi.DOSEGATE_VALUES_FLOAT32
    if dose.values is not None:
        values = _values_of(dose.values, f"{path}.values", kept)
        out.values, out.value_type, out.value_count, shape = values.address, values.value_type, values.number, values.shape
    if dose.scaling is None and out.value_type not in _FLOATS:
        raise InvalidArgument(f"{path}.scaling", "values that are whole numbers need the factor that makes them dose")
    out.planes, out.rows, out.columns = _extents(dose, shape, f"{path}.values")
    out.scaling = 1.0 if dose.scaling is None else real(dose.scaling, f"{path}.scaling")
    out.units = enumerator(dose.units, Units, f"{path}.units")
    out.dose_type = enumerator(dose.dose_type, DoseType, f"{path}.dose_type")
    out.summation = enumerator(dose.summation, Summation, f"{path}.summation")
    out.position_mm = _triple(dose.position_mm, f"{path}.position_mm")
    out.row_cosines = _triple(dose.row_cosines, f"{path}.row_cosines")
    out.column_cosines = _triple(dose.column_cosines, f"{path}.column_cosines")
    out.row_spacing_mm = real(dose.row_spacing_mm, f"{path}.row_spacing_mm")
    out.column_spacing_mm = real(dose.column_spacing_mm, f"{path}.column_spacing_mm")
    out.plane_offsets_mm, count = doubles(dose.plane_offsets_mm, f"{path}.plane_offsets_mm", kept)
    if count != out.planes:
        raise InvalidArgument(f"{path}.plane_offsets_mm", f"{count} offsets are stated for {out.planes} planes")
    out.frame_of_reference_uid = c_text(dose.frame_of_reference_uid, f"{path}.frame_of_reference_uid")
    out.defect = c_text(dose.defect, f"{path}.defect")
    out.name_in_case = c_text(dose.name_in_case, f"{path}.name_in_case")
    out.structure_set = c_text(dose.structure_set, f"{path}.structure_set")
    if isinstance(dose.plans, (str, bytes)) or not hasattr(dose.plans, "__len__"):
        raise InvalidArgument(f"{path}.plans", f"a list of names is expected, not {dose.plans!r}")
    names = [c_text(name, f"{path}.plans[{n}]") for n, name in enumerate(dose.plans)]
    out.plans, out.plan_count = (ctypes.c_char_p * len(names))(*names) if names else None, len(names)
    return Passed(out, kept)


def c_dose_planes(planes: DosePlanes) -> Passed:
    kept: List[Any] = []
    values = _values_of(planes.values, "planes.values", kept)
    count = planes.plane_count
    if count is None:
        if len(values.shape) != 3:
            raise InvalidArgument("planes.plane_count", "values that are not [plane][row][column] need plane_count")
        count = values.shape[0]
    out = _abi.dosegate_dose_planes(struct_size=ctypes.sizeof(_abi.dosegate_dose_planes))
    out.value_type, out.values, out.value_count = values.value_type, values.address, values.number
    out.first_plane = whole(planes.first_plane, 0, 2**32 - 1, "planes.first_plane")
    out.plane_count = whole(count, 0, 2**32 - 1, "planes.plane_count")
    out.name_in_case = c_text(planes.name_in_case, "planes.name_in_case")
    return Passed(out, kept)
