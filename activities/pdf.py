"""Documents as PDF from Jinja2 models, by WeasyPrint. A pure rendering: nothing is read but what is given.

The rendering loads no file and no address: images are `data:` URIs and the fonts are ours (`documents/polices`).
WeasyPrint needs Pango at import, so it is imported on first use and a missing library is named in French.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from activities.qr import qr_svg_uri
from activities.templating import ModelError, paths_of, render, variables_of

__all__ = ["ModelError", "PdfUnavailableError", "paths_of", "render_document", "render_html", "variables_of"]

POLICES = Path(__file__).resolve().parent.parent / "documents" / "polices"
_FACES = (
    ("Figtree", 400, "normal", "figtree-latin-400-normal"),
    ("Figtree", 400, "italic", "figtree-latin-400-italic"),
    ("Figtree", 600, "normal", "figtree-latin-600-normal"),
    ("Figtree", 700, "normal", "figtree-latin-700-normal"),
    ("Figtree Ext", 400, "normal", "figtree-latin-ext-400-normal"),
    ("Figtree Ext", 600, "normal", "figtree-latin-ext-600-normal"),
    ("Figtree Ext", 700, "normal", "figtree-latin-ext-700-normal"),
    ("Bricolage Grotesque", 700, "normal", "bricolage-grotesque-latin-700-normal"),
)
_QR_PIED = '<p class="qr-pied"><img src="{}" alt="QR code du dossier" style="width:22mm;height:22mm"></p>'


class PdfUnavailableError(RuntimeError):
    """The system libraries that WeasyPrint needs are missing; the message says the line to run."""


def render_html(source: str, partials: Mapping[str, str], context: Mapping[str, Any]) -> str:
    """The document as HTML, before layout. Same arguments and errors as `render_document`."""
    complet = dict(context)
    if complet.get("lien_paiement") and "lien_paiement" in variables_of(source, partials):
        # It goes to someone without an account: its code leads where they can pay (REC-28).
        complet["lien_portail"] = complet["lien_paiement"]
    if "qr_code_dossier" not in complet and "lien_portail" in complet:
        complet["qr_code_dossier"] = qr_svg_uri(str(complet["lien_portail"]))
    if "lien_espace" in complet and "qr_code_client" in variables_of(source, partials):
        complet["qr_code_client"] = qr_svg_uri(str(complet["lien_espace"]))
    html = render(source, partials, complet)
    if "qr_code_dossier" in complet and "qr_code_dossier" not in variables_of(source, partials):
        # QR-06: every document carries one, even when its model forgets to.
        pied = _QR_PIED.format(complet["qr_code_dossier"])
        corps, balise, fin = html.rpartition("</body>")
        html = corps + pied + balise + fin if balise else html + pied
    return html


def render_document(source: str, partials: Mapping[str, str], context: Mapping[str, Any]) -> bytes:
    """Render a model and its partials (by file name) to PDF bytes, tagged for screen readers.

    `context["lien_portail"]`, the address of the dossier, gives the `qr_code_dossier` image when that is absent.
    The same arguments give the same bytes. Raises ModelError (the model is wrong) or PdfUnavailableError.
    """
    html = render_html(source, partials, context)
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
    from weasyprint.urls import (  # type: ignore[import-untyped]
        FatalURLFetchingError,
        URLFetcher,
        URLFetcherResponse,
    )

    class DataOnly(URLFetcher):  # type: ignore[misc]
        """Refuses every address but `data:`, and says so instead of leaving a hole in the page."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
            if not url.lower().startswith("data:"):
                raise FatalURLFetchingError(url)
            return super().fetch(url, headers)

    fonts = FontConfiguration()
    fetcher = DataOnly()
    try:
        document = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
        return bytes(
            document.write_pdf(
                stylesheets=[weasyprint.CSS(string=_polices_css(), font_config=fonts, url_fetcher=fetcher)],
                font_config=fonts,
                pdf_variant="pdf/ua-1",
                pdf_identifier=False,
            )
        )
    except FatalURLFetchingError as error:
        raise ModelError(
            f"Le modèle veut charger « {str(error)[:100]} » : seules les images incluses (data:) sont admises.",
            sans_valeur="Le modèle veut charger une image d’ailleurs : seules celles incluses (data:) sont admises.",
        ) from error


def _weasyprint() -> Any:
    try:
        import weasyprint  # type: ignore[import-untyped]
    except OSError as error:
        raise PdfUnavailableError(
            "Les bibliothèques de mise en page PDF manquent. Installez-les, puis relancez : "
            "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error
    return weasyprint


@lru_cache(maxsize=1)
def _polices_css() -> str:
    regles = []
    for famille, graisse, style, fichier in _FACES:
        contenu = base64.b64encode((POLICES / f"{fichier}.woff2").read_bytes()).decode()
        regles.append(
            f"@font-face{{font-family:'{famille}';font-weight:{graisse};font-style:{style};"
            f"src:url(data:font/woff2;base64,{contenu})}}"
        )
    return "\n".join(regles)
