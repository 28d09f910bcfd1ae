"""All the documents of a client at once, the badge of a modèle in lists, and a timeline about one thing."""

from tests.api.conftest import Cabinet, key, ok, png


async def test_a_client_reads_all_their_documents_at_once(cabinet: Cabinet) -> None:
    await cabinet.open()
    id_ = await cabinet.dossier()
    page = await ok(cabinet.client.get("/api/documents"))
    # A request has nothing yet: only the dossier is there.
    assert [line["demarche_id"] for line in page["items"]] == [id_]
    (dossier,) = page["items"]
    assert {"cni", "rib", "carte_vitale"} <= {piece["id"] for piece in dossier["pieces"]}
    assert dossier["documents"] == []
    files = {"fichiers": ("cni.png", png(), "image/png")}
    participant = await cabinet.participant(id_)
    await ok(participant.post(f"/api/demarches/{id_}/pieces/cni/depots", files=files, headers=key()))
    (dossier,) = (await ok(cabinet.client.get("/api/documents")))["items"]
    cni = next(piece for piece in dossier["pieces"] if piece["id"] == "cni")
    assert [file["nom"] for version in cni["versions"] for file in version["files"]] == ["cni.png"]
    other = (await cabinet.people.client())[1]
    assert (await ok(other.get("/api/documents")))["items"] == []
    second = await ok(cabinet.client.get("/api/documents", params={"taille": 1, "page": 2}))
    assert (second["items"], second["total"]) == ([], 1)


async def test_a_list_shows_the_badge_of_the_modele(cabinet: Cabinet) -> None:
    await cabinet.dossier()
    (line,) = (await ok(cabinet.staff.get("/api/demarches")))["items"]
    assert (line["statut_libelle"], line["statut_couleur"], line["statut_icone"]) == (
        "En attente de pièces",
        "ambre",
        "file-alert",
    )
    request = await cabinet.open()
    lines = (await ok(cabinet.client.get("/api/demarches")))["items"]
    shared = next(line for line in lines if line["id"] == request["id"])
    assert (shared["statut_libelle"], shared["statut_couleur"], shared["statut_icone"]) == (None, None, None)


async def test_a_timeline_about_one_thing(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    for objet in ("piece:cni", "piece:rib"):
        body = {"texte": f"Au sujet de {objet}.", "objet": objet}
        await ok(cabinet.client.post(f"/api/demarches/{id_}/commentaires", json=body, headers=key()))
    page = await ok(cabinet.client.get(f"/api/demarches/{id_}/journal", params={"objet": "piece:rib"}))
    assert {line["objet"] for line in page["items"]} == {"piece:rib"}
    assert "Au sujet de piece:rib." in [line["detail"] for line in page["items"]]
    assert page["familles"]["echange"] == 1
    none = await ok(cabinet.client.get(f"/api/demarches/{id_}/journal", params={"objet": "piece:autre"}))
    assert (none["items"], none["familles"]) == ([], {})


async def test_a_deposit_sent_late_is_for_its_own_visit_of_the_etape(cabinet: Cabinet) -> None:
    """The rule for what a phone kept while the network was away: over meanwhile, it is refused (PWA-02)."""
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}"
    await ok(cabinet.staff.post(f"{path}/pieces", json={"titre": "Plan", "de": "manager"}, headers=key()))
    seen = await cabinet.view(id_, cabinet.client)
    piece = next(each for each in seen["pieces"] if each["titre"] == "Plan")
    etape = next(each for each in seen["etapes"] if each["cle"] == piece["etape"])

    async def deposit(visit: str) -> tuple[int, str | None]:
        files = {"fichiers": ("plan.png", png(), "image/png")}
        url = f"{path}/pieces/{piece['id']}/depots"
        answer = await cabinet.client.post(url, files=files, data={"visit": visit}, headers=key())
        return answer.status_code, answer.json().get("code")

    assert await deposit("bientôt") == (422, "demande_invalide")
    assert await deposit(str(etape["visit"] + 1)) == (409, "etape_perimee")
    assert await deposit(str(etape["visit"])) == (200, None)
    url = f"{path}/etapes/{etape['cle']}"
    await ok(cabinet.staff.post(f"{url}/passage", json={"motif": "Sans attendre."}, headers=key()))
    assert (await deposit(str(etape["visit"])))[0] == 409
    plan = next(each for each in (await cabinet.view(id_))["pieces"] if each["titre"] == "Plan")
    assert [version["numero"] for version in plan["versions"]] == [1]


async def test_a_client_brings_a_document_that_nobody_asked_for(cabinet: Cabinet) -> None:
    """GED-05: it is checked like any other, and its reason is read when it is refused."""
    id_ = await cabinet.dossier()
    path = f"/api/demarches/{id_}/pieces-libres/depots"
    files = {"fichiers": ("diplome.png", png())}
    unnamed = await cabinet.client.post(path, files=files, data={"titre": "  "}, headers=key())
    assert (unnamed.status_code, unnamed.json()["errors"][0]["pointer"]) == (422, "/titre")
    assert (
        await cabinet.staff.post(path, files=files, data={"titre": "X"}, headers=key())
    ).status_code == 403
    headers = key()
    for _ in range(2):
        await ok(cabinet.client.post(path, files=files, data={"titre": "Diplôme"}, headers=headers))
    (piece,) = [p for p in (await cabinet.view(id_))["pieces"] if p["titre"] == "Diplôme"]
    assert (piece["statut"], piece["obligatoire"]) == ("attente_validation", False)
    groups = (await ok(cabinet.staff.get("/api/pieces-a-valider")))["groupes"]
    assert [p["titre"] for group in groups for p in group["pieces"]] == ["Diplôme"]
    body = {"motif": "Ce n'est pas lisible."}
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/pieces/{piece['id']}/refus", json=body, headers=key()))
    (seen,) = [p for p in (await cabinet.view(id_, cabinet.client))["pieces"] if p["titre"] == "Diplôme"]
    assert (seen["statut"], seen["motif"]) == ("refuse", "Ce n'est pas lisible.")
