"""A modèle drawn as SVG: étapes from top to bottom, branches side by side, who acts in each and what it holds.

With the statuses of a démarche's étapes, it says where that démarche stands.

Our own layout: a démarche is a column with a few forks, for which a general graph library would do worse.
Shapes and colours of the turn marks are those of the screens: disc with an arrow, half-filled ring, diamond.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape, quoteattr

from workflows.engine.letters import width
from workflows.engine.modele import Etape, Modele, Parallele, Side
from workflows.engine.moment import ENTRY, OPENING, Moment

WIDTH, GAP, STEP, MARGIN, PADDING = 300, 32, 40, 36, 16
FONT = "Figtree, Inter, 'DejaVu Sans', Arial, sans-serif"
INK, SOFT, RULE, PAPER = "#15202c", "#566072", "#8a94a6", "#ffffff"
TONES: dict[Side, tuple[str, str, str]] = {
    "cabinet": ("#0f4480", "#e7f0fa", "#114b8c"),
    "client": ("#7a4100", "#fff0d3", "#d07a0c"),
    "tiers": ("#5a3696", "#f1ebfb", "#8257cc"),
}
"""Text, tint and mark of each side, as in the screens' tokens."""
_NAMES: dict[Side, str] = {"cabinet": "Cabinet", "client": "Client", "tiers": "Tiers"}


@dataclass(frozen=True)
class _Place:
    """How an étape of a démarche looks. Without `tint`, that of its side."""

    label: str
    tag: tuple[str, str] | None
    """Text and ground of its label; those of its side when absent."""
    tint: str | None = None
    mark: str | None = None
    width: float = 1.4


PLACES: dict[str, _Place] = {
    "valide": _Place("Validée", ("#ffffff", "#17623f"), "#e1f3e8", "#17623f"),
    "en_cours": _Place("En cours", None, width=3.4),
    "passee": _Place("Passée", ("#ffffff", "#566072"), "#f0f2f5", "#566072"),
    "a_faire": _Place("À faire", ("#475063", "#f0f2f5"), PAPER, RULE),
    "sans_objet": _Place("Sans objet", ("#475063", "#f0f2f5"), "#f7f8fa", "#b6bdca"),
}
"""By status of an étape, with the words and the colours of the screens."""
_UNITS = {
    "min": ("minute", "minutes"),
    "h": ("heure", "heures"),
    "j": ("jour", "jours"),
    "jo": ("jour ouvré", "jours ouvrés"),
    "jouv": ("jour ouvrable", "jours ouvrables"),
    "jf": ("jour franc", "jours francs"),
    "sem": ("semaine", "semaines"),
    "mois": ("mois", "mois"),
}


@dataclass(frozen=True)
class _Text:
    content: str
    size: float = 12.5
    colour: str = SOFT
    weight: int = 400
    mono: bool = False

    @property
    def width(self) -> float:
        return width(self.content, self.size, bold=self.weight >= 600, mono=self.mono)

    def wrapped(self, room: float) -> Iterator[_Text]:
        """The same over lines of at most `room`; a word too long for a line is cut."""
        line = replace(self, content="")
        # Not `split()`, which would cut at no-break spaces.
        for word in self.content.split(" "):
            longer = replace(line, content=f"{line.content} {word}" if line.content else word)
            if longer.width <= room:
                line = longer
                continue
            if line.content:
                yield line
            line = replace(line, content=word)
            while line.width > room:
                cut = next(
                    at for at in range(len(word), 0, -1) if replace(line, content=word[:at]).width <= room
                )
                yield replace(line, content=word[:cut])
                word = word[cut:]
                line = replace(line, content=word)
        if line.content:
            yield line


@dataclass
class _Box:
    """One étape, measured."""

    etape: Etape
    side: Side
    lines: list[_Text]
    height: float
    place: str | None


@dataclass
class _Canvas:
    places: Mapping[str, str] = field(default_factory=dict)
    """Statuses of the étapes, when it is the drawing of a démarche."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What is measured of the étapes, when it is a process map."""
    parts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)

    def text(self, x: float, y: float, text: _Text, anchor: str = "start") -> None:
        family = "ui-monospace, 'DejaVu Sans Mono', monospace" if text.mono else FONT
        self.add(
            f'<text x="{x:g}" y="{y:g}" font-family={quoteattr(family)} font-size="{text.size:g}" '
            f'font-weight="{text.weight}" fill="{text.colour}" text-anchor="{anchor}">{escape(text.content)}</text>'
        )

    def arrow(self, x: float, top: float, bottom: float) -> None:
        self.path(f"M{x:g} {top:g}V{bottom - 1:g}", end=True)

    def path(self, path: str, *, end: bool = False, dashed: bool = False) -> None:
        marker = ' marker-end="url(#fleche)"' if end else ""
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self.add(f'<path d="{path}" fill="none" stroke="{RULE}" stroke-width="1.6"{dashes}{marker}/>')


