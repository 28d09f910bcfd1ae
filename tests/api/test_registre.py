"""CPR-06: what a company has filed at the INPI is offered for its checklist, and fetched when it is taken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from store.session import session_scope
from store.tiers import Tiers
from tests.api.conftest import Cabinet, Json, key, ok
from tests.api.test_mauvaises_entrees import problem
from tests.fakes.inpi import PASSWORD, USER, Register, acte, bilan, register
from tests.store.test_files import pdf

SIREN = "900000009"


@pytest.fixture
def rne(cabinet: Cabinet) -> Iterator[Register]:
    """The register, and the firm's account there."""
    services = cabinet.people.services
    before = services.settings
    with register() as found:
        given = {"inpi_url": found.url, "inpi_user": USER, "inpi_password": SecretStr(PASSWORD)}
        services.settings = before.model_copy(update=given)
        found.known[SIREN] = {
            "actes": [
                acte("b1", "2021-03-02", "Statuts constitutifs"),
                acte("b2", "2025-06-20", "Statuts mis à jour", "Procès-verbal"),
                acte("b3", "2026-01-10", "Décision de gérance"),
                acte("b4", "2026-02-10", "Statuts mis à jour", confidentiality="Confidentiel"),
            ],
            "bilans": [
                bilan(f"c{year}", f"20{year}-12-31", f"20{year + 1}-06-18") for year in (22, 25, 24, 23)
            ],
            "bilansSaisis": [],
        }
        found.copies = {name: pdf(pages) for pages, name in enumerate(("b2", "c25", "c24", "c23"), 1)}
        yield found
    services.settings = before


async def _asked(cabinet: Cabinet, titre: str) -> tuple[str, str]:
    """A pièce asked of the client's company, and the path of its documents."""
    async with session_scope() as session:
        firm = await session.get_one(Tiers, cabinet.tiers.id)
        firm.siret = f"{SIREN}00017"
    root = f"/api/demarches/{await cabinet.dossier()}/pieces"
    await ok(cabinet.staff.post(root, json={"titre": titre, "de": "manager"}, headers=key()))
    view = await ok(cabinet.client.get(root.removesuffix("/pieces")))
    piece = next(each["id"] for each in view["pieces"] if each["titre"] == titre)
    return root.removesuffix("/pieces"), f"{root}/{piece}"


async def _offers(cabinet: Cabinet, path: str) -> list[Json]:
    found = (await ok(cabinet.client.get(f"{path}/disponibles")))["items"]
    return [each for each in found if each["distant"]]


async def test_articles_and_accounts_of_the_register_fill_the_checklist(
    cabinet: Cabinet, rne: Register
) -> None:
    root, statuts = await _asked(cabinet, "Statuts de l'entreprise")
    (offer,) = await _offers(cabinet, statuts)
    assert (offer["nom"], offer["correspond"]) == ("Statuts mis à jour, Procès-verbal", True)
    assert not [path for path in rne.asked if path.endswith("/download")], (
        "nothing fetched before it is taken"
    )
    body = {"fichiers": [file["id"] for file in offer["fichiers"]]}
    headers = key()
    for _ in range(2):
        await ok(cabinet.client.post(f"{statuts}/reprise", json=body, headers=headers))
    view = await ok(cabinet.client.get(root))
    (piece,) = [each for each in view["pieces"] if each["titre"] == "Statuts de l'entreprise"]
    (given,) = piece["versions"][0]["files"]
    assert piece["statut"] == "attente_validation" and given["taille"] == len(rne.copies["b2"])
    assert (await cabinet.staff.get(f"/api/fichiers/{given['id']}")).content == rne.copies["b2"]

    _, bilans = await _asked(cabinet, "Bilans comptables")
    rne.run_out()  # a new token is asked for, once
    (offer,) = await _offers(cabinet, bilans)
    assert offer["nom"] == "Comptes annuels 2025, 2024, 2023"
    body = {"fichiers": [file["id"] for file in offer["fichiers"]]}
    await ok(cabinet.client.post(f"{bilans}/reprise", json=body, headers=key()))
    assert rne.asked.count("/api/sso/login") == 2
    assert rne.asked.count(f"/api/companies/{SIREN}/attachments") == 1, "kept for a day"

    _, rib = await _asked(cabinet, "Relevé d'identité bancaire")
    assert not await _offers(cabinet, rib)


async def test_a_register_that_does_not_answer_holds_nobody_up(cabinet: Cabinet, rne: Register) -> None:
    rne.user = "autre@example.org"
    root, statuts = await _asked(cabinet, "Statuts signés")
    assert not await _offers(cabinet, statuts), "our account is refused: nothing is offered"
    rne.user = USER
    (offer,) = await _offers(cabinet, statuts)
    rne.down = 500
    body = {"fichiers": [file["id"] for file in offer["fichiers"]]}
    answer = await cabinet.client.post(f"{statuts}/reprise", json=body, headers=key())
    assert problem(answer, 503, "registre_indisponible")["detail"].startswith("Le registre des entreprises")
    view = await ok(cabinet.client.get(root))
    assert [each["statut"] for each in view["pieces"] if each["titre"] == "Statuts signés"] == ["manquant"]
    cabinet.people.services.settings = cabinet.people.services.settings.model_copy(update={"inpi_user": None})
    assert not await _offers(cabinet, statuts), "no account: nothing is looked for"
