"""manifest.json: which file the library is, readable before anything is loaded.

Members that are not known are ignored (a newer manifest may say more under the same schema). What is missing, of the wrong
type or malformed is InvalidData whose path is "FILE $.member"."""
import dataclasses
import json
import os
import re
import stat
from typing import Any, Dict, List, NoReturn, Tuple

from .errors import InvalidData, LimitExceeded, NotFound

SCHEMA = "dosegate.manifest.v1"
MOST_BYTES = 1 << 20


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What the manifest says of the library beside it."""
    version: str
    intended_use: str
    library_path: str  # relative to the manifest's folder, without ".."
    library_sha256: str
    architecture: str  # as uname -m says
    build_id: str  # the library's GNU build id in hex
    abi_min: int
    abi_max: int
    entry_point: str
    protocols: Tuple[Dict[str, str], ...]  # id, version, sha256, source of those built in


class _Reader:
    def __init__(self, file: str):
        self._file = file

    def fail(self, where: str, what: str) -> NoReturn:
        raise InvalidData(f"{self._file} {where}", f"{what}; reinstall Dosegate")

    def member(self, parent: Any, where: str, name: str, kind: type, kind_name: str) -> Any:
        if not isinstance(parent, dict):
            self.fail(where, "a JSON object is expected")
        if name not in parent:
            self.fail(f"{where}.{name}", "is missing")
        value = parent[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            self.fail(f"{where}.{name}", f"must be {kind_name}")
        return value

    def text(self, parent: Any, where: str, name: str) -> str:
        value = self.member(parent, where, name, str, "a string")
        if not value:
            self.fail(f"{where}.{name}", "is empty")
        if "\0" in value:
            self.fail(f"{where}.{name}", "holds a NUL character")
        return str(value)

    def hex(self, parent: Any, where: str, name: str, least: int, most: int) -> str:
        value = self.text(parent, where, name)
        if not re.fullmatch(f"[0-9a-f]{{{least},{most}}}", value):
            digits = f"{most}" if least == most else f"{least} to {most}"
            self.fail(f"{where}.{name}", f"must be {digits} lower-case hex digits")
        return value

    def number(self, parent: Any, where: str, name: str) -> int:
        value = self.member(parent, where, name, int, "a whole number")
        if not 0 <= value <= 999_999_999:
            self.fail(f"{where}.{name}", "must be a whole number from 0 to 999999999")
        return int(value)

    def inside(self, parent: Any, where: str, name: str) -> str:
        path = self.text(parent, where, name)
        parts = path.split("/")
        if "\\" in path or any(part in ("", ".", "..") for part in parts):
            self.fail(f"{where}.{name}", f'"{path}" must name a file inside the manifest\'s folder, without empty parts, . and ..')
        return path

    def run(self, root: Any) -> Manifest:
        schema = self.text(root, "$", "schema")
        if schema != SCHEMA:
            self.fail("$.schema", f'is "{schema}", but this host reads "{SCHEMA}"')
        identity = self.text(root, "$", "id")
        if identity != "dosegate":
            self.fail("$.id", f'is "{identity}", not "dosegate": the manifest of another plugin')
        library = self.member(root, "$", "library", dict, "an object")
        abi = self.member(root, "$", "abi", dict, "an object")
        abi_min, abi_max = self.number(abi, "$.abi", "min"), self.number(abi, "$.abi", "max")
        if abi_min < 1 or abi_min > abi_max:
            self.fail("$.abi", "min must be at least 1 and not over max")
        protocols: List[Dict[str, str]] = []
        for i, entry in enumerate(self.member(root, "$", "protocols", list, "an array")):
            where = f"$.protocols[{i}]"
            protocols.append({name: self.text(entry, where, name) for name in ("id", "version", "source")})
            protocols[-1]["sha256"] = self.hex(entry, where, "sha256", 64, 64)
        return Manifest(self.text(root, "$", "version"), self.text(root, "$", "intendedUse"),
                        self.inside(library, "$.library", "path"), self.hex(library, "$.library", "sha256", 64, 64),
                        self.text(library, "$.library", "architecture"), self.hex(library, "$.library", "buildId", 8, 128),
                        abi_min, abi_max, self.text(abi, "$.abi", "entryPoint"), tuple(protocols))


def _read_text(path: str) -> bytes:
    try:
        # O_NONBLOCK: a pipe in the manifest's place must not hang the host.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise NotFound(path, f"the manifest of Dosegate cannot be opened: {error.strerror}") from None
    except (OSError, ValueError) as error:
        raise InvalidData(path, f"the manifest of Dosegate cannot be opened: {error}") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InvalidData(path, "the manifest is not a regular file")
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise LimitExceeded(path, "the manifest is larger than 1 MiB")
    return text


def _once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands there twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def read_manifest(path: str) -> Manifest:
    """Raises NotFound, InvalidData, LimitExceeded."""
    text = _read_text(path)
    try:
        root = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidData(path, f"this manifest cannot be read: {error}; reinstall Dosegate") from None
    return _Reader(path).run(root)