def draw(
    modele: Modele,
    labels: Mapping[str, str] | None = None,
    statuts: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> str:
    """SVG of a modèle, as text. The same modèle always gives the same drawing.

    `labels`: names that people know for dates (« declaration.date_entree » → « Date d’entrée »).
    `statuts`: status of each étape of a démarche, by key (`EtapeState.statut`), to draw where it stands.
    `notes`: what is said of an étape under all the rest, by key: how many démarches passed, how long they stay.
    """
    names = {f"calculs.{key}": calcul.libelle for key, calcul in modele.calculs.items() if calcul.libelle}
    known = {**names, **(labels or {})}
    columns = max((len(node.branches) for node in modele.etapes if isinstance(node, Parallele)), default=1)
    width = columns * WIDTH + (columns - 1) * GAP + 2 * PADDING + 2 * MARGIN
    width = max(width, WIDTH + 2 * MARGIN + 260)
    centre = width / 2
    canvas = _Canvas(statuts or {}, notes or {})
    y = _header(canvas, modele, centre)
    y = _start(canvas, modele, centre, y)
    for node in modele.etapes:
        if isinstance(node, Parallele):
            y = _parallel(canvas, modele, known, node, centre, y)
        else:
            box = _measure(modele, known, node, canvas)
            canvas.arrow(centre, y, y + STEP)
            _bypass(canvas, box, centre - WIDTH / 2, y + STEP, y)
            _draw_box(canvas, box, centre - WIDTH / 2, y + STEP)
            y += STEP + box.height
    canvas.arrow(centre, y, y + STEP)
    canvas.add(
        f'<circle cx="{centre:g}" cy="{y + STEP + 9:g}" r="8" fill="{PAPER}" stroke="{INK}" stroke-width="3.5"/>'
    )
    canvas.text(centre + 18, y + STEP + 13.5, _Text("Démarche terminée", 13, INK, 600))
    height = y + STEP + 18 + MARGIN
    return _document(canvas, modele, width, height)


def _document(canvas: _Canvas, modele: Modele, width: float, height: float) -> str:
    said = ", ".join(_said(canvas, etape) for etape in modele.walk())
    description = f"{len(modele.all_etapes)} étapes\N{NO-BREAK SPACE}: {said}."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" role="img" aria-labelledby="titre description">',
            f'<title id="titre">{escape(modele.titre)}</title>',
            f'<desc id="description">{escape(description)}</desc>',
            '<defs><marker id="fleche" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="8" markerHeight="8" '
            f'orient="auto-start-reverse"><path d="M1 1l5.5 3L1 7" fill="none" stroke="{RULE}" stroke-width="1.3"/>'
            "</marker></defs>",
            f'<rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>',
            *canvas.parts,
            "</svg>",
            "",
        ]
    )


def _name(etape: Etape) -> str:
    """The drawing is the firm's, which has its own names for some étapes."""
    return etape.libelle_interne or etape.titre


def _said(canvas: _Canvas, etape: Etape) -> str:
    place = canvas.places.get(etape.cle)
    return f"{_name(etape)} ({PLACES[place].label.lower()})" if place is not None else _name(etape)


def _header(canvas: _Canvas, modele: Modele, centre: float) -> float:
    y = MARGIN + 14.0
    for line in _Text(modele.titre, 22, INK, 700).wrapped(WIDTH + 200):
        canvas.text(centre, y, line, "middle")
        y += 28
    sides: list[Side] = [
        side for side in TONES if any(_side(modele, etape) == side for etape in modele.walk())
    ]
    x = centre - (len(sides) * 92 - 20) / 2
    for side in sides:
        _mark(canvas, side, x, y - 11)
        canvas.text(x + 20, y + 1, _Text(_NAMES[side], 12.5, SOFT))
        x += 92
    return y + 22


def _start(canvas: _Canvas, modele: Modele, centre: float, y: float) -> float:
    canvas.add(
        f'<circle cx="{centre:g}" cy="{y:g}" r="7" fill="{PAPER}" stroke="{RULE}" stroke-width="1.8"/>'
    )
    label = "Ouverture du dossier"
    if modele.demande is not None:
        then = "ouverture du dossier" if modele.demande.directe else "validation par le cabinet"
        label = f"Demande du client, puis {then}"
    # Beside the circle, over as many lines as half of the drawing needs.
    lines = list(_Text(label).wrapped(centre - 32))
    for rank, line in enumerate(lines):
        canvas.text(centre + 16, y + 4.5 + 16 * (rank - (len(lines) - 1) / 2), line)
    return y + 7


