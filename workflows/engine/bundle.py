"""From a folder of files to a published version: the modèle with every form, mail and document model it uses.

    process_templates/embauche.yaml
    forms/NOM.schema.json, forms/NOM.ui.json
    services/NOM.service.json            what a service is asked and what it answers
    documents/mails/NOM.mjml.j2          mail models, named by their bare name
    documents/…/NOM.html.j2              document models, named by their path under documents/

The parts a model includes are taken with it, under the name by which it includes them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, TemplateSyntaxError, meta
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import ValidationError

from workflows.engine.findings import Finding, ModeleError
from workflows.engine.loading import Loaded, load
from workflows.engine.meant import meant
from workflows.engine.modele import Bundle, Http, Modele, PourChaque, Service
from workflows.engine.namespaces import EVENEMENTS
from workflows.engine.placed import Place, placed

MODELES, FORMS, DOCUMENTS, MAILS, SERVICES = (
    "process_templates",
    "forms",
    "documents",
    "documents/mails",
    "services",
)
SERVICE_SUFFIX = ".service.json"
MAIL_SUFFIX = ".mjml.j2"
MAX_FILE = 1_000_000
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_PATH = re.compile(r"^[a-z0-9_]+(?:/[a-z0-9_]+)*\.html\.j2$")


_HTTP = "Écrivez « parametres » (paramètre: champ de « requete ») et « lit » (champ de « reponse »: chemin)."


class Around(Protocol):
    """The other files of the folder that a modèle comes from."""

    def text(self, relative: str) -> str: ...
    def modeles(self) -> Mapping[str, Path]: ...
    def answers_of(self, modele: str, *, lignes: bool = False) -> Mapping[str, Mapping[str, Any]] | None: ...


@dataclass
class Resolved:
    """A bundle, with what the checks need: the modèle's places, the file of each part, what could not be found."""

    bundle: Bundle
    loaded: Loaded
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """File of each part, under the root: « mail:relance_pieces » → « documents/mails/relance_pieces.mjml.j2 »."""
    around: Around | None = None
    """What stands beside it; None for one that comes from no folder."""


def contents(bundle: Bundle) -> dict[str, Any]:
    """The bundle as plain data: what is stored, and what the hash is about.

    Default values are written out, so that a later change of default leaves published versions as they are.
    """
    return bundle.model_dump(mode="json")


