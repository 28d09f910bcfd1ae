"""Second factor of the staff (SEC-01): RFC 6238 codes by libpass, seeds encrypted, each code good once."""

import io
import uuid
from datetime import datetime
from typing import Any

import qrcode
from passlib.exc import MalformedTokenError, TokenError
from passlib.totp import TOTP
from qrcode.image.svg import SvgPathFillImage

from store.base import now
from store.crypto import ClientCipher, place
from store.utilisateur import Utilisateur

ISSUER = "eLaska"
# A telephone's clock may be one step late or early.
WINDOW = 30


class WrongCode(Exception):
    """The code is wrong, out of date, or was already used."""


def new_seed() -> str:
    """A random seed in base32, as shown to the person."""
    return str(TOTP.new().base32_key)


def code_at(seed: str, instant: datetime) -> str:
    """The code of a seed at an instant: what the telephone shows."""
    return str(TOTP(seed).generate(instant).token)


def enrol(user: Utilisateur, cabinet: ClientCipher, seed: str, *, confirmed: bool = False) -> None:
    """Give the user a seed; it counts only once a first code has confirmed it."""
    user.totp = cabinet.encrypt_text(seed, _place(user.id))
    user.totp_confirme_le = now() if confirmed else None
    user.totp_dernier_pas = None


def seed_of(user: Utilisateur, cabinet: ClientCipher) -> str | None:
    """The user's seed."""
    return None if user.totp is None else cabinet.decrypt_text(user.totp, _place(user.id))


def uri(user: Utilisateur, seed: str) -> str:
    """The otpauth address that authenticator applications read."""
    return str(TOTP(seed).to_uri(user.email, ISSUER))


def qr_svg(text: str) -> str:
    """A QR code as an SVG document."""
    code: Any = qrcode.make(text, image_factory=SvgPathFillImage, box_size=8)
    out = io.BytesIO()
    code.save(out)
    return out.getvalue().decode()


def matching_step(seed: str, code: str, last_step: int | None, instant: datetime | None = None) -> int:
    """The time step of a right code, to be recorded as used. Raises WrongCode."""
    try:
        match = TOTP(seed).match(code.strip(), instant, window=WINDOW, last_counter=last_step)
    except (TokenError, MalformedTokenError) as error:
        raise WrongCode from error
    return int(match.counter)


def _place(user_id: uuid.UUID) -> str:
    return place("utilisateur", "totp", user_id)
