"""One patient's plan, structures and dose."""
import ctypes
from typing import Any, Callable, Optional, TypeVar, Union

from . import _abi
from ._calls import Handle, JsonInput, c_text, call, created, function_of, json_text
from .data import (Dose, DosePlanes, Passed, Slices, Structure, c_dose, c_dose_planes, c_slices, c_structure, whole)
from .documents import Document, Protocol, Report
from .errors import DosegateError, InvalidArgument
from .gamma import Comparison, DosePoints, GammaResult, c_points
from .host import Host
from .loader import Loaded
from .memory import Memory

T = TypeVar("T")
H = TypeVar("H", bound=Handle)


def _of(protocol: Protocol) -> Protocol:
    if not isinstance(protocol, Protocol):
        raise InvalidArgument("protocol", f"a Protocol of the library is expected, not {type(protocol).__name__}")
    return protocol


class Case(Handle):
    """dosegate_case. Made by Library.case(). It holds plans, structure sets and doses, each by a name of the host's; who has
    one of each names nothing. One thread at a time uses it; different cases run in parallel, as a call
    leaves Python's lock while the library computes. A call that fails has no effect. What is passed in is copied.

    The case keeps what it computed: after a new dose, some planes or one structure, a check costs what that touches."""

    def __init__(self, loaded: Loaded, host: Host):
        self._host = host
        raw = created(loaded, loaded.api.case_create, ctypes.byref(host.struct))
        super().__init__(loaded, raw, loaded.api.case_release)

    def _call(self, name: str, *arguments: Any) -> None:
        with self._in_use() as raw:
            self._run(call, self._loaded.function(name), raw, *arguments)
        self._host.raise_what_was_raised()

    def _answer(self, handle: H) -> H:
        """Unless a callback raised something after the library had asked for the last time."""
        if self._host.raised is not None:
            handle.close()
            self._host.raise_what_was_raised()
        return handle

    def _run(self, how: Callable[..., T], function: Any, *arguments: Any) -> T:
        """Calls; what a callback raised meanwhile is raised from here."""
        try:
            return how(self._loaded, function, *arguments)
        except DosegateError:
            self._host.raise_what_was_raised()
            raise

    @staticmethod
    def _at(passed: Passed) -> Any:
        return ctypes.byref(passed.struct)

    # --- what the case is

    def set_plan(self, plan: JsonInput) -> None:
        """dosegate.v1.Plan. nameInCase is its name."""
        self._call("case_set_plan", json_text(plan, "plan"))

    def remove_plan(self, name_in_case: str = "") -> None:
        self._call("case_remove_plan", c_text(name_in_case, "name_in_case"))

    def set_options(self, options: JsonInput) -> None:
        """dosegate.v1.CaseOptions."""
        self._call("case_set_options", json_text(options, "options"))

    def set_record(self, record: Optional[JsonInput]) -> None:
        """dosegate.v1.ClinicalRecord; None: the case has none from now on."""
        self._call("case_set_record", json_text(b"" if record is None else record, "record"))

    def set_structure(self, structure: Structure) -> None:
        """Adds the structure, or replaces the one of that ROI number in its structure set."""
        passed = c_structure(structure)
        self._call("case_set_structure", self._at(passed))

    def remove_structure(self, roi_number: int, structure_set: str = "") -> None:
        self._call("case_remove_structure_of_set", c_text(structure_set, "structure_set"), whole(roi_number, -2**31, 2**31 - 1, "roi_number"))

    def remove_structure_set(self, structure_set: str = "") -> None:
        self._call("case_remove_structure_set", c_text(structure_set, "structure_set"))

    def set_slices(self, slices: Slices) -> None:
        """Where images lie; replaces what was said before of that frame of reference and axis."""
        passed = c_slices(slices)
        self._call("case_set_slices", self._at(passed))

    def set_dose(self, dose: Dose) -> None:
        passed = c_dose(dose)
        self._call("case_set_dose", self._at(passed))

    def set_dose_planes(self, planes: DosePlanes) -> None:
        """New values for planes of a dose that the case holds."""
        passed = c_dose_planes(planes)
        self._call("case_set_dose_planes", self._at(passed))

    def remove_dose(self, name_in_case: str = "") -> None:
        self._call("case_remove_dose", c_text(name_in_case, "name_in_case"))

    def expect_dose(self, protocol: Protocol, grid: Dose) -> None:
        """The grid of a dose that is still being computed (`values` may be None, then with columns, rows and planes): the
        check of the first dose on it then takes as long as that of any later one. No answer is another one for it."""
        passed = c_dose(grid)
        with _of(protocol)._in_use() as by:
            self._call("case_expect_dose", by, self._at(passed))

    def set_measurement(self, measured: Union[Dose, DosePoints, None]) -> None:
        """What was measured of the case's dose, for the rule on gamma; None: nothing from now on."""
        dose = c_dose(measured, "measured") if isinstance(measured, Dose) else None
        points = c_points(measured, "measured") if isinstance(measured, DosePoints) else None
        function = function_of(self._loaded, _abi.DOSEGATE_EXT_GAMMA, _abi.dosegate_gamma, "case_set_measurement")
        with self._in_use() as raw:
            self._run(call, function, raw, dose and self._at(dose), points and self._at(points))

    # --- what is asked

    def check(self, protocol: Protocol) -> Report:
        """Raises Cancelled where should_cancel answered yes, and what a callback raised."""
        with self._in_use() as raw, _of(protocol)._in_use() as by:
            out = self._run(created, self._loaded.api.check, raw, by)
        return self._answer(Report(self._loaded, out, self._loaded.api.report_release))

    def dvh(self, request: JsonInput) -> Document:
        """dosegate.v1.DvhRequest to dosegate.v1.DvhReport."""
        return self._document(self._loaded.api.dvh, json_text(request, "request"))

    def gamma(self, reference: Union[Dose, DosePoints], evaluated: Dose, request: Optional[JsonInput] = None,
              with_map: bool = False) -> GammaResult:
        """dosegate.v1.GammaRequest to dosegate.v1.GammaReport, of two doses; the case's own plays no part."""
        comparison = Comparison(reference, evaluated, with_map)
        function = function_of(self._loaded, _abi.DOSEGATE_EXT_GAMMA, _abi.dosegate_gamma, "compute")
        document = self._document(function, ctypes.byref(comparison.input), json_text(request or {}, "request"))
        return GammaResult(document, comparison.map)

    def _document(self, function: Any, *arguments: Any) -> Document:
        with self._in_use() as raw:
            out = self._run(created, function, raw, *arguments)
        return self._answer(Document(self._loaded, out, self._loaded.api.document_release))

    # --- memory

    def _memory(self, name: str, *arguments: Any) -> None:
        function = function_of(self._loaded, _abi.DOSEGATE_EXT_MEMORY, _abi.dosegate_memory, name)
        with self._in_use() as raw:
            call(self._loaded, function, raw, *arguments)

    def memory(self) -> Memory:
        """Also while another thread's call works on the case. [thread-safe]"""
        out = _abi.dosegate_case_memory(struct_size=ctypes.sizeof(_abi.dosegate_case_memory))
        self._memory("case_memory", ctypes.byref(out))
        return Memory(out.bytes, out.kept, out.most)

    def give_back(self) -> None:
        """Lets go of kept results; the next answer is the same and takes as long as a first one."""
        self._memory("case_give_back")

    def set_memory_limit(self, most_bytes: int) -> None:
        """What the case may hold, calls included; 0: anything. [thread-safe]"""
        self._memory("case_set_limit", whole(most_bytes, 0, 2**64 - 1, "bytes"))
