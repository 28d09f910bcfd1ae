"""Tasks: moved on the board, said otherwise, with files joined on both sides (TCH-01, TCH-03, TCH-04)."""

from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, key, ok, png
from tests.people import Browser


async def task(cabinet: Cabinet, id_: str, titre: str) -> Json:
    return next(each for each in (await cabinet.view(id_))["taches"] if each["titre"].startswith(titre))


async def test_a_task_moves_and_is_said_otherwise(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    added = {"titre": "Appeler la médecine du travail"}
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/taches", json=added, headers=key()))
    path = f"/api/demarches/{id_}/taches/{(await task(cabinet, id_, 'Appeler'))['id']}"
    for statut in ("attente_validation", "en_cours", "a_faire"):
        await ok(cabinet.staff.post(f"{path}/place", json={"statut": statut}, headers=key()))
        assert (await task(cabinet, id_, "Appeler"))["statut"] == statut
    body = {
        "titre": "Appeler Prévia",
        "priorite": "urgente",
        "start_at": "2027-03-01T08:00:00Z",
        "facturable": True,
    }
    await ok(cabinet.staff.patch(path, json=body, headers=key()))
    found = await task(cabinet, id_, "Appeler Prévia")
    assert (found["priorite"], found["start_at"]) == ("urgente", "2027-03-01T08:00:00Z")
    assert found["facturable"] is True
    await ok(cabinet.staff.patch(path, json={"sans_debut": True}, headers=key()))
    found = await task(cabinet, id_, "Appeler Prévia")
    assert (found["start_at"], found["facturable"]) == (None, True)
    answer = await cabinet.staff.post(f"{path}/place", json={"statut": "termine"}, headers=key())
    assert answer.status_code == 422


async def test_the_firm_has_its_own_columns(cabinet: Cabinet) -> None:
    """TCH-01: named, ordered, added; a task stays in one as long as its status is the column's."""
    root = "/api/parametres/colonnes"
    _, admin = await cabinet.people.staff(Role.ADMIN)
    five = await ok(admin.get(root))
    assert [one["libelle"] for one in five][0::3] == ["Suggéré par le client", "En attente de validation"]
    assert (await ok(cabinet.staff.get("/api/moi")))["colonnes"] == []
    own = {"libelle": "Chez le comptable", "statut": "en_cours"}
    renamed = [{**one, "libelle": "Fini"} if one["cle"] == "termine" else one for one in five]
    for wrong in (
        five[1:],
        [*five, five[0]],
        [*five, {**own, "statut": "termine"}],
        [*five, {**own, "libelle": "terminé"}],
        [*five, {**own, "cle": "inconnue"}],
        [{**five[0], "statut": "a_faire"}, *five[1:]],
    ):
        assert (await admin.put(root, json={"colonnes": wrong})).status_code == 422
    told = await ok(admin.put(root, json={"colonnes": [renamed[0], own, *renamed[1:]]}))
    assert [one["libelle"] for one in told[:2]] == ["Suggéré par le client", "Chez le comptable"]
    for browser in (cabinet.staff, cabinet.client):
        assert (await ok(browser.get("/api/moi")))["colonnes"] == told
    id_ = await cabinet.dossier()
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/taches", json={"titre": "Appeler"}, headers=key()))
    path = f"/api/demarches/{id_}/taches/{(await task(cabinet, id_, 'Appeler'))['id']}/place"
    there = {"statut": "en_cours", "colonne": told[1]["cle"]}
    wrong_status = {**there, "statut": "a_faire"}
    assert (await cabinet.staff.post(path, json=wrong_status, headers=key())).status_code == 422
    await ok(cabinet.staff.post(path, json=there, headers=key()))
    found = await task(cabinet, id_, "Appeler")
    assert (found["statut"], found["colonne"]) == ("en_cours", told[1]["cle"])
    await ok(cabinet.staff.post(path, json={"statut": "en_cours"}, headers=key()))
    assert (await task(cabinet, id_, "Appeler"))["colonne"] is None
    assert await ok(admin.delete(root)) == five
    assert (await cabinet.staff.post(path, json=there, headers=key())).status_code == 422


async def test_files_joined_to_a_task_are_read_by_whoever_sees_it(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    for pour, titre in (("manager", "Photographier le poste"), ("conseiller", "Classer")):
        body = {"titre": titre, "pour": pour}
        await ok(cabinet.staff.post(f"/api/demarches/{id_}/taches", json=body, headers=key()))
    theirs = await task(cabinet, id_, "Photographier")
    path = f"/api/demarches/{id_}/taches/{theirs['id']}/fichiers"
    sent = {"fichiers": ("poste.png", png(), "image/png")}
    await ok(cabinet.client.post(path, files=sent, headers=key()))
    (joined,) = (await task(cabinet, id_, "Photographier"))["fichiers"]
    assert joined["nom"] == "poste.png"
    for browser in (cabinet.staff, cabinet.client):
        assert (await browser.get(f"/api/fichiers/{joined['id']}")).status_code == 200
    told = (await ok(cabinet.staff.get("/api/notifications")))["items"]
    assert any("poste.png" in item["texte"] for item in told)
    # What the firm keeps to itself stays there, and nothing that is not a document enters.
    inside = await task(cabinet, id_, "Classer")
    path = f"/api/demarches/{id_}/taches/{inside['id']}/fichiers"
    await ok(cabinet.staff.post(path, files=sent, headers=key()))
    (kept,) = (await task(cabinet, id_, "Classer"))["fichiers"]
    assert (await cabinet.client.get(f"/api/fichiers/{kept['id']}")).status_code == 404
    refused = {"fichiers": ("note.png", b"MZ\x90\x00" * 100, "image/png")}
    assert (await cabinet.staff.post(path, files=refused, headers=key())).status_code in (415, 422)


async def test_somebody_added_to_the_team_sees_the_demarche_and_its_task(cabinet: Cabinet) -> None:
    """EQP-04: a second person of the firm, with a role of their own; the client reads it, without their id."""
    id_ = await cabinet.dossier()
    other, theirs = await cabinet.people.staff(Role.CONSEILLER)
    root = f"/api/demarches/{id_}"
    assert (await theirs.get(root)).status_code == 404
    body = {"libelle": "Expert fiscal"}
    outside = await cabinet.staff.put(f"{root}/renforts/{cabinet.manager.id}", json=body, headers=key())
    assert (outside.status_code, outside.json()["code"]) == (422, "membre_invalide")
    await ok(cabinet.staff.put(f"{root}/renforts/{other.id}", json=body, headers=key()))
    for reader, id_seen in ((theirs, str(other.id)), (cabinet.client, None)):
        last = (await ok(reader.get(root)))["equipe"][-1]
        assert (last["nom"], last["libelle"], last["user_id"]) == (
            other.nom_complet,
            "Expert fiscal",
            id_seen,
        )
    given = {"titre": "Relire le contrat", "pour": "conseiller", "user_id": str(other.id)}
    await ok(cabinet.staff.post(f"{root}/taches", json=given, headers=key()))
    assert (await task(cabinet, id_, "Relire"))["user_id"] == str(other.id)
    lines = (await ok(cabinet.client.get(f"{root}/journal")))["items"]
    assert f"{other.nom_complet} rejoint l'équipe" in [line["titre"] for line in lines]
    await ok(cabinet.staff.post(f"{root}/renforts/{other.id}/retrait", headers=key()))
    assert (await theirs.get(root)).status_code == 404
    assert (await task(cabinet, id_, "Relire"))["user_id"] == str(cabinet.conseiller.id)


async def test_people_outside_of_the_firm_on_a_demarche(cabinet: Cabinet) -> None:
    """EQP-05: who, as what, how to reach them; the client sees those shown, and the journal says each change."""
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}/intervenants"
    notary = {"nom": "Anne Durand", "qualite": "Notaire", "email": "etude@exemple.fr"}
    once = key()
    first, again = [await ok(cabinet.staff.post(path, json=notary, headers=once)) for _ in range(2)]
    assert (
        first == again == {**notary, "id": first["id"], "organisme": None, "telephone": None, "visible": True}
    )
    hidden = {"nom": "Paul Roy", "qualite": "Huissier", "visible": False}
    await ok(cabinet.staff.post(path, json=hidden, headers=key()))
    wrong = await cabinet.staff.post(path, json=notary | {"email": "etude"}, headers=key())
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/email")

    async def names(browser: Browser) -> list[str]:
        return [each["nom"] for each in (await ok(browser.get(path)))["items"]]

    assert await names(cabinet.staff) == ["Anne Durand", "Paul Roy"]
    assert await names(cabinet.client) == ["Anne Durand"]
    changed = notary | {"telephone": "04 79 00 00 00"}
    await ok(cabinet.staff.put(f"{path}/{first['id']}", json=changed, headers=key()))
    left = await ok(cabinet.staff.post(f"{path}/{first['id']}/retrait", headers=key()))
    assert [each["nom"] for each in left["items"]] == ["Paul Roy"]
    assert await names(cabinet.client) == []

    async def told(browser: Browser) -> list[tuple[str, str]]:
        found = (await ok(browser.get(f"/api/demarches/{id_}/journal")))["items"]
        return [(line["titre"], line["detail"]) for line in found if line["type"] == "Intervenant"]

    hers = [(f"Intervenant {what}", "Anne Durand, Notaire") for what in ("retiré", "modifié", "ajouté")]
    assert await told(cabinet.client) == hers
    assert await told(cabinet.staff) == [*hers[:2], ("Intervenant ajouté", "Paul Roy, Huissier"), hers[2]]
