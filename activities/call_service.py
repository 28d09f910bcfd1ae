"""Effect « appel »: ask a service that the administrator has declared, and bring its answer back (DESIGN, section 4).

A modèle names a service; the installation says where it is: ELASKA_SERVICES, a JSON object by service name,

    {"annuaire": {"url": "https://annuaire.example/verifier", "secret": "…", "delai": 20}}

A service is any address that takes

    POST url
    Authorization: Bearer secret
    Idempotency-Key: 8c2d…                      id of the row of the ledger: the same question is asked under one key
    {"siren": "552100554"}                      what « requete » of services/NOM.service.json describes

and answers 200 with the JSON object that « reponse » describes; 400, 404, 409 or 422 with {"detail": "…"} when it never
will; 401 or 403 when the secret is wrong; anything else when it may be asked again. It is never followed elsewhere,
and never called in our own network unless its settings say `"prive": true`.

A public API that knows nothing of us is asked as « http » of services/NOM.service.json says: one GET, whose answer is
read where « lit » says; what is asked about stands in its path (« chemin ») or in its query, and its secret in the
header that « entete » names. Asking twice changes nothing there.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import httpx

from activities.adresse import AddressError, public_address
from activities.outcome import EffectOutcome, Later
from store.demarche import Effet
from store.settings import ServiceConfie, settings

MAX_TRIES = 60
"""Times that one question is asked: about four hours of a service that is down. The firm may ask it again by hand."""
LARGEST = 64 * 1024
"""Bytes of an answer."""
LONGEST = 160
_REFUSED = {400, 404, 409, 422}


async def call_service(row: Effet, params: dict[str, Any]) -> EffectOutcome:
    """Ask the question of a row of the ledger. Raises Later when it may be asked again under the same key."""
    conf = settings().services.get(params["service"])
    if conf is None:
        return EffectOutcome("failed", f"Le service « {params['service']} » n'est pas configuré.")
    try:
        return await _ask(conf, str(row.id), params["corps"], params.get("http"))
    except Later as error:
        if row.tentatives >= MAX_TRIES:
            return EffectOutcome("failed", f"Le service ne répond pas ({error}).")
        raise


async def _ask(
    conf: ServiceConfie, row_id: str, body: dict[str, Any], http: dict[str, Any] | None
) -> EffectOutcome:
    try:
        url, host = await public_address(_address(conf.url, http, body), private_allowed=conf.prive)
    except AddressError:
        return EffectOutcome(
            "failed", "L'adresse de ce service n'est pas permise : vérifiez ELASKA_SERVICES."
        )
    except OSError as error:
        raise Later("service introuvable") from error
    # A public API asks that the one who calls says who they are, and where to write to them.
    contact = settings().vapid_subject.removeprefix("mailto:")
    headers = {"Accept": "application/json", "Host": host, "User-Agent": f"eLaska ({contact})"}
    if conf.secret is not None:
        named = http.get("entete") if http is not None else None
        secret = conf.secret.get_secret_value()
        headers |= {named: secret} if named else {"Authorization": f"Bearer {secret}"}
    if http is None:
        asked: dict[str, Any] = {"method": "POST", "json": body}
        headers["Idempotency-Key"] = row_id
    else:
        asked = {"method": "GET", "params": _query(http, body)}
    try:
        async with (
            httpx.AsyncClient(timeout=conf.delai, follow_redirects=False, trust_env=False) as client,
            client.stream(
                url=url, headers=headers, extensions={"sni_hostname": host.split(":")[0]}, **asked
            ) as answer,
        ):
            if answer.status_code == 404 and http is not None and http.get("inconnu") is not None:
                return EffectOutcome("done", donnees=http["inconnu"])
            outcome = _outcome(answer.status_code, await _read(answer), one_of_a_list=http is not None)
    except httpx.HTTPError as error:
        raise Later(type(error).__name__) from error
    return outcome if http is None else _picked(http, outcome)


def _address(url: str, http: dict[str, Any] | None, body: dict[str, Any]) -> str:
    """Where the question goes: values in the path are written so that they stay one part of it."""
    path = (http or {}).get("chemin")
    if path is None:
        return url
    for name, value in body.items():
        path = path.replace(f"{{{name}}}", quote("".join(str(value).split()), safe=""))
    return url.rstrip("/") + str(path)


def _query(http: dict[str, Any], body: dict[str, Any]) -> dict[str, str]:
    given = {name: str(body[field]) for name, field in http["parametres"].items() if field in body}
    return {**http["constantes"], **given}


def _picked(http: dict[str, Any], outcome: EffectOutcome) -> EffectOutcome:
    """The fields of the answer, found where the modèle says they are in what the API told."""
    if outcome.donnees is None:
        return outcome
    if http["trouve"] is not None and _at(outcome.donnees, http["trouve"]) is None:
        if http.get("inconnu") is not None:
            return EffectOutcome("done", donnees=http["inconnu"])
        return EffectOutcome("failed", "Le service ne connaît pas ce qui lui est demandé.")
    found = {field: _at(outcome.donnees, pointer) for field, pointer in http["lit"].items()}
    return EffectOutcome(
        "done", donnees={field: value for field, value in found.items() if value is not None}
    )


def _at(told: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) leads to; None when it leads nowhere."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(told, dict):
            told = told.get(key)
        elif isinstance(told, list) and key.isdecimal():
            told = told[int(key)] if int(key) < len(told) else None
        else:
            return None
    return told


async def _read(answer: httpx.Response) -> bytes | None:
    """The whole answer, or None when it is larger than anything a service has to say."""
    said = b""
    async for part in answer.aiter_bytes():
        said += part
        if len(said) > LARGEST:
            return None
    return said


def _outcome(status: int, said: bytes | None, *, one_of_a_list: bool) -> EffectOutcome:
    """What an exchange came to. `one_of_a_list`: for one thing asked, some APIs answer a list of one."""
    if said is None:
        return EffectOutcome("failed", "La réponse du service est trop longue.")
    try:
        told = json.loads(said) if said else None
    except ValueError:
        told = None
    if one_of_a_list and isinstance(told, list) and len(told) == 1:
        told = told[0]
    if 200 <= status < 300:
        if not isinstance(told, dict):
            return EffectOutcome("failed", "La réponse du service n'est pas lisible.")
        return EffectOutcome("done", donnees=told)
    if status in (401, 403):
        return EffectOutcome("failed", "Le service refuse notre accès : vérifiez ELASKA_SERVICES.")
    if status in _REFUSED or 300 <= status < 400:
        detail = (told.get("detail") or told.get("erreur")) if isinstance(told, dict) else None
        said_why = f" : {detail[:LONGEST]}" if isinstance(detail, str) and detail else ""
        refused = f"Le service a refusé ({status})"
        # What it says may quote what it was asked.
        return EffectOutcome("failed", f"{refused}{said_why}.", en_clair=f"{refused}.")
    raise Later(str(status))
