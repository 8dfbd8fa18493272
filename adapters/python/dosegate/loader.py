"""From a manifest to a loaded library that is known to be the one that the manifest names. Linux, ELF of 64 bits.

The order, and the reasons for it, are those of plugin/include/dosegate/detail/loader.hpp: manifest read and checked;
architecture; ABI range; the library inside the manifest's folder, opened without following symbolic links; SHA-256 of the
open file; the path still leads to that file; only then dlopen; the path again; the build id of the image in memory;
negotiation."""
import _ctypes as _untyped_ctypes
import ctypes
import hashlib
import os
import platform
import stat
import struct
import sys
import weakref
from typing import Any

from . import _abi
from .errors import Incompatible, InvalidData, LimitExceeded, NotFound, error_of
from .manifest import Manifest, read_manifest

MOST_LIBRARY_BYTES = 1 << 30
_ctypes: Any = _untyped_ctypes
PT_NOTE, NT_GNU_BUILD_ID = 4, 3


class _Place(ctypes.Structure):
    """Dl_info of dlfcn.h."""
    _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p), ("symbol", ctypes.c_char_p), ("at", ctypes.c_void_p)]


class Loaded:
    """An open library and its table. It is closed when the last reference to it is gone: every handle holds one."""

    def __init__(self, manifest: Manifest, path: str, handle: int):
        self.manifest = manifest
        self.path = path
        self.handle = handle
        self.api = _abi.dosegate_api()
        weakref.finalize(self, _ctypes.dlclose, handle)

    def has(self, name: str) -> bool:
        """Whether the library's table has that function."""
        field: Any = getattr(_abi.dosegate_api, name)
        return bool(field.offset + field.size <= self.api.struct_size)

    def function(self, name: str) -> Any:
        if not self.has(name):
            raise NotFound(name, "the library is older than this function; install the newer one")
        return getattr(self.api, name)


