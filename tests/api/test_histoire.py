"""The embauche from the portal's form to its closure, over HTTP, by its three actors (EMB, DEM-07, GED-10, TCH, TL)."""

from collections import Counter

from tests.api.conftest import Cabinet, Letters, key, ok, png, salarie


async def test_from_the_form_to_the_closure(cabinet: Cabinet, letters: Letters) -> None:
    staff, client = cabinet.staff, cabinet.client

    # The catalogue offers it, with its form.
    offered = await ok(client.get("/api/catalogue"))
    assert [(line["modele"], line["libelle"]) for line in offered] == [("embauche", "Déclarer une embauche")]
    detail = await ok(client.get("/api/catalogue/embauche"))
    assert detail["formulaire"]["nom"] == "declaration"
    assert detail["formulaire"]["schema"]["required"]

    # The manager asks for it.
    opened = await ok(client.post("/api/demarches", json=cabinet.opening(), headers=key()))
    id_, root = opened["id"], f"/api/demarches/{opened['id']}"
    assert opened["reference"].startswith("EMB-")
    seen = await cabinet.view(id_, client)
    assert (seen["phase"], seen["statut"]["cle"], seen["titre"]) == (
        "demande",
        "recue",
        "Embauche de Zoé Martin",
    )
    work = await ok(staff.get("/api/travail"))
    assert [g["total"] for g in work["groupes"] if g["cle"] == "demandes"] == [1]
    assert work["compteurs"]["cabinet"] == 1

    # The conseiller asks for a missing piece of information; the manager answers; the demande is accepted.
    await ok(
        staff.post(f"{root}/informations", json={"message": "Quelle convention collective ?"}, headers=key())
    )
    waiting = await ok(client.get("/api/attentes"))
    assert [item["kind"] for item in waiting["items"]] == ["information"]
    action = waiting["items"][0]["item_id"]
    await ok(
        client.post(
            f"{root}/actions/{action}/reponse",
            data={"message": "Menuiserie, IDCC 158."},
            files=[("fichiers", ("à lire.png", png(), "image/png"))],
            headers=key(),
        )
    )
    await ok(staff.post(f"{root}/validation", json={}, headers=key()))
    seen = await cabinet.view(id_)
    assert seen["phase"] == "dossier"
    titles = {tache["titre"] for tache in seen["taches"]}
    assert {"Réaliser la DPAE", "Préparer le poste de travail"} <= titles
    assert seen["pieces"][0]["statut"] == "manquant"

    # The future employee, by the link: one form, three pièces, nothing else.
    employee = await cabinet.participant(id_)
    form = await ok(employee.get(f"{root}/formulaires/salarie"))
    assert form["donnees"]["prenom"] == "Zoé"
    assert "nir" not in form["donnees"]
    await ok(employee.put(f"{root}/formulaires/salarie/brouillon", json={"donnees": {"prenom": "Zoé"}}))
    assert (await ok(employee.get(f"{root}/formulaires/salarie")))["brouillon"] == {"prenom": "Zoé"}
    await ok(employee.post(f"{root}/formulaires/salarie", json={"donnees": salarie()}, headers=key()))
    assert (await ok(employee.get(f"{root}/formulaires/salarie")))["brouillon"] is None
    for piece in ("cni", "rib", "carte_vitale"):
        files = [("fichiers", (f"{piece}.png", png(), "image/png"))]
        await ok(employee.post(f"{root}/pieces/{piece}/depots", files=files, headers=key()))

    # Two are validated, one refused; the employee reads the reason and deposits again.
    check = await ok(staff.get("/api/pieces-a-valider"))
    assert check["total"] == 3
    assert {piece["id"] for piece in check["groupes"][0]["pieces"]} == {"cni", "rib", "carte_vitale"}
    for piece in ("cni", "rib"):
        await ok(staff.post(f"{root}/pieces/{piece}/validation", json={"version": 1}, headers=key()))
    motif = "Le bas de la carte est coupé."
    await ok(
        staff.post(f"{root}/pieces/carte_vitale/refus", json={"motif": motif, "version": 1}, headers=key())
    )
    seen = await cabinet.view(id_, employee)
    refused = next(piece for piece in seen["pieces"] if piece["id"] == "carte_vitale")
    assert (refused["statut"], refused["motif"]) == ("refuse", motif)
    files = [("fichiers", ("carte.png", png("blue"), "image/png"))]
    await ok(employee.post(f"{root}/pieces/carte_vitale/depots", files=files, headers=key()))
    await ok(staff.post(f"{root}/pieces/carte_vitale/validation", json={"version": 2}, headers=key()))

    # The contract is made, its task and those of the others are done.
    await ok(staff.post(f"{root}/documents", json={"document": "contrat"}, headers=key()))
    seen = await cabinet.until(id_, lambda v: any(d["statut"] == "disponible" for d in v["documents"]))
    contract = next(d for d in seen["documents"] if d["cle"] == "contrat")["file"]["id"]
    pdf = await client.get(f"/api/fichiers/{contract}")
    assert pdf.content.startswith(b"%PDF-")
    for browser, side in ((staff, "cabinet"), (client, "client")):
        for tache in (await cabinet.view(id_))["taches"]:
            if tache["side"] == side and tache["statut"] == "a_faire":
                await finish(browser, root, tache)
    files = [("fichiers", ("contrat signé.png", png("grey"), "image/png"))]
    await ok(client.post(f"{root}/pieces/contrat_signe/depots", files=files, headers=key()))
    await ok(staff.post(f"{root}/pieces/contrat_signe/validation", json={}, headers=key()))
    for _ in range(2):
        for tache in (await cabinet.view(id_))["taches"]:
            if tache["statut"] == "a_faire":
                await finish(staff, root, tache)

    # What waits for a date is skipped with a reason, then the démarche is closed with its price.
    for cle in ("arrivee", "periode_essai"):
        motif = "Simulation de l'arrivée."
        await ok(staff.post(f"{root}/etapes/{cle}/passage", json={"motif": motif}, headers=key()))
    await ok(staff.put(f"{root}/prix", json={"montant": 31000, "mention": "HT"}, headers=key()))
    await ok(staff.post(f"{root}/etapes/termine/validation", json={}, headers=key()))
    seen = await cabinet.view(id_, client)
    assert (seen["cycle"], seen["progression"], seen["prix"]) == ("terminee", 100, 31000)
    assert [d["cle"] for d in seen["livrables"]] == ["contrat"]
    done = await ok(client.get("/api/demarches", params={"etat": "terminees", "q": "zoe"}))
    assert [line["id"] for line in done["items"]] == [id_]

    # Both sides follow one timeline, each reader only what they may see.
    await cabinet.quiet(id_)
    staff_lines = await timeline(staff, root)
    client_lines = await timeline(client, root)
    assert {line["id"] for line in client_lines} < {line["id"] for line in staff_lines}
    assert all(line["visible"] for line in client_lines)
    assert all(line["famille"] != "systeme" for line in staff_lines)
    told = {line["titre"] for line in client_lines}
    assert {"Demande envoyée", "Dossier créé", "Pièce refusée : Carte vitale", "Démarche terminée"} <= told
    assert (await employee.get(f"{root}/journal")).status_code == 403

    # Each mail left once, to whom it was for.
    employee_s = [str(mail["subject"]) for mail in letters.to("zoe.martin@exemple.fr")]
    assert len(employee_s) == 2
    assert len({mail["message-id"] for mail in letters.received}) == len(letters.received)


async def finish(browser, root: str, tache) -> None:
    for rank, item in enumerate(tache["checklist"]):
        if not item["fait"]:
            path = f"{root}/taches/{tache['id']}/checklist/{rank}"
            await ok(browser.put(path, json={"fait": True}, headers=key()))
    await ok(browser.post(f"{root}/taches/{tache['id']}/fin", json={"visit": tache["visit"]}, headers=key()))


async def timeline(browser, root: str):
    """Every line of the journal, page by page."""
    found, before = [], None
    while True:
        page = await ok(
            browser.get(f"{root}/journal", params={"limite": 20} | ({"avant": before} if before else {}))
        )
        found += page["items"]
        before = page["suivant"]
        if before is None:
            # What the engine sent is counted there, and told by the line that caused it.
            told = Counter(line["famille"] for line in found if line["famille"] != "notification")
            assert told == {name: n for name, n in page["familles"].items() if name != "notification"}
            return found
