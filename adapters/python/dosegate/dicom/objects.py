"""One DICOM object, and its attributes as values that are either right or refused."""
import dataclasses
import hashlib
import io
import math
import os
import re
from typing import Any, Dict, List, Optional, Union

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from ..errors import InvalidData, LimitExceeded, NotFound
from .whole import problem_of

MOST_FILE_BYTES = 4 << 30
_RT = "1.2.840.10008.5.1.4.1.1.481."
PLAN, STRUCTURES, DOSE, IMAGE = "plan", "structure set", "dose", "image"
_KINDS: Dict[str, str] = {_RT + "5": PLAN, _RT + "8": PLAN, _RT + "3": STRUCTURES, _RT + "2": DOSE,
                          **{"1.2.840.10008.5.1.4.1.1." + end: IMAGE for end in ("2", "4", "128")}}

DatasetLike = Union[Dataset, str, "os.PathLike[str]", "Object"]


def tag_text(keyword: str) -> str:
    tag = Tag(tag_for_keyword(keyword) or 0)
    # "ROINumber" -> "ROI Number"
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", keyword)
    return f"({tag.group:04X},{tag.element:04X}) {name}"


def is_decimal(text: str) -> bool:
    """By its characters alone (PS3.5 6.2, DS and IS): float() takes more, as 1_000 for a thousand."""
    return re.fullmatch(r"[0-9+\-.eE ]*", text) is not None


def short(error: Exception) -> str:
    """pydicom quotes values, which may be megabytes."""
    text = str(error) or type(error).__name__
    return text if len(text) <= 200 else text[:200] + "..."


class Item:
    """A data set, or an item of a sequence in it. What an attribute holds is right, absent or InvalidData."""

    def __init__(self, dataset: Dataset, name: str):
        self.dataset, self.name = dataset, name

    def fail(self, keyword: str, what: str) -> InvalidData:
        return InvalidData(f"{self.name} {tag_text(keyword)}", what)

    def value(self, keyword: str) -> Any:
        try:
            return self.dataset.get(keyword)
        except Exception as error:  # pydicom converts when asked, and raises many things
            raise self.fail(keyword, f"cannot be read: {short(error)}") from None

    def has(self, keyword: str) -> bool:
        return keyword in self.dataset

    def text(self, keyword: str) -> str:
        """Several values are joined as in the file. Empty: not stated."""
        value = self.value(keyword)
        if value is None:
            return ""
        parts = [str(v) for v in value] if isinstance(value, (list, pydicom.multival.MultiValue)) else [str(value)]
        text = "\\".join(parts).strip(" \0")
        if "\ufffd" in text or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text):
            raise self.fail(keyword, "holds characters that are not of its character set; export it again")
        if not text.isascii() and not self.dataset.get("SpecificCharacterSet") and not self._inherits_charset():
            raise self.fail(keyword, "holds letters beyond ASCII, and no character set is declared; export it again")
        return text

    def _inherits_charset(self) -> bool:
        declared = getattr(self.dataset, "parent_encoding", None) or getattr(self.dataset, "_character_set", None)
        return bool(declared) and declared not in ("iso8859", ["iso8859"], "iso-ir-6")

    def decimals(self, keyword: str) -> List[float]:
        """Empty: not stated."""
        value = self.value(keyword)
        if value is None or value == "":
            return []
        parts = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
        try:
            if not all(is_decimal(getattr(v, "original_string", None) or "0") for v in parts):
                raise ValueError("a character that is no part of a number")
            numbers = [float(v) for v in parts]
        except (TypeError, ValueError) as error:
            raise self.fail(keyword, f"holds no decimal numbers: {short(error)}") from None
        if not all(math.isfinite(v) for v in numbers):
            raise self.fail(keyword, "holds a number that is not finite")
        return numbers

    def decimal(self, keyword: str) -> Optional[float]:
        numbers = self.decimals(keyword)
        if len(numbers) > 1:
            raise self.fail(keyword, "holds several numbers")
        return numbers[0] if numbers else None

    def integer(self, keyword: str) -> Optional[int]:
        number = self.decimal(keyword)
        if number is not None and (number != int(number) or abs(number) > 2**31):
            raise self.fail(keyword, "holds no whole number")
        return None if number is None else int(number)

    def required(self, keyword: str) -> int:
        value = self.integer(keyword)
        if value is None:
            raise self.fail(keyword, "is missing; export it again with this attribute")
        return value

    def items(self, keyword: str) -> "List[Item]":
        value = self.value(keyword)
        if value is None or len(value) == 0:
            return []
        if not isinstance(value, pydicom.sequence.Sequence):
            raise self.fail(keyword, "is no sequence")
        return [Item(dataset, self.name) for dataset in value]

    def uids(self, sequence: str) -> List[str]:
        """The different instances that a sequence refers to, in order."""
        found = [item.text("ReferencedSOPInstanceUID") for item in self.items(sequence)]
        return list(dict.fromkeys(uid for uid in found if uid))


@dataclasses.dataclass
class Object:
    """A data set, what to call it in messages, and the SHA-256 of the file it was read from (empty: there was none)."""
    dataset: Dataset
    name: str
    sha256: str = ""

    @staticmethod
    def of(source: DatasetLike, number: int) -> "Object":
        if isinstance(source, Object):
            return source
        if isinstance(source, Dataset):
            return Object(source, f"data set {number}")
        return Object.read(source)

    @staticmethod
    def read(path: "Union[str, os.PathLike[str]]") -> "Object":
        """A file, which has to be whole. Raises NotFound, InvalidData, LimitExceeded."""
        name = os.path.basename(os.fspath(path))
        try:
            if not os.path.isfile(path):
                kind = InvalidData if os.path.exists(path) else NotFound
                raise kind(os.fspath(path), "is not a file")
            if os.path.getsize(path) > MOST_FILE_BYTES:
                raise LimitExceeded(os.fspath(path), "is larger than 4 GiB")
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            raise InvalidData(os.fspath(path), f"cannot be read: {error.strerror}") from None
        try:
            dataset = pydicom.dcmread(io.BytesIO(data))
            problem = problem_of(data, dataset)
        except Exception as error:  # pydicom raises many things of a file that is damaged
            raise InvalidData(name, f"is not a DICOM file that can be read: {short(error)}") from None
        if problem:
            raise InvalidData(name, f"{problem}; the file is damaged, export it again")
        return Object(dataset, name, hashlib.sha256(data).hexdigest())

    @property
    def item(self) -> Item:
        return Item(self.dataset, self.name)

    @property
    def kind(self) -> str:
        sop_class = self.item.text("SOPClassUID")
        if sop_class not in _KINDS:
            raise InvalidData(f"{self.name} {tag_text('SOPClassUID')}",
                              f"'{sop_class}' is not RT Plan, Structure Set or Dose, nor an image; leave it out")
        return _KINDS[sop_class]
