"""The loaded library."""
import ctypes
import os
from typing import Any, Optional, Tuple, Union

from . import _abi
from ._calls import JsonInput, c_text, call, created, function_of, json_text
from .case import Case
from .data import whole
from .documents import Document, Protocol
from .errors import Closed, NotFound
from .host import Host, Log, Progress, ShouldCancel
from .loader import Loaded, load_library
from .manifest import Manifest

PathLike = Union[str, "os.PathLike[str]"]


def load(manifest: Optional[PathLike] = None) -> "Library":
    """Loads the library that a manifest.json names, if it is the one that the manifest describes.

    `manifest`: its path, or the folder that holds it. None: the library that was installed with this package. Nothing else
    is searched: no environment variable, no search path. Raises DosegateError."""
    if manifest is None:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_library", "manifest.json")
        if not os.path.exists(path):
            raise NotFound(path, "this package was installed without a library; give the path of its manifest.json")
    else:
        path = os.fspath(manifest)
        if os.path.isdir(path):
            path = os.path.join(path, "manifest.json")
    return Library(load_library(path))


class Library:
    """Every method from any thread at any time. close() lets go of the library; it is unloaded when the last case, protocol,
    document and report made by it is closed, too."""

    def __init__(self, loaded: Loaded):
        self._loaded: Optional[Loaded] = loaded

    def _open(self) -> Loaded:
        loaded = self._loaded
        if loaded is None:
            raise Closed("library", "is closed")
        return loaded

    def close(self) -> None:
        self._loaded = None

    @property
    def closed(self) -> bool:
        return self._loaded is None

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    @property
    def manifest(self) -> Manifest:
        return self._open().manifest

    @property
    def engine_version(self) -> str:
        return str(self._open().api.engine_version.decode("utf-8"))

    # --- protocols

    def protocols(self) -> Document:
        """dosegate.v1.ProtocolList: those built in."""
        return self._document(self._open().api.protocol_list)

    def builtin_protocol(self, identity: Optional[str] = None) -> Protocol:
        """None: the default one. Raises NotFound."""
        return self._protocol(self._open().api.protocol_builtin, c_text(identity, "id"))

    def load_protocol(self, protocol: JsonInput) -> Protocol:
        """dosegate.v1.Protocol. Hand in the bytes of its file: its digest stands in reports."""
        return self._protocol(self._open().api.protocol_load, json_text(protocol, "protocol"))

    def lint_protocol(self, protocol: JsonInput) -> Document:
        """dosegate.v1.LintReport."""
        return self._document(self._open().api.protocol_lint, json_text(protocol, "protocol"))

    def diff_protocols(self, before: Protocol, after: Protocol) -> Document:
        """dosegate.v1.ProtocolDiff."""
        with before._in_use() as first, after._in_use() as second:
            return self._document(self._tool("diff"), first, second)

    def describe_protocol(self, protocol: Protocol) -> Document:
        """dosegate.v1.ProtocolDescription: what each rule asks for, in a few words."""
        with protocol._in_use() as raw:
            return self._document(self._tool("describe"), raw)

    def schedule(self, protocol: Protocol, request: JsonInput) -> Document:
        """dosegate.v1.ScheduleRequest to dosegate.v1.ScheduleProposal."""
        with protocol._in_use() as raw:
            return self._document(self._tool("schedule"), raw, json_text(request, "request"))

    # --- statistics

    def clopper_pearson(self, successes: int, n: int, level: float) -> Tuple[float, float]:
        """Two-sided exact interval of a proportion."""
        lower, upper = ctypes.c_double(), ctypes.c_double()
        most = 2**64 - 1
        call(self._open(), self._statistic("clopper_pearson"), whole(successes, 0, most, "successes"), whole(n, 0, most, "n"), level,
             ctypes.byref(lower), ctypes.byref(upper))
        return lower.value, upper.value

    def sample_size(self, p0: float, p1: float, alpha: float, power: float) -> Tuple[int, int, int]:
        """(the least n, the most n, the successes that reject p <= p0) of the smallest exact binomial test."""
        out = [ctypes.c_uint64() for _ in range(3)]
        call(self._open(), self._statistic("sample_size"), p0, p1, alpha, power, *map(ctypes.byref, out))
        return out[0].value, out[1].value, out[2].value

    # --- cases

    def case(self, *, threads: int = 1, log: Optional[Log] = None, progress: Optional[Progress] = None,
             should_cancel: Optional[ShouldCancel] = None, interruptible: bool = True) -> Case:
        """A new case. `threads`: how many a call may keep busy; answers do not depend on it. The callbacks come on the
        thread that calls check, dvh or gamma, during the call; should_cancel some hundred times a second, and what one of
        them raises ends the call and is raised from it. interruptible: Ctrl-C ends a running call, too."""
        return Case(self._open(), Host(threads, log, progress, should_cancel, interruptible))

    # --- how

    def _document(self, function: Any, *arguments: Any) -> Document:
        loaded = self._open()
        return Document(loaded, created(loaded, function, *arguments), loaded.api.document_release)

    def _protocol(self, function: Any, *arguments: Any) -> Protocol:
        loaded = self._open()
        return Protocol(loaded, created(loaded, function, *arguments), loaded.api.protocol_release)

    def _tool(self, name: str) -> Any:
        return function_of(self._open(), _abi.DOSEGATE_EXT_PROTOCOL_TOOLS, _abi.dosegate_protocol_tools, name)

    def _statistic(self, name: str) -> Any:
        return function_of(self._open(), _abi.DOSEGATE_EXT_STATISTICS, _abi.dosegate_statistics, name)