def _open_beneath(folder: str, relative: str) -> int:
    """Opens folder/relative without following a symbolic link in `relative`, whose parts are checked already."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    parts = relative.split("/")
    for n, name in enumerate(parts):
        so_far = os.path.join(folder, *parts[:n + 1])
        is_last = n + 1 == len(parts)
        try:
            below = os.open(name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_NONBLOCK if is_last else os.O_DIRECTORY),
                            dir_fd=at)
        except OSError as error:
            if os.path.islink(so_far):
                raise InvalidData(so_far, "is a symbolic link, which is refused here") from None
            kind = NotFound if isinstance(error, FileNotFoundError) else InvalidData
            raise kind(so_far, f"the library named by the manifest cannot be opened: {error.strerror}") from None
        finally:
            os.close(at)
        at = below
    return at


def _hash(descriptor: int, path: str) -> str:
    digest, total = hashlib.sha256(), 0
    while chunk := os.read(descriptor, 1 << 20):
        total += len(chunk)
        if total > MOST_LIBRARY_BYTES:
            raise LimitExceeded(path, "is larger than 1 GiB")
        digest.update(chunk)
    return digest.hexdigest()


def _same(a: os.stat_result, b: os.stat_result) -> bool:
    return (a.st_dev, a.st_ino, a.st_size, a.st_mtime_ns, a.st_ctime_ns) == (b.st_dev, b.st_ino, b.st_size, b.st_mtime_ns,
                                                                           b.st_ctime_ns)


def _loaded_build_id(address: int) -> str:
    """The GNU build id of the image in memory that holds `address`, in hex; empty where it has none."""
    dladdr = ctypes.CDLL(None).dladdr
    dladdr.restype, dladdr.argtypes = ctypes.c_int, [ctypes.c_void_p, ctypes.POINTER(_Place)]
    place = _Place()
    if dladdr(address, ctypes.byref(place)) == 0 or not place.base:
        return ""
    base = place.base
    head = ctypes.string_at(base, 64)
    if head[:6] != b"\x7fELF\x02\x01":  # 64 bits, little-endian
        return ""
    programs, = struct.unpack_from("<Q", head, 0x20)
    size, count = struct.unpack_from("<HH", head, 0x36)
    for n in range(count):
        program = ctypes.string_at(base + programs + n * size, 56)
        kind, _, _, virtual, _, _, length, align = struct.unpack("<IIQQQQQQ", program)
        if kind != PT_NOTE:
            continue
        notes, at, unit = ctypes.string_at(base + virtual, length), 0, 8 if align == 8 else 4
        while at + 12 <= len(notes):
            name_size, body_size, note = struct.unpack_from("<III", notes, at)
            name = at + 12
            body = name + (name_size + unit - 1) // unit * unit
            if body + body_size > len(notes):
                break
            if note == NT_GNU_BUILD_ID and notes[name:name + name_size] == b"GNU\0":
                return notes[body:body + body_size].hex()
            at = body + (body_size + unit - 1) // unit * unit
    return ""


def _check_compatible(manifest: Manifest, manifest_path: str) -> None:
    if sys.platform != "linux" or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise Incompatible(manifest_path, "this package loads the library under Linux, in a Python of 64 bits")
    machine = platform.machine()
    if manifest.architecture != machine:
        raise Incompatible(f"{manifest_path} $.library.architecture",
                           f"the library is for {manifest.architecture}, this machine is {machine}; install the package for "
                           "this machine")
    if not manifest.abi_min <= _abi.DOSEGATE_ABI_VERSION <= manifest.abi_max:
        raise Incompatible(f"{manifest_path} $.abi",
                           f"the library offers ABI {manifest.abi_min} to {manifest.abi_max}, this package needs ABI "
                           f"{_abi.DOSEGATE_ABI_VERSION}; install matching versions")


def load_library(manifest_path: str) -> Loaded:
    """Opens, checks and negotiates. Raises DosegateError."""
    manifest = read_manifest(manifest_path)
    _check_compatible(manifest, manifest_path)
    folder = os.path.realpath(os.path.dirname(manifest_path) or ".")
    path = os.path.join(folder, manifest.library_path)
    descriptor = _open_beneath(folder, manifest.library_path)
    try:
        opened = os.fstat(descriptor)
        if not stat.S_ISREG(opened.st_mode):
            raise InvalidData(path, "is not a regular file")
        sha256 = _hash(descriptor, path)
        if sha256 != manifest.library_sha256:
            raise InvalidData(path, f"is not the library that the manifest describes (SHA-256 {sha256}, expected "
                              f"{manifest.library_sha256}): damaged, replaced or half upgraded; reinstall Dosegate")
        return _open(manifest, path, opened)
    finally:
        os.close(descriptor)


def _open(manifest: Manifest, path: str, opened: os.stat_result) -> Loaded:
    def must_be_the_same() -> None:
        try:
            is_same = _same(opened, os.lstat(path))
        except OSError:
            is_same = False
        if not is_same:
            raise InvalidData(path, "changed while it was being loaded; try again")

    must_be_the_same()
    try:
        handle = _ctypes.dlopen(path, os.RTLD_NOW | os.RTLD_LOCAL)
    except OSError as error:
        raise Incompatible(path, f"cannot be loaded: {error}") from None
    loaded = Loaded(manifest, path, handle)
    must_be_the_same()
    try:
        entry = _ctypes.dlsym(handle, manifest.entry_point)
    except OSError:
        raise Incompatible(path, f"has no function {manifest.entry_point}") from None
    build_id = _loaded_build_id(entry)
    if build_id != manifest.build_id:
        raise Incompatible(path, f"another build of Dosegate is in memory (build {build_id}, the manifest says "
                           f"{manifest.build_id}): Dosegate was upgraded while this program ran; restart it")
    asked = _abi.dosegate_negotiate_in(ctypes.sizeof(_abi.dosegate_negotiate_in), _abi.DOSEGATE_ABI_VERSION,
                                       _abi.DOSEGATE_ABI_VERSION, 0)
    loaded.api.struct_size = ctypes.sizeof(_abi.dosegate_api)
    status = _abi.dosegate_negotiate_fn(entry)(ctypes.byref(asked), ctypes.byref(loaded.api))
    if status != _abi.DOSEGATE_OK or not loaded.has("get_extension"):
        raise error_of(status or _abi.DOSEGATE_INCOMPATIBLE, path,
                       "and this package have no ABI version in common; install matching versions")
    return loaded
