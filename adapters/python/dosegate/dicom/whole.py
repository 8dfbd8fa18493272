"""Whether a DICOM file is all there. pydicom reads what there is of a file that was cut off, and says nothing: a structure
would then lack contours."""
import struct
import zlib
from typing import Optional, Tuple

from pydicom.dataset import Dataset

_LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"}
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_MOST_DEPTH = 64


class _Cut(Exception):
    pass


class _Walk:
    def __init__(self, data: bytes, big_endian: bool):
        self.data = data
        self.order = ">" if big_endian else "<"

    def numbers(self, form: str, at: int) -> Tuple[int, ...]:
        try:
            return struct.unpack_from(self.order + form, self.data, at)
        except struct.error:
            raise _Cut(f"it ends inside an element, at byte {at}") from None

    def header(self, at: int, implicit: bool) -> Tuple[int, int, int, bool]:
        """(tag, length, where the value is, whether items in it are of implicit VR)."""
        group, element = self.numbers("HH", at)
        tag = group << 16 | element
        if implicit or group == 0xFFFE:
            return tag, self.numbers("I", at + 4)[0], at + 8, implicit
        vr = self.data[at + 4:at + 6]
        if vr in _LONG:
            return tag, self.numbers("I", at + 8)[0], at + 12, vr == b"UN"
        return tag, self.numbers("H", at + 6)[0], at + 8, False

    def elements(self, at: int, implicit: bool, inside: bool, depth: int) -> int:
        """Up to the end of the item, or of the data; answers where that is."""
        while at < len(self.data):
            tag, length, value, inner = self.header(at, implicit)
            if tag == _ITEM_END and inside:
                return value
            if length == _UNDEFINED:
                at = self.items(value, inner, depth + 1)
                continue
            at = value + length
            if at > len(self.data):
                raise _Cut(f"({tag >> 16:04X},{tag & 0xFFFF:04X}): {length} bytes are announced and "
                           f"{len(self.data) - value} are there")
        if inside:
            raise _Cut("it ends inside an item of a sequence")
        return at

    def items(self, at: int, implicit: bool, depth: int) -> int:
        if depth > _MOST_DEPTH:
            raise _Cut("its sequences are nested more than 64 deep")
        while True:
            tag, length, value, _ = self.header(at, implicit)
            if tag == _SEQUENCE_END:
                return value
            if tag != _ITEM:
                raise _Cut(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) stands where an item of a sequence is expected")
            at = self.elements(value, implicit, True, depth) if length == _UNDEFINED else value + length


def end_of_file_problem(data: bytes, dataset: Dataset) -> Optional[str]:
    """What is missing at the end of the file that `dataset` was read from; None: nothing."""
    syntax = dataset.file_meta.TransferSyntaxUID
    start = 132
    meta = _Walk(data, False)
    while start < len(data) and meta.numbers("H", start)[0] == 2:
        _, length, value, _ = meta.header(start, False)
        start = value + length
    body = data[start:]
    if syntax.is_deflated:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        body = inflate.decompress(body, 1 << 32)
        if not inflate.eof:
            return "its deflated data set ends early, or is larger than 4 GiB"
    try:
        _Walk(body, not syntax.is_little_endian).elements(0, bool(syntax.is_implicit_VR), False, 0)
    except _Cut as cut:
        return str(cut)
    return None
