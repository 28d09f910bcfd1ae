"""QR codes of dossiers and clients, for screens and documents (SVG) and mails (PNG): QR-01, QR-04, QR-05."""

from __future__ import annotations

import base64
import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage


def _code(adresse: str) -> qrcode.QRCode:  # type: ignore[type-arg]
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=2)
    code.add_data(adresse)
    code.make(fit=True)
    return code


def qr_png(adresse: str) -> bytes:
    """PNG image of an address, about 200 to 300 pixels wide."""
    sortie = io.BytesIO()
    _code(adresse).make_image(image_factory=PilImage).save(sortie, kind="PNG")
    return sortie.getvalue()


def qr_svg(adresse: str) -> bytes:
    """SVG image of an address, black on nothing: whoever shows it gives it a white ground."""
    return bytes(_code(adresse).make_image(image_factory=SvgPathImage).to_string())


def qr_svg_uri(adresse: str) -> str:
    """The same as a data URI: sharp on paper at any size."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(adresse)).decode()
