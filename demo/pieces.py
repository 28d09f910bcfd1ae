"""Specimens of the documents that a future employee deposits: real images and PDF, plainly marked as specimens."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

_TITRES = {
    "cni": "CARTE NATIONALE D'IDENTITÉ",
    "rib": "RELEVÉ D'IDENTITÉ BANCAIRE",
    "carte_vitale": "CARTE VITALE",
}
_TEINTES = {"cni": "#DCE8F5", "rib": "#F7F3EA", "carte_vitale": "#DDF0E0"}


@lru_cache
def _police(taille: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        # One of the packages that the README asks for; Pillow's own font has no accents.
        return ImageFont.truetype("DejaVuSans.ttf", taille)
    except OSError:
        return ImageFont.load_default(size=taille)


def _image(piece: str, lignes: tuple[str, ...], flou: bool) -> Image.Image:
    image = Image.new("RGB", (1010, 640), _TEINTES.get(piece, "#FFFFFF"))
    dessin = ImageDraw.Draw(image)
    dessin.rounded_rectangle((12, 12, 998, 628), radius=36, outline="#475063", width=3)
    dessin.text((60, 50), _TITRES.get(piece, piece.upper()), font=_police(40), fill="#161C2B")
    dessin.rectangle((60, 140, 290, 440), fill="#B9C3D0")
    for rang, ligne in enumerate(lignes):
        dessin.text((340, 150 + 62 * rang), ligne, font=_police(34), fill="#161C2B")
    dessin.text((60, 540), "SPÉCIMEN - DÉMONSTRATION", font=_police(44), fill="#A3211B")
    if flou:
        image = image.resize((60, 38)).resize((1010, 640))
    return image


def photo(piece: str, *lignes: str, flou: bool = False) -> tuple[str, bytes, str]:
    """A photograph of a document: (file name, JPEG bytes, type)."""
    sortie = io.BytesIO()
    _image(piece, lignes, flou).save(sortie, "JPEG", quality=82)
    return f"{piece}-été.jpg", sortie.getvalue(), "image/jpeg"


def scan(piece: str, *lignes: str) -> tuple[str, bytes, str]:
    """A scanned document: (file name, PDF bytes, type)."""
    sortie = io.BytesIO()
    _image(piece, lignes, False).save(sortie, "PDF", resolution=150)
    return f"{piece}.pdf", sortie.getvalue(), "application/pdf"
