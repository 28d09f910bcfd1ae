"""A demande becomes a dossier in one gesture, with all that was given before (DEM-07, DEM-08, DEM-12)."""

from tests.api.conftest import Cabinet, Json, key, ok, png
from tests.api.test_ged import Ged


async def test_everything_given_before_is_in_the_dossier(cabinet: Cabinet) -> None:
    """DEM-12: the answers, what was written, the precisions and their files, the document added, what was filed with
    it, its priority: nothing is typed nor sent again, and the address stays the same."""
    opened = await cabinet.open()
    path = f"/api/demarches/{opened['id']}"

    async def status() -> str:
        return str((await ok(cabinet.client.get(path)))["statut"]["cle"])

    assert await status() == "recue"
    await ok(cabinet.client.post(f"{path}/commentaires", json={"texte": "C'est pressé."}, headers=key()))
    await ok(cabinet.staff.put(f"{path}/priorite", json={"priorite": "urgente"}, headers=key()))
    await ok(cabinet.staff.post(f"{path}/prise-en-charge", json={}, headers=key()))
    assert await status() == "analyse"
    await ok(
        cabinet.staff.post(f"{path}/informations", json={"message": "Quelle convention ?"}, headers=key())
    )
    assert await status() == "attente_infos"
    (asked,) = (await cabinet.view(opened["id"]))["actions"]
    answer: Json = {"data": {"message": "Métallurgie."}, "files": [("fichiers", png())]}
    await ok(cabinet.client.post(f"{path}/actions/{asked['id']}/reponse", headers=key(), **answer))
    assert await status() == "analyse"
    free: Json = {"data": {"titre": "Fiche de poste"}, "files": [("fichiers", png("red"))]}
    await ok(cabinet.client.post(f"{path}/pieces-libres/depots", headers=key(), **free))
    filed = await Ged(cabinet, cabinet.client).add("Organigramme", png("blue"), demarche_id=opened["id"])
    before = await cabinet.view(opened["id"])

    await ok(cabinet.staff.post(f"{path}/validation", json={}, headers=key()))
    after = await cabinet.view(opened["id"])
    assert (after["id"], after["reference"]) == (before["id"], before["reference"])
    assert (after["phase"], after["priorite"]) == ("dossier", "urgente")
    for kept in ("donnees", "actions"):
        assert before[kept] and [each for each in after[kept] if each in before[kept]] == before[kept], kept
    (piece,) = [each for each in after["pieces"] if each["titre"] == "Fiche de poste"]
    files = [*after["actions"][0]["files"], *piece["versions"][0]["files"]]
    assert [(await cabinet.staff.get(f"/api/fichiers/{file['id']}")).content for file in files] == [
        png(),
        png("red"),
    ]
    assert filed in await _filed(cabinet, opened["id"])
    told = [(line["titre"], line["detail"]) for line in await _lines(cabinet, path)]
    assert ("Commentaire", "C'est pressé.") in told
    titles = [titre for titre, _ in told]
    steps = [titles.index(titre) for titre in ("Dossier créé", "Demande validée", "Demande envoyée")]
    assert steps == sorted(steps), "newest first"


async def _filed(cabinet: Cabinet, demarche: str) -> list[str]:
    tree = await ok(cabinet.staff.get(f"/api/tiers/{cabinet.tiers.id}/ged", params={"demarche": demarche}))
    return [document["id"] for document in tree["documents"]]


async def _lines(cabinet: Cabinet, path: str) -> list[Json]:
    page = await ok(cabinet.client.get(f"{path}/journal", params={"limite": 100}))
    return list(page["items"])
