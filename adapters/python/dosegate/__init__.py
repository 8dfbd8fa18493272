"""Dosegate in process: checks a radiotherapy plan against a trial's protocol while the plan is being made.

    import dosegate

    with dosegate.load() as library, library.builtin_protocol() as protocol, library.case() as case:
        case.set_plan(plan)                      # dosegate.v1.Plan: a dict, or JSON
        for structure in structures:
            case.set_structure(structure)        # dosegate.Structure
        case.set_dose(dose)                      # dosegate.Dose
        with case.check(protocol) as report:
            print(report.verdict.name)           # PASS, FAIL or INCOMPLETE

Pure Python over ctypes: nothing is compiled, nothing but the standard library is needed. NumPy arrays are taken where they
are there. What fails is a DosegateError with `status`, `path` and `message`. The rules of the C interface hold
(plugin/ABI.md); README.md beside this package says what they mean in Python.
"""
import pkgutil

# Another distribution may have brought dosegate.v1, the messages of the gRPC interface.
__path__ = pkgutil.extend_path(__path__, __name__)

from .case import Case  # noqa: E402
from .data import (Contour, ContourType, Dose, DosePlanes, DoseType, Slices, Structure, Summation,  # noqa: E402
                   Units)
from .documents import Document, Protocol, Report, Verdict  # noqa: E402
from .errors import (Cancelled, Closed, DosegateError, Incompatible, InternalError, InvalidArgument,  # noqa: E402
                     InvalidData, LimitExceeded, NotFound, OutOfMemory, Status)
from .gamma import DosePoints, GammaResult  # noqa: E402
from .library import Library, load  # noqa: E402
from .manifest import Manifest  # noqa: E402
from .memory import Memory  # noqa: E402

__all__ = [
    "Cancelled", "Case", "Closed", "Contour", "ContourType", "Document", "Dose", "DosePlanes", "DosePoints", "DoseType",
    "DosegateError", "GammaResult", "Incompatible", "InternalError", "InvalidArgument", "InvalidData", "Library",
    "LimitExceeded", "Manifest", "Memory", "NotFound", "OutOfMemory", "Protocol", "Report", "Slices", "Status", "Structure",
    "Summation", "Units", "Verdict", "load",
]
