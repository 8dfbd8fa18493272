"""Two doses compared by gamma (extension dosegate.gamma/1)."""
import ctypes
import dataclasses
from typing import Any, List, Optional, Union

from . import _abi
from ._calls import c_text
from .data import Dose, Numbers, Passed, c_dose, doubles, points
from .documents import Document
from .errors import InvalidArgument


@dataclasses.dataclass
class DosePoints:
    """dosegate_dose_points: doses at single points, as a detector array measures them."""
    points_mm: Numbers
    gy: Numbers
    frame_of_reference_uid: Optional[str] = None


@dataclasses.dataclass
class GammaResult:
    """`document` is dosegate.v1.GammaReport. `map`, where asked for: gamma at each value of the reference, float32, in the
    reference's order and shape; NaN where the point was left out."""
    document: Document
    map: Optional[memoryview]


def c_points(measured: DosePoints, path: str) -> Passed:
    kept: List[Any] = []
    out = _abi.dosegate_dose_points(struct_size=ctypes.sizeof(_abi.dosegate_dose_points))
    out.points_mm, count = points(measured.points_mm, f"{path}.points_mm", kept)
    out.gy, out.count = doubles(measured.gy, f"{path}.gy", kept)
    if out.count != count:
        raise InvalidArgument(f"{path}.gy", f"{out.count} doses are stated for {count} points")
    out.frame_of_reference_uid = c_text(measured.frame_of_reference_uid, f"{path}.frame_of_reference_uid")
    return Passed(out, kept)


class Comparison:
    """dosegate_gamma_input, and what it points to."""

    def __init__(self, reference: Union[Dose, DosePoints], evaluated: Dose, with_map: bool):
        self.map: Optional[memoryview] = None
        is_points = isinstance(reference, DosePoints)
        first = c_points(reference, "reference") if isinstance(reference, DosePoints) else c_dose(reference, "reference")
        second = c_dose(evaluated, "evaluated")
        self._kept = [first, second]
        self.input = _abi.dosegate_gamma_input(struct_size=ctypes.sizeof(_abi.dosegate_gamma_input))
        setattr(self.input, "reference_points" if is_points else "reference", ctypes.pointer(first.struct))
        self.input.evaluated = ctypes.pointer(second.struct)
        if with_map:
            shape = [first.struct.count] if is_points else [first.struct.planes, first.struct.rows, first.struct.columns]
            count = first.struct.count if is_points else first.struct.value_count
            values = (ctypes.c_float * count)()
            self._kept.append(values)
            self.input.map, self.input.map_count = values, count
            flat = memoryview(values).cast("B")
            self.map = flat.cast("f", shape) if all(shape) else flat.cast("f")