def _parallel(
    canvas: _Canvas, modele: Modele, labels: Mapping[str, str], node: Parallele, centre: float, y: float
) -> float:
    """Branches side by side in a frame; gives the bottom of the frame."""
    branches = [[_measure(modele, labels, etape, canvas) for etape in branch] for branch in node.branches]
    inner = len(branches) * WIDTH + (len(branches) - 1) * GAP
    left = centre - inner / 2
    top = y + STEP
    canvas.arrow(centre, y, top)
    titles = list(_Text(f"En parallèle\N{NO-BREAK SPACE}: {node.titre}", 13.5, INK, 600).wrapped(inner))
    first = top + 42 + 20 * len(titles)
    tallest = max(sum(box.height for box in branch) + STEP * (len(branch) - 1) for branch in branches)
    bottom = first + tallest + 34
    canvas.add(
        f'<rect class="bloc" x="{left - PADDING:g}" y="{top:g}" width="{inner + 2 * PADDING:g}" '
        f'height="{bottom - top:g}" rx="16" fill="#f7f8fa" stroke="#dfe3ea"/>'
    )
    for rank, line in enumerate(titles):
        canvas.text(left, top + 26 + 20 * rank, line)
    fork, join = first - 20, bottom - 14
    axes = [left + index * (WIDTH + GAP) + WIDTH / 2 for index in range(len(branches))]
    canvas.path(f"M{axes[0]:g} {fork:g}H{axes[-1]:g}")
    for axis, branch in zip(axes, branches, strict=True):
        at = fork
        for rank, box in enumerate(branch):
            to = first if rank == 0 else at + STEP
            canvas.arrow(axis, at, to)
            _bypass(canvas, box, axis - WIDTH / 2, to, at)
            _draw_box(canvas, box, axis - WIDTH / 2, to)
            at = to + box.height
        canvas.path(f"M{axis:g} {at:g}V{join:g}")
    canvas.path(f"M{axes[0]:g} {join:g}H{axes[-1]:g}")
    canvas.path(f"M{centre:g} {join:g}V{bottom:g}")
    return bottom


def _bypass(canvas: _Canvas, box: _Box, x: float, top: float, above: float) -> None:
    """The way round an étape that has a condition."""
    if box.etape.si is None:
        return
    side = x - 12
    middle = x + WIDTH / 2
    start = (above + top) / 2
    end = top + box.height + 12
    canvas.path(f"M{middle:g} {start:g}H{side:g}V{end:g}H{middle:g}", dashed=True)


def _draw_box(canvas: _Canvas, box: _Box, x: float, y: float) -> None:
    ink, tint, mark = TONES[box.side]
    place = PLACES[box.place] if box.place is not None else None
    known, opacity, stroke = "", ".55", 1.4
    if place is not None:
        tint, mark, stroke = place.tint or tint, place.mark or mark, place.width
        known, opacity = f' data-statut="{box.place}"', "1"
    dashes = ' stroke-dasharray="6 4"' if box.etape.si is not None else ""
    canvas.add(
        f'<g><rect class="etape" data-cle="{box.etape.cle}"{known} x="{x:g}" y="{y:g}" width="{WIDTH}" '
        f'height="{box.height:g}" rx="12" fill="{tint}" stroke="{mark}" stroke-opacity="{opacity}" '
        f'stroke-width="{stroke:g}"{dashes}/>'
    )
    if place is not None:
        _tag(canvas, place.label, place.tag or (PAPER, ink), x + WIDTH - PADDING, y)
    _mark(canvas, box.side, x + PADDING, y + PADDING)
    line_y = y + PADDING + 12.5
    for line in box.lines:
        indent = 24 if line.weight == 700 else 0
        canvas.text(x + PADDING + indent, line_y, line)
        line_y += line.size + 6.5
    canvas.add("</g>")


def _tag(canvas: _Canvas, label: str, colours: tuple[str, str], right: float, middle: float) -> None:
    """A label astride the upper edge of a box."""
    text, ground = colours
    said = _Text(label, 11.5, text, 600)
    width = said.width + 20
    canvas.add(
        f'<rect x="{right - width:g}" y="{middle - 10:g}" width="{width:g}" height="20" rx="10" fill="{ground}"/>'
    )
    canvas.text(right - width / 2, middle + 4, said, "middle")


