"""How a function of the table is called, and how what it answers is owned."""
import contextlib
import ctypes
import json
import threading
import weakref
from typing import Any, Iterator, Mapping, Optional, Type, TypeVar, Union

from . import _abi
from .errors import Closed, DosegateError, InvalidArgument, InvalidData, NotFound, error_of
from .loader import Loaded

# A document as a host has it: what json.dumps takes, or JSON as text.
JsonInput = Union[Mapping[str, Any], str, bytes]
T = TypeVar("T")
Table = TypeVar("Table", bound=ctypes.Structure)


def text_from(text: Any) -> bytes:
    """A copy of a borrowed dosegate_text."""
    return ctypes.string_at(text.data, text.size) if text.size else b""


def _error(loaded: Loaded, status: int, error: ctypes.c_void_p) -> DosegateError:
    path = text_from(loaded.api.error_path(error)).decode("utf-8", "replace")
    message = text_from(loaded.api.error_message(error)).decode("utf-8", "replace")
    loaded.api.error_release(error)
    return error_of(status, path, message or f"the call failed with status {status}")


def call(loaded: Loaded, function: Any, *arguments: Any) -> None:
    """Calls a function whose last parameter is the error. The interpreter's lock is free meanwhile."""
    error = ctypes.c_void_p()
    status = function(*arguments, ctypes.byref(error))
    if status != _abi.DOSEGATE_OK:
        raise _error(loaded, status, error)


def created(loaded: Loaded, function: Any, *arguments: Any) -> ctypes.c_void_p:
    """The same, for a function that answers with a handle in the parameter before the error."""
    out = ctypes.c_void_p()
    call(loaded, function, *arguments, ctypes.byref(out))
    return out


def extension(loaded: Loaded, identity: str, table: Type[Table]) -> Optional[Table]:
    """The table of an optional part; None where the library has none of that name."""
    address = loaded.api.get_extension(identity.encode("ascii"))
    return table.from_address(address) if address else None


def function_of(loaded: Loaded, identity: str, table: Type[Table], name: str) -> Any:
    """A function of an extension. Raises NotFound where this library has it not."""
    found = extension(loaded, identity, table)
    field: Any = getattr(table, name)
    if found is None or field.offset + field.size > found.struct_size:
        raise NotFound(f"{identity} {name}", "this library has no such function; install a newer one")
    return getattr(found, name)


def c_text(value: Optional[str], path: str) -> Optional[bytes]:
    """As a NUL-terminated text. What would be cut short or replaced on the way is refused."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidArgument(path, f"a text is expected, not {type(value).__name__}")
    try:
        data = value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidData(path, f"is no valid text: {error.reason} at character {error.start}") from None
    if b"\0" in data:
        raise InvalidData(path, "holds a NUL character")
    return data


def json_text(document: JsonInput, path: str) -> Any:
    """As a dosegate_text, which keeps the bytes that it points to."""
    try:
        if isinstance(document, Mapping):
            document = json.dumps(document, ensure_ascii=False, allow_nan=False)
        data = document.encode("utf-8") if isinstance(document, str) else bytes(document)
    except UnicodeEncodeError as error:
        raise InvalidData(path, f"is no valid text: {error.reason} at character {error.start}") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidData(path, f"is no JSON document: {error}") from None
    text = _abi.dosegate_text(ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p), len(data))
    text.kept = data
    return text


def _release(loaded: Loaded, release: Any, raw: ctypes.c_void_p) -> None:
    release(raw)


class Handle:
    """Something of the library's, released by close(), by leaving `with`, and at the latest with the object.

    What a running call of another thread uses is released when that call returns."""

    def __init__(self, loaded: Loaded, raw: ctypes.c_void_p, release: Any):
        self._loaded = loaded
        self._raw = raw
        self._lock = threading.Lock()
        self._users = 0
        self._closed = False
        self._finalizer = weakref.finalize(self, _release, loaded, release, raw)

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[ctypes.c_void_p]:
        with self._lock:
            if self._closed:
                raise Closed(type(self).__name__.lower(), "is closed")
            self._users += 1
        try:
            yield self._raw
        finally:
            with self._lock:
                self._users -= 1
                is_last = self._closed and self._users == 0
            if is_last:
                self._finalizer()

    def close(self) -> None:
        """Releases it; a second time does nothing."""
        with self._lock:
            self._closed = True
            is_free = self._users == 0
        if is_free:
            self._finalizer()

    @property
    def closed(self) -> bool:
        return self._closed

    def __enter__(self: T) -> T:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()
