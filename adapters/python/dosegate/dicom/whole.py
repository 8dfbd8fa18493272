"""Whether a DICOM file is all there and says each thing once. pydicom reads what there is of a file that was cut off, and keeps the
last of what is said twice, and says nothing: a structure would then lack contours, or a dose be scaled by the wrong number."""
import struct
import zlib
from typing import Optional, Set, Tuple

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

_LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"}
_SHORT = {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL", b"SS", b"ST", b"TM",
          b"UI", b"UL", b"US"}
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_PIXELS = 0x7FE00010
_MOST_DEPTH = 64
_MOST_INFLATED = 1 << 32


class _Damaged(Exception):
    pass


def _is_sequence(vr: bytes, tag: int, implicit: bool) -> bool:
    if not implicit:
        return vr == b"SQ"
    try:
        return bool(dictionary_VR(tag) == "SQ")
    except KeyError:  # private, or of a newer standard
        return False


class _Walk:
    def __init__(self, data: bytes, big_endian: bool):
        self.data = data
        self.order = ">" if big_endian else "<"

    def numbers(self, form: str, at: int) -> Tuple[int, ...]:
        try:
            return struct.unpack_from(self.order + form, self.data, at)
        except struct.error:
            raise _Damaged(f"it ends inside an element, at byte {at}") from None

    def header(self, at: int, implicit: bool) -> Tuple[int, int, int, bytes]:
        """(tag, length, where the value is, VR)."""
        group, element = self.numbers("HH", at)
        tag = group << 16 | element
        if implicit or group == 0xFFFE:
            return tag, self.numbers("I", at + 4)[0], at + 8, b""
        vr = self.data[at + 4:at + 6]
        if vr in _LONG:
            return tag, self.numbers("I", at + 8)[0], at + 12, vr
        if vr not in _SHORT:
            raise _Damaged(f"({group:04X},{element:04X}) has no valid value representation (VR), at byte {at} of the data set")
        return tag, self.numbers("H", at + 6)[0], at + 8, vr

    def elements(self, at: int, end: int, implicit: bool, inside: bool, depth: int) -> int:
        """Of a data set or item that ends at `end`; `inside`: with a delimiter before. Answers where it ends."""
        seen: Set[int] = set()
        while at < end:
            if depth == 0 and end - at < 1 << 20 and not any(self.data[at:end]):
                return end  # padding behind the data set
            tag, length, value, vr = self.header(at, implicit)
            name = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
            if tag == _ITEM_END and inside:
                return value
            if tag < 0x00080000 and tag != _ITEM_END:
                raise _Damaged(f"{name} does not belong into a data set")
            if tag in seen:
                raise _Damaged(f"{name} appears twice in one data set or item, so it is not known which of the two holds")
            seen.add(tag)
            is_implicit = implicit or vr == b"UN"
            if length == _UNDEFINED:
                at = self.items(value, end, is_implicit, True, depth + 1, tag != _PIXELS)
                continue
            at = value + length
            if at > end:
                raise _Damaged(f"{name}: {length} bytes are announced and {end - value} are there")
            if length and _is_sequence(vr, tag, implicit):
                self.items(value, at, implicit, False, depth + 1, True)
        if inside:
            raise _Damaged("it ends inside an item of a sequence")
        return at

    def items(self, at: int, end: int, implicit: bool, delimited: bool, depth: int, are_data_sets: bool) -> int:
        """`are_data_sets`: and no fragments of compressed pixels."""
        if depth > _MOST_DEPTH:
            raise _Damaged("its sequences are nested more than 64 deep")
        while at < end:
            tag, length, value, _ = self.header(at, implicit)
            if tag == _SEQUENCE_END and delimited:
                return value
            if tag != _ITEM:
                raise _Damaged(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) stands where an item of a sequence is expected")
            if length == _UNDEFINED:
                at = self.elements(value, end, implicit, True, depth)
                continue
            at = value + length
            if at > end:
                raise _Damaged(f"an item of {length} bytes is announced and {end - value} are there")
            if are_data_sets:
                self.elements(value, at, implicit, False, depth)
        if delimited:
            raise _Damaged("it ends inside a sequence")
        return at


def problem_of(data: bytes, dataset: Dataset) -> Optional[str]:
    """What is wrong with the file that `dataset` was read from; None: nothing."""
    syntax = dataset.file_meta.TransferSyntaxUID
    start = 132
    meta = _Walk(data, False)
    try:
        while start < len(data) and meta.numbers("H", start)[0] == 2:
            _, length, value, _ = meta.header(start, False)
            start = value + length
        body = data[start:]
        if syntax.is_deflated:
            inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            body = inflate.decompress(body, _MOST_INFLATED)
            if not inflate.eof:
                return "its deflated data set ends early, or is larger than 4 GiB"
        walk = _Walk(body, not syntax.is_little_endian)
        walk.elements(0, len(body), bool(syntax.is_implicit_VR), False, 0)
    except _Damaged as damaged:
        return str(damaged)
    return None
