"""What a host offers during a call: a log, progress, and the wish to stop."""
import ctypes
from typing import Any, Callable, Optional

from . import _abi
from .data import whole
from .errors import InvalidArgument

Log = Callable[[int, str], None]  # severity 0 debug .. 3 error, and the message
Progress = Callable[[float], None]  # 0..1
ShouldCancel = Callable[[], bool]

_TYPES: Any = dict(_abi.dosegate_host._fields_)


class Host:
    """Keeps the callbacks alive, and what one of them raised: an exception cannot cross C. The call is then cancelled, and
    the exception raised where it was made."""

    def __init__(self, threads: int, log: Optional[Log], progress: Optional[Progress], should_cancel: Optional[ShouldCancel],
                 interruptible: bool):
        for name, callback in (("log", log), ("progress", progress), ("should_cancel", should_cancel)):
            if callback is not None and not callable(callback):
                raise InvalidArgument(f"host.{name}", f"a function is expected, not {callback!r}")
        self.raised: Optional[BaseException] = None
        self.struct = _abi.dosegate_host(struct_size=ctypes.sizeof(_abi.dosegate_host))
        self.struct.threads = whole(threads, 0, 2**32 - 1, "host.threads")

        def guarded(function: Callable[..., Any], *arguments: Any) -> Any:
            if self.raised is not None:
                return None
            try:
                return function(*arguments)
            except BaseException as error:  # KeyboardInterrupt, too: Python takes signals while a callback runs
                self.raised = error
                return None

        def on_log(_: Any, severity: int, message: Optional[bytes]) -> None:
            assert log is not None
            guarded(log, severity, (message or b"").decode("utf-8", "replace"))

        def on_progress(_: Any, fraction: float) -> None:
            assert progress is not None
            guarded(progress, fraction)

        def on_question(_: Any) -> int:
            wants_to = guarded(lambda: should_cancel is not None and bool(should_cancel()))
            return 1 if wants_to or self.raised is not None else 0

        if log is not None:
            self.struct.log = _TYPES["log"](on_log)
        if progress is not None:
            self.struct.progress = _TYPES["progress"](on_progress)
        if should_cancel is not None or log is not None or progress is not None or interruptible:
            self.struct.should_cancel = _TYPES["should_cancel"](on_question)

    def raise_what_was_raised(self) -> None:
        raised, self.raised = self.raised, None
        if raised is not None:
            raise raised
