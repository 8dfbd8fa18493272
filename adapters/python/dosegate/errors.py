"""What this package raises."""
import enum
from typing import Dict, Type

from . import _abi


class Status(enum.IntEnum):
    """dosegate_status. A status that this package does not know is handled as INTERNAL."""
    INVALID_ARGUMENT = _abi.DOSEGATE_INVALID_ARGUMENT
    INVALID_DATA = _abi.DOSEGATE_INVALID_DATA
    NOT_FOUND = _abi.DOSEGATE_NOT_FOUND
    INCOMPATIBLE = _abi.DOSEGATE_INCOMPATIBLE
    CANCELLED = _abi.DOSEGATE_CANCELLED
    LIMIT_EXCEEDED = _abi.DOSEGATE_LIMIT_EXCEEDED
    OUT_OF_MEMORY = _abi.DOSEGATE_OUT_OF_MEMORY
    INTERNAL = _abi.DOSEGATE_INTERNAL


class DosegateError(Exception):
    """A call that failed, and had no effect, or a library that was not loaded.

    `path` is the JSON path, field or file at fault and may be empty; `message` says what is wrong and how to mend it. A
    deviation from the protocol is no error, nor is something that could not be evaluated: both are in the report."""
    status = Status.INTERNAL

    def __init__(self, path: str, message: str):
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class InvalidArgument(DosegateError, ValueError):
    """The call breaks a rule of the interface."""
    status = Status.INVALID_ARGUMENT


class Closed(InvalidArgument):
    """A library, case, protocol, document or report was used after it was closed."""


class InvalidData(DosegateError, ValueError):
    """The data cannot be used: malformed JSON, a coordinate that is not a number, the size of a grid."""
    status = Status.INVALID_DATA


class NotFound(DosegateError, LookupError):
    """No such protocol, structure, file, or function of a newer library."""
    status = Status.NOT_FOUND


class Incompatible(DosegateError):
    """The library is for another machine, another version, or another build of it is in memory."""
    status = Status.INCOMPATIBLE


class Cancelled(DosegateError):
    """should_cancel answered yes. There is no report."""
    status = Status.CANCELLED


class LimitExceeded(DosegateError, ValueError):
    """Input larger than the library accepts; the message names the limit."""
    status = Status.LIMIT_EXCEEDED


class OutOfMemory(DosegateError, MemoryError):
    """The case is as it was before the call."""
    status = Status.OUT_OF_MEMORY


class InternalError(DosegateError):
    """A defect in Dosegate; the call had no effect. Please report it."""


_BY_STATUS: Dict[int, Type[DosegateError]] = {
    kind.status: kind
    for kind in (InvalidArgument, InvalidData, NotFound, Incompatible, Cancelled, LimitExceeded, OutOfMemory, InternalError)
}


def error_of(status: int, path: str, message: str) -> DosegateError:
    return _BY_STATUS.get(status, InternalError)(path, message)
