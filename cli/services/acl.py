"""Lets one system user walk through the folders above a path, and nothing more.

Needed when eLaska runs as root from a private folder (`/root/elaska`): PostgreSQL, which runs as its own user,
could not reach its files. An access-control entry names that user alone; the folder's mode stays as it is for
everyone else.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from cli.errors import Refusal

ATTRIBUTE = "system.posix_acl_access"
VERSION = struct.pack("<I", 2)
ENTRY = struct.Struct("<HHI")
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
TRAVERSE = 0x1
NOBODY = 0xFFFFFFFF
Entry = tuple[int, int, int]


def allow_traversal(path: Path, uid: int, user_name: str) -> None:
    """Let user `uid` traverse every folder above `path`, where it cannot yet."""
    for folder in reversed(path.resolve().parents):
        status = folder.stat()
        if status.st_uid == uid or status.st_mode & 0o001:
            continue
        entries = read_entries(folder)
        if traverses(entries, uid):
            continue
        try:
            os.setxattr(folder, ATTRIBUTE, encode(with_traversal(entries, uid)))
        except OSError as error:
            raise Refusal(
                f"PostgreSQL tourne sous l'utilisateur « {user_name} », qui ne peut pas traverser {folder} "
                f"({error.strerror}). Placez eLaska ailleurs (par exemple dans /opt/elaska), ou lancez-le avec un "
                "utilisateur ordinaire."
            ) from None


def read_entries(folder: Path) -> list[Entry]:
    """The access-control list of a folder; made from its mode when it has none."""
    try:
        raw = os.getxattr(folder, ATTRIBUTE)
    except OSError:
        mode = folder.stat().st_mode
        return [
            (USER_OBJ, mode >> 6 & 7, NOBODY),
            (GROUP_OBJ, mode >> 3 & 7, NOBODY),
            (OTHER, mode & 7, NOBODY),
        ]
    return list(ENTRY.iter_unpack(raw[len(VERSION) :]))


def traverses(entries: list[Entry], uid: int) -> bool:
    """Whether the list lets user `uid` through; its mask counts, as a later `chmod` may have closed it."""
    named = any(tag == USER and owner == uid and rights & TRAVERSE for tag, rights, owner in entries)
    return named and all(rights & TRAVERSE for tag, rights, _ in entries if tag == MASK)


def with_traversal(entries: list[Entry], uid: int) -> list[Entry]:
    """The same list where user `uid` may traverse; its order and its mask are those the kernel demands."""
    kept = [entry for entry in entries if entry[0] != MASK and not (entry[0] == USER and entry[2] == uid)]
    kept.append((USER, TRAVERSE, uid))
    mask = TRAVERSE
    for tag, rights, _ in kept:
        if tag in (USER, GROUP_OBJ, GROUP):
            mask |= rights
    kept.append((MASK, mask, NOBODY))
    return sorted(kept, key=lambda entry: (entry[0], entry[2]))


def encode(entries: list[Entry]) -> bytes:
    return VERSION + b"".join(ENTRY.pack(*entry) for entry in entries)
