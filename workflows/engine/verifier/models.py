"""Mail and document models: well written, and naming only what they will be given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from workflows.engine.expressions import LINE
from workflows.engine.findings import Finding, Level
from workflows.engine.modele import Automatisation, Modele, Relance
from workflows.engine.namespaces import CALCULS
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context, Production

PathsOf = Callable[[str, Mapping[str, str]], set[str]]


@dataclass(frozen=True)
class Models:
    """How to read models, handed over by whoever renders them.

    `paths_of_…(source, partials)` gives the dotted names a model reads, or raises ValueError with a French sentence.
    `mail` and `document`: top-level names each kind is given, besides the démarche's own data in documents.
    """

    paths_of_mail: PathsOf
    paths_of_document: PathsOf
    paths_of_sms: PathsOf
    mail: frozenset[str]
    document: frozenset[str]


def check(context: Context, models: Models) -> None:
    """Every mail and document model of the bundle."""
    check_sms(context, models)
    data = set(context.types.roots)
    for key, file in context.resolved.files.items():
        kind, _, name = key.partition(":")
        if kind == "courriel":
            model = _Model(context.bundle.mails[name], context.bundle.mails, file)
            _check_model(context, models.paths_of_mail, model, models.mail, set())
        elif kind == "document":
            model = _Model(context.bundle.documents[name], context.bundle.documents, file)
            _check_model(context, models.paths_of_document, model, models.document | data, data)
            for collection in _one_line_of(context.modele, name):
                _check_one_line(context, models.paths_of_document, model, collection)
    for made in context.productions:
        _check_made_in_time(context, models.paths_of_document, made)


def _check_made_in_time(context: Context, paths_of: PathsOf, made: Production) -> None:
    """What a document says is known when it is made: its file cannot be written otherwise."""
    document = context.modele.documents[made.document]
    sources = {document.modele, *(variant.modele for variant in document.variantes)}
    for source in sorted(source for source in sources if source in context.bundle.documents):
        key = f"document:{source}"
        model = _Model(
            context.bundle.documents[source], context.bundle.documents, context.resolved.files[key]
        )
        try:
            read = {path.partition(".")[0] for path in paths_of(model.source, model.partials)}
        except ValueError:
            continue  # already said
        for form in sorted(read & set(context.bundle.forms) - made.sure):
            if model.tested(form):
                continue
            if form in made.maybe:
                context.warn(
                    "document_incertain",
                    made.place,
                    f"« {made.document} » lit le formulaire « {form} », qui peut ne pas être rempli à ce moment.",
                    f"Écrivez {{% if {form} is defined %}} dans {source}, ou produisez-le plus tard.",
                )
            else:
                context.error(
                    "document_trop_tot",
                    made.place,
                    f"« {made.document} » lit le formulaire « {form} », qui n’est pas encore rempli à ce moment.",
                    "Produisez-le une fois ce formulaire rempli : dans une étape d’après, ou par une tâche.",
                )


def _one_line_of(modele: Modele, source: str) -> set[str]:
    """Collections of whose lines this document model is told one at a time."""
    return {
        document.pour_chaque
        for document in modele.documents.values()
        if document.pour_chaque is not None
        and source in (document.modele, *(variant.modele for variant in document.variantes))
    }


def _check_one_line(context: Context, paths_of: PathsOf, model: _Model, collection: str) -> None:
    """A document made per line reads its own line: it is not given the others."""
    try:
        paths = paths_of(model.source, model.partials)
    except ValueError:
        return  # already said
    types = context.spaces.lignes.get(collection)
    fields = {*types.roots[LINE].shape.fields, "nom_ligne"} if types is not None else set()
    for path in sorted(paths):
        root, _, rest = path.partition(".")
        name = rest.split(".")[0]
        if root == collection:
            context.findings.append(
                Finding(
                    model.file,
                    _line(model.source, root),
                    1,
                    "erreur",
                    "autres_lignes",
                    f"Ce modèle est fait pour chaque ligne de « {collection} » : il ne reçoit pas les autres.",
                    "Lisez « ligne ».",
                )
            )
        elif root == LINE and name and fields and name not in fields:
            reason = f"Une ligne de « {collection} » n’a pas de champ « {name} »."
            _report(context, model, f"{root}.{name}", reason, context.close(name, fields))


def check_sms(context: Context, models: Models) -> None:
    """The texts of SMS, written in the modèle itself: they read what mails do."""
    for text, place in sms_texts(context):
        try:
            paths = models.paths_of_sms(text, {})
        except ValueError as error:
            context.error("modele_illisible", place, str(error), "Corrigez ce texte.")
            continue
        for root in sorted({path.partition(".")[0] for path in paths} - models.mail):
            context.error(
                "variable_inconnue", place, f"« {root} » n’existe pas.", context.close(root, models.mail)
            )


def sms_texts(context: Context) -> Iterator[tuple[str, Place]]:
    """Every SMS of the modèle, with its place."""
    demande = context.modele.demande
    if demande is not None and demande.relance is not None and demande.relance.sms is not None:
        yield demande.relance.sms, ("demande", "relance", "sms")
    for etape, place in context.etapes:
        lists: tuple[tuple[str, tuple[Relance | Automatisation, ...]], ...] = (
            ("relances", etape.relances),
            ("automatisations", etape.automatisations),
        )
        for key, items in lists:
            for index, item in enumerate(items):
                if item.sms is not None:
                    yield item.sms, (*place, key, index, "sms")
        for consequence, where in context.consequences(etape, place):
            if consequence.sms is not None:
                yield consequence.sms, (*where, "sms")


@dataclass(frozen=True)
class _Model:
    """One model under check, with the parts it may include."""

    source: str
    partials: Mapping[str, str]
    file: str

    def set_elsewhere(self, name: str) -> bool:
        """Another model of the family gives this name a value: a layout reads it when it is there."""
        test = re.compile(rf"set\s+{re.escape(name)}\s*=")
        return any(test.search(text) for text in self.partials.values())

    def tested(self, path: str) -> bool:
        """The model asks whether this name is there before it reads it."""
        test = re.compile(rf"(?<![\w.]){re.escape(path)}\s+is\s+(?:not\s+)?defined")
        return any(test.search(text) for text in (self.source, *self.partials.values()))


def _check_model(
    context: Context, paths_of: PathsOf, model: _Model, known: frozenset[str], data: set[str]
) -> None:
    try:
        paths = paths_of(model.source, model.partials)
    except ValueError as error:
        if any(finding.file == model.file for finding in context.resolved.findings):
            return  # already said when its parts were looked for
        context.findings.append(
            Finding(model.file, 0, 0, "erreur", "modele_illisible", str(error), "Corrigez ce modèle.")
        )
        return
    for path in sorted(paths):
        root, _, rest = path.partition(".")
        name = rest.split(".")[0]
        if root not in known and not model.set_elsewhere(root):
            _report(context, model, root, f"« {root} » n’existe pas.", context.close(root, known))
        elif root == "lectures" and rest and name not in context.modele.lectures:
            reason = f"Ce modèle n’a pas de lecture « {name} »."
            _report(context, model, f"{root}.{name}", reason, context.close(name, context.modele.lectures))
        elif root in data and rest and name not in context.types.roots[root].shape.fields:
            what = "calcul" if root == CALCULS else "champ"
            fields = context.types.roots[root].shape.fields
            reason = f"« {root} » n’a pas de {what} « {name} »."
            _report(context, model, f"{root}.{name}", reason, context.close(name, fields))


def _report(context: Context, model: _Model, path: str, reason: str, remedy: str) -> None:
    """Report a name where it is read: in the model itself, or in the part it includes."""
    level: Level = "avertissement" if model.tested(path) else "erreur"
    file, line = model.file, _line(model.source, path)
    for name, text in model.partials.items():
        if not line:
            file, line = context.resolved.files.get(f"partie:{name}", model.file), _line(text, path)
    if level == "avertissement":
        reason = f"{reason.removesuffix('.')} : ce qui en dépend n’est jamais écrit."
    context.findings.append(Finding(file, line, 1 if line else 0, level, "variable_inconnue", reason, remedy))


def _line(source: str, path: str) -> int:
    name = re.compile(rf"(?<![\w.]){re.escape(path)}(?!\w)")
    return next((number for number, text in enumerate(source.splitlines(), 1) if name.search(text)), 0)
