"""What the library answers: documents, protocols, reports."""
import enum
import json
from typing import Any, Dict

from . import _abi
from ._calls import Handle, text_from


class Verdict(enum.IntEnum):
    """dosegate_verdict. Only PASS lets a plan through."""
    UNSPECIFIED = _abi.DOSEGATE_VERDICT_UNSPECIFIED
    PASS = _abi.DOSEGATE_VERDICT_PASS
    FAIL = _abi.DOSEGATE_VERDICT_FAIL
    INCOMPLETE = _abi.DOSEGATE_VERDICT_INCOMPLETE

    def __str__(self) -> str:
        return self.name


class _Json(Handle):
    _text = ""  # the function of the table that gives the JSON

    @property
    def json(self) -> bytes:
        """The JSON, UTF-8, as the library wrote it."""
        with self._in_use() as raw:
            return text_from(getattr(self._loaded.api, self._text)(raw))

    @property
    def data(self) -> Dict[str, Any]:
        """The same, parsed anew at each use."""
        parsed: Dict[str, Any] = json.loads(self.json)
        return parsed


class Document(_Json):
    """A JSON document that the library made. [thread-safe]"""
    _text = "document_json"


class Protocol(_Json):
    """A trial's protocol, immutable; may be shared by threads. `json` is as it was loaded. [thread-safe]"""
    _text = "protocol_json"


class Report(_Json):
    """A verdict and its findings (dosegate.v1.Report), immutable: the same case gives the same bytes. [thread-safe]"""
    _text = "report_json"

    @property
    def verdict(self) -> Verdict:
        with self._in_use() as raw:
            value = self._loaded.api.report_verdict(raw)
        try:
            return Verdict(value)
        except ValueError:  # of a newer library: no pass
            return Verdict.UNSPECIFIED

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASS

    def __bool__(self) -> bool:
        raise TypeError("whether a report passed is asked by `report.passed`")