def digest(bundle: Bundle) -> str:
    """SHA-256 of the bundle's contents as compact JSON, in hexadecimal."""
    text = json.dumps(contents(bundle), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def from_folder(root: Path, file: Path, drafts: Mapping[str, str] | None = None) -> Resolved:
    """Resolve a modèle and all it uses from the files under `root`.

    `drafts`: texts that stand for files under the root, by path, whether those exist or not.
    A part that is missing or unreadable becomes a finding, and the bundle goes without it. Raises ModeleError when
    the modèle itself cannot be read.
    """
    name = _relative(file, root)
    drafts = drafts or {}
    try:
        text = drafts[name].encode() if name in drafts else file.read_bytes()
    except OSError as error:
        raise ModeleError(
            Finding(
                name, 0, 0, "erreur", "fichier_absent", "Ce fichier ne peut pas être lu.", "Vérifiez son nom."
            )
        ) from error
    loaded = load(text, name)
    return _Resolver(root, loaded, file.parent, drafts).resolve()


def _relative(file: Path, root: Path) -> str:
    try:
        return str(file.resolve().relative_to(root.resolve()))
    except ValueError:
        return str(file)


def _http_faults(http: Http, requete: dict[str, Any], reponse: dict[str, Any]) -> Iterator[str]:
    """What is wrong in how a public API is asked and read, in French."""
    asked, told = requete.get("properties", {}), reponse.get("properties", {})
    if http.chemin is not None and not http.chemin.startswith("/"):
        yield f"« {http.chemin} » n’est pas un chemin : écrivez « /envois/{{numero}} »."
    for name in http.places:
        if name not in requete.get("required", []):
            yield f"« {name} », lu par « chemin », n’est pas un champ exigé de « requete »."
    if not http.places and not http.parametres:
        yield "Rien de ce qui est demandé ne part : écrivez « chemin » ou « parametres »."
    for name in http.parametres.values():
        if name not in asked:
            yield f"« {name} » n’est pas un champ de « requete »."
    for name in http.lit:
        if name not in told:
            yield f"« {name} » n’est pas un champ de « reponse »."
    for name in reponse.get("required", []):
        if name not in http.lit:
            yield f"« {name} », exigé par « reponse », n’est pas dans « lit »."
        if http.inconnu is not None and name not in http.inconnu:
            yield f"« {name} », exigé par « reponse », n’est pas dans « inconnu »."
    for pointer in (*http.lit.values(), http.trouve):
        if pointer is not None and not pointer.startswith("/"):
            yield f"« {pointer} » n’est pas un chemin : écrivez « /resultats/0/nom »."


@lru_cache(maxsize=1000)
def parts_of(source: str) -> tuple[str, ...]:
    """Names of the parts that a model includes itself, in alphabetical order. Raises TemplateSyntaxError."""
    tree = Environment(autoescape=True).parse(source)
    return tuple(sorted(name for name in meta.find_referenced_templates(tree) if name))


class _Resolver:
    def __init__(self, root: Path, loaded: Loaded, folder: Path, drafts: Mapping[str, str]) -> None:
        self.root = root
        self.drafts = drafts
        self.folder = folder
        self.loaded = loaded
        self.findings: list[Finding] = []
        self.files: dict[str, str] = {}

    def resolve(self) -> Resolved:
        modele = self.loaded.modele
        forms: dict[str, dict[str, Any]] = {}
        ui: dict[str, dict[str, Any]] = {}
        for alias, name in modele.formulaires.items():
            self._form(alias, name, forms, ui, ("formulaires", alias), "formulaire")
        services = {
            alias: found
            for alias, name in modele.services.items()
            if (found := self._service(alias, name, forms)) is not None
        }
        lignes: dict[str, dict[str, Any]] = {}
        lignes_ui: dict[str, dict[str, Any]] = {}
        for key, collection in modele.collections.items():
            where: Place = ("collections", key, "formulaire")
            self._form(key, collection.formulaire, lignes, lignes_ui, where, "ligne")
        mails: dict[str, str] = {}
        for name, place in mail_names(modele):
            if name not in mails:
                self._mail(name, place, mails)
        documents: dict[str, str] = {}
        for path, place in document_paths(modele):
            if path not in documents:
                self._document(path, place, documents)
        bundle = Bundle(
            modele=modele,
            forms=forms,
            services=services,
            ui=ui,
            lignes=lignes,
            lignes_ui=lignes_ui,
            enfants=self._children(),
            mails=mails,
            documents=documents,
        )
        return Resolved(bundle, self.loaded, self.findings, self.files, self)

    def _children(self) -> dict[str, Bundle]:
        """Published versions of the child modèles: files beside this one. A child has no children of its own."""
        found: dict[str, Bundle] = {}
        for node, place in placed(self.loaded.modele):
            if not isinstance(node, PourChaque) or node.enfant in found:
                continue
            where = (*place, "enfant")
            file = self.folder / f"{node.enfant}.yaml"
            if self.loaded.modele.enfant:
                self._report(
                    "enfant_d_enfant", where, "Un enfant n’ouvre pas d’autre démarche.", "Retirez-le."
                )
                continue
            if not file.is_file():
                close = _close(node.enfant, sorted(path.stem for path in self.folder.glob("*.yaml")))
                self._report("enfant_inconnu", where, f"Le fichier « {file.name} » n’existe pas.", close)
                continue
            try:
                child = from_folder(self.root, file).bundle
            except ModeleError as error:
                reason = f"« {file.name} » ne peut pas être lu : {error.reason}"
                self._report("enfant_illisible", where, reason, "Corrigez d’abord ce fichier.")
                continue
            if not child.modele.enfant or child.modele.modele != node.enfant:
                reason = f"« {file.name} » n’est pas le modèle d’un enfant de ce nom."
                remedy = f"Écrivez-y « modele: {node.enfant} » et « enfant: true »."
                self._report("enfant_non_declare", where, reason, remedy)
                continue
            found[node.enfant] = child
        return found

    def _report(self, code: str, place: Place, reason: str, remedy: str) -> None:
        self.findings.append(self.loaded.finding("erreur", code, place, reason, remedy))

    def _read(self, relative: str) -> str | None:
        """Text of a file under the root, or None."""
        if relative in self.drafts:
            return self.drafts[relative]
        path = self.root / relative
        if not path.is_file() or not path.resolve().is_relative_to(self.root.resolve()):
            return None
        if path.stat().st_size > MAX_FILE:
            self._report_file(relative, 0, "fichier_trop_gros", "Ce fichier dépasse 1 Mo.", "Allégez-le.")
            return None
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            self._report_file(
                relative, 0, "encodage", "Ce fichier n’est pas en UTF-8.", "Enregistrez-le en UTF-8."
            )
            return None

    def _report_file(self, file: str, line: int, code: str, reason: str, remedy: str) -> None:
        self.findings.append(Finding(file, line, 1 if line else 0, "erreur", code, reason, remedy))

    def _form(
        self,
        alias: str,
        name: str,
        forms: dict[str, dict[str, Any]],
        ui: dict[str, dict[str, Any]],
        place: Place,
        kind: str,
    ) -> None:
        relative = f"{FORMS}/{name}.schema.json"
        schema = self._json(relative) if _NAME.match(name) else None
        if schema is None:
            if not any(finding.file == relative for finding in self.findings):
                bare = name.removeprefix(f"{FORMS}/").removesuffix(".json").removesuffix(".schema")
                known = self._names(FORMS, ".schema.json")
                close = (
                    f"Écrivez son nom seul : « {bare} »."
                    if bare != name and bare in known
                    else _close(name, known)
                )
                self._report("formulaire_inconnu", place, f"Le fichier « {relative} » n’existe pas.", close)
            return
        if not self._is_schema(schema, relative, "Ce formulaire"):
            return
        forms[alias] = schema
        self.files[f"{kind}:{alias}"] = relative
        described = self._json(f"{FORMS}/{name}.ui.json")
        if described is not None:
            ui[alias] = described

    def text(self, relative: str) -> str:
        """Text of a file under the root; empty when there is none."""
        return self._read(relative) or ""

    def modeles(self) -> dict[str, Path]:
        """The modèles there are, by key: beside this one, and among those of the root."""
        folders = (self.root / MODELES, self.folder)
        return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}

    def answers_of(self, modele: str, *, lignes: bool = False) -> dict[str, dict[str, Any]] | None:
        """Schemas of what another modèle knows: its lines by « collection »; but for a line, which takes over nothing
        else, its forms by their short names, its lines by « collection.statut » and the days of its events too. None of
        one that cannot be read: its own check says why."""
        path = self.modeles()[modele]
        relative = _relative(path, self.root)
        try:
            known = load(self._read(relative) or path.read_bytes(), relative).modele
        except (ModeleError, OSError):
            return None
        files = {cle: collection.formulaire for cle, collection in known.collections.items()}
        if not lignes:
            files |= known.formulaires
            for cle, collection in known.collections.items():
                files |= {f"{cle}.{statut}": collection.formulaire for statut in collection.statuts}
        read = {alias: self._json(f"{FORMS}/{name}.schema.json") for alias, name in files.items()}
        found = {alias: schema for alias, schema in read.items() if schema is not None}
        if lignes:
            return found
        days = {
            evenement.cle: {"type": "string", "format": "date"}
            for etape in known.walk()
            for evenement in etape.evenements
        }
        return found | {EVENEMENTS: {"properties": days}}

    def _is_schema(self, schema: dict[str, Any], relative: str, what: str) -> bool:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            path = "/".join(str(part) for part in error.absolute_path)
            self._report_file(
                relative,
                0,
                "formulaire_invalide",
                f"{what} n’est pas un schéma JSON valable{f' ({path})' if path else ''}.",
                "Comparez avec un formulaire qui marche.",
            )
            return False
        return True

    def _service(self, alias: str, name: str, forms: dict[str, dict[str, Any]]) -> Service | None:
        """A declared service; the schema of its answer goes with those of the forms."""
        relative = f"{SERVICES}/{name}{SERVICE_SUFFIX}"
        described = self._json(relative) if _NAME.match(name) else None
        if described is None:
            if not any(finding.file == relative for finding in self.findings):
                close = _close(name, self._names(SERVICES, SERVICE_SUFFIX))
                reason = f"Le service « {name} » n’est pas déclaré : {relative} n’existe pas."
                self._report("service_inconnu", ("services", alias), reason, close)
            return None
        parts = {key: described.get(key) for key in ("requete", "reponse")}
        if any(not isinstance(part, dict) or part.get("type") != "object" for part in parts.values()):
            reason = "Un service dit ce qu’on lui demande (« requete ») et ce qu’il répond (« reponse »)."
            remedy = "Écrivez deux schémas JSON de type « object »."
            self._report_file(relative, 1, "service_incomplet", reason, remedy)
            return None
        requete, reponse = ({**part} for part in parts.values() if isinstance(part, dict))
        if not all(self._is_schema(part, relative, "Ce schéma") for part in (requete, reponse)):
            return None
        http = self._http(relative, described, requete, reponse)
        if http is None and "http" in described:
            return None
        titre = str(described.get("titre", name))
        forms[alias] = {"title": titre, **reponse}
        self.files[f"service:{alias}"] = relative
        return Service(nom=name, titre=titre, requete=requete, http=http)

    def _http(
        self, relative: str, described: dict[str, Any], requete: dict[str, Any], reponse: dict[str, Any]
    ) -> Http | None:
        """How a public API is asked; a finding, and None, when it is told wrong."""
        if "http" not in described:
            return None
        try:
            http = Http.model_validate(described["http"])
        except ValidationError as error:
            where = "/".join(str(part) for part in error.errors()[0]["loc"])
            self._report_file(
                relative, 1, "service_incomplet", f"« http/{where} » manque ou ne va pas.", _HTTP
            )
            return None
        wrong = list(_http_faults(http, requete, reponse))
        for reason in wrong:
            self._report_file(relative, 1, "service_incomplet", reason, _HTTP)
        return None if wrong else http

    def _json(self, relative: str) -> dict[str, Any] | None:
        text = self._read(relative)
        if text is None:
            return None
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            self._report_file(
                relative,
                error.lineno,
                "json",
                "Ce fichier n’est pas du JSON lisible à cet endroit.",
                "Vérifiez les virgules, les guillemets et les accolades.",
            )
            return None
        if not isinstance(data, dict):
            self._report_file(
                relative, 1, "json", "Ce fichier doit contenir un objet JSON.", "Entourez-le de { }."
            )
            return None
        return data

    def _mail(self, name: str, place: Place, mails: dict[str, str]) -> None:
        relative = f"{MAILS}/{name}{MAIL_SUFFIX}"
        source = self._read(relative) if _NAME.match(name) else None
        if source is None:
            close = _close(name, self._names(MAILS, MAIL_SUFFIX))
            self._report("courriel_inconnu", place, f"Le fichier « {relative} » n’existe pas.", close)
            return
        mails[name] = source
        self.files[f"courriel:{name}"] = relative
        self._parts(source, relative, mails)

    def _document(self, path: str, place: Place, documents: dict[str, str]) -> None:
        relative = f"{DOCUMENTS}/{path}"
        source = self._read(relative) if _PATH.match(path) else None
        if source is None:
            close = _close(path, self._names(DOCUMENTS, ".html.j2", whole=True))
            self._report(
                "modele_de_document_inconnu", place, f"Le fichier « {relative} » n’existe pas.", close
            )
            return
        documents[path] = source
        self.files[f"document:{path}"] = relative
        self._parts(source, relative, documents)

    def _parts(self, source: str, file: str, known: dict[str, str]) -> None:
        """Add the parts that a model includes, and those they include."""
        try:
            names = parts_of(source)
        except TemplateSyntaxError as error:
            self._report_file(
                file,
                error.lineno,
                "modele_illisible",
                f"Ce modèle n’est pas bien écrit : {error.message}.",
                "Vérifiez les {{ }} et les {% %} de cette ligne.",
            )
            return
        for name in names:
            if name in known:
                continue
            relative = next(
                (f"{base}/{name}" for base in (DOCUMENTS, MAILS) if (self.root / base / name).is_file()), None
            )
            part = self._read(relative) if relative else None
            if part is None or relative is None:
                line = next((n for n, text in enumerate(source.splitlines(), 1) if name in text), 1)
                self._report_file(
                    file,
                    line,
                    "partie_inconnue",
                    f"Ce modèle inclut « {name} », qui n’existe pas.",
                    "Vérifiez le nom.",
                )
                continue
            known[name] = part
            self.files[f"partie:{name}"] = relative
            self._parts(part, relative, known)

    def _names(self, folder: str, suffix: str, *, whole: bool = False) -> list[str]:
        return names_in(self.root, folder, suffix, self.drafts, whole=whole)