def _mark(canvas: _Canvas, side: Side, x: float, y: float) -> None:
    """Turn mark of 16 px."""
    colour = TONES[side][2]
    shapes = {
        "cabinet": f'<circle cx="8" cy="8" r="7" fill="{colour}"/><path d="M4.8 8h6M8.4 5.4L11 8l-2.6 2.6" '
        'fill="none" stroke="#fff" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>',
        "client": f'<circle cx="8" cy="8" r="6" fill="none" stroke="{colour}" stroke-width="1.8"/>'
        f'<path d="M8 4.4a3.6 3.6 0 0 1 0 7.2z" fill="{colour}"/>',
        "tiers": f'<path d="M8 1.6L14.4 8 8 14.4 1.6 8z" fill="none" stroke="{colour}" stroke-width="1.8"/>'
        f'<circle cx="8" cy="8" r="1.9" fill="{colour}"/>',
    }
    canvas.add(f'<g transform="translate({x:g} {y:g})">{shapes[side]}</g>')


# --- what a box says


def _side(modele: Modele, etape: Etape) -> Side:
    """Who has most to do with an étape: its responsible person, else the first who acts."""
    key = etape.responsable or next(iter(_actors(etape)), None)
    return modele.side(key) if key is not None else "cabinet"


def _actors(etape: Etape) -> list[str]:
    keys = [form.par for form in etape.formulaires] + [piece.de for piece in etape.pieces]
    keys += [tache.pour for tache in etape.taches]
    return list(dict.fromkeys(keys))


def _measure(modele: Modele, labels: Mapping[str, str], etape: Etape, canvas: _Canvas) -> _Box:
    side = _side(modele, etape)
    lines = list(_lines(modele, labels, etape, side))
    lines += _Text(canvas.notes.get(etape.cle, ""), 12.5, INK, 600).wrapped(WIDTH - 2 * PADDING)
    height = 2 * PADDING + sum(line.size + 6.5 for line in lines) - 6.5
    return _Box(etape, side, lines, height, canvas.places.get(etape.cle))


def _lines(modele: Modele, labels: Mapping[str, str], etape: Etape, side: Side) -> Iterator[_Text]:
    room = WIDTH - 2 * PADDING
    yield from _Text(_name(etape), 14.5, TONES[side][0], 700).wrapped(room - 24)
    actors = list(dict.fromkeys([*([etape.responsable] if etape.responsable else []), *_actors(etape)]))
    yield from _Text(", ".join(modele.actor_label(key) for key in actors), colour=INK).wrapped(room)
    yield from _Text("\N{NO-BREAK SPACE}· ".join(_contents(etape))).wrapped(room)
    if etape.echeance is not None:
        yield from _Text(f"Échéance\N{NO-BREAK SPACE}: {in_words(etape.echeance, labels)}").wrapped(room)
    if etape.attendre is not None:
        yield from _Text(f"Pas avant\N{NO-BREAK SPACE}: {in_words(etape.attendre, labels)}").wrapped(room)
    if etape.terminee == "manuelle":
        yield _Text("Terminée par le cabinet")
    if etape.si is not None:
        yield _Text("Seulement si", 12.5, INK, 600)
        yield from _Text(" ".join(etape.si.split()), 11.5, mono=True).wrapped(room)


def _contents(etape: Etape) -> Iterator[str]:
    counts = (
        (len(etape.formulaires), "formulaire"),
        (len(etape.pieces), "pièce"),
        (len(etape.taches), "tâche"),
        (len([a for a in etape.automatisations if a.document]), "document"),
        (len(etape.relances), "relance"),
        (len(etape.alertes), "alerte"),
    )
    for number, name in counts:
        if number:
            yield f"{number}\N{NO-BREAK SPACE}{name}{'s' if number > 1 else ''}"
    if any(automatisation.inviter for automatisation in etape.automatisations):
        yield "invitation"


def in_words(moment: Moment, labels: Mapping[str, str] | None = None) -> str:
    """« 3 jours ouvrés après l’entrée dans l’étape », « 1 jour avant « Date d’entrée », à 17:00 »."""
    anchors = {ENTRY: "l’entrée dans l’étape", OPENING: "l’ouverture du dossier"}
    named = (labels or {}).get(moment.anchor) or moment.anchor.split(".")[-1].replace("_", " ")
    anchor = anchors.get(moment.anchor, f"«\N{NO-BREAK SPACE}{named}\N{NO-BREAK SPACE}»")
    hour = f", à\N{NO-BREAK SPACE}{moment.at:%H:%M}" if moment.at is not None else ""
    if moment.delay is None or not moment.delay.amount:
        return f"{anchor}{hour}"
    one, many = _UNITS[moment.delay.unit]
    unit = one if moment.delay.amount == 1 else many
    return f"{moment.delay.amount}\N{NO-BREAK SPACE}{unit} {'avant' if moment.sign < 0 else 'après'} {anchor}{hour}"
