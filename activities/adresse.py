"""Addresses that come from outside our code: public ones only, unless the settings say otherwise."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit, urlunsplit


class AddressError(ValueError):
    """Not an address we may call."""


async def public_address(url: str, *, private_allowed: bool = False) -> tuple[str, str]:
    """The address to connect to, by number, and the host it stands for.

    By number, so that the name cannot lead elsewhere between the check and the call. Raises AddressError for what is
    not a public https address, OSError when the name has no answer now.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressError(url) from error
    schemes = ("http", "https") if private_allowed else ("https",)
    if not parts.hostname or parts.username or parts.scheme not in schemes:
        raise AddressError(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("no such name") from error
    addresses = [ipaddress.ip_address(str(each[4][0])) for each in found]
    if not private_allowed and not all(address.is_global for address in addresses):
        raise AddressError(url)
    number = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    return urlunsplit((parts.scheme, f"{number}:{port}", parts.path, parts.query, "")), parts.netloc