def names_in(
    root: Path, folder: str, suffix: str, drafts: Iterable[str] = (), *, whole: bool = False
) -> list[str]:
    """Names of the files of a kind, those being written included. `whole`: paths, in its folders too."""
    base = root / folder
    found = base.rglob(f"*{suffix}") if whole else base.glob(f"*{suffix}")
    names = [str(path.relative_to(base)) for path in found if not path.name.startswith("_")]
    written = (path.removeprefix(f"{folder}/") for path in drafts if path.startswith(f"{folder}/"))
    names += [name for name in written if name.endswith(suffix) and name not in names]
    return sorted(names if whole else [name.removesuffix(suffix) for name in names])


def _close(name: str, known: list[str]) -> str:
    return meant(name, known, f"Existent : {', '.join(known[:20])}." if known else "Créez ce fichier.")


def mail_names(modele: Modele) -> Iterator[tuple[str, Place]]:
    """Every mail model a modèle names, with its place in the file."""
    for key in ("refus_piece", "action_demandee", "nouveau_lien", "cloture"):
        name = getattr(modele, key)
        if name:
            yield name, (key,)
    if modele.demande is not None:
        for key in ("accuse", "validee", "refusee", "informations"):
            name = getattr(modele.demande, key)
            if name:
                yield name, ("demande", key)
        if modele.demande.relance is not None and modele.demande.relance.courriel:
            yield modele.demande.relance.courriel, ("demande", "relance", "courriel")
    for etape, place in placed(modele):
        lists: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("automatisations", etape.automatisations),
            ("relances", etape.relances),
            ("alertes", etape.alertes),
            ("actions_client", etape.actions_client),
        )
        for index, evenement in enumerate(etape.evenements):
            if evenement.sinon is not None and evenement.sinon.courriel:
                yield evenement.sinon.courriel, (*place, "evenements", index, "sinon", "courriel")
        for key, items in lists:
            for index, item in enumerate(items):
                if item.courriel:
                    yield item.courriel, (*place, key, index, "courriel")
        if etape.retard is not None and etape.retard.courriel:
            yield etape.retard.courriel, (*place, "retard", "courriel")


def document_paths(modele: Modele) -> Iterator[tuple[str, Place]]:
    """Every document model a modèle names, with its place in the file."""
    for key, document in modele.documents.items():
        if document.modele:
            yield document.modele, ("documents", key, "modele")
        for index, variant in enumerate(document.variantes):
            yield variant.modele, ("documents", key, "variantes", index, "modele")
