"""The correction loop on a form that was sent: marked, corrected apart, sent again, accepted (ACT, DEM-07)."""

from typing import Any

from tests.api.conftest import Cabinet, declaration, key, ok, salarie
from tests.people import Browser

IBAN = "FR7630006000011234567890189"
MARKS = [
    {"champ": "adresse_personnelle", "etat": "incomplet", "mot": "Il manque le numéro de rue."},
    {"champ": "iban", "etat": "incorrect", "mot": "Ce n'est pas celui du RIB."},
]


async def sent_back(cabinet: Cabinet, root: str, nom: str = "salarie", **more: Any) -> None:
    await ok(
        cabinet.staff.post(
            f"{root}/formulaires/{nom}/correction", json={"champs": MARKS} | more, headers=key()
        )
    )


async def correction(cabinet: Cabinet, id_: str, browser: Browser | None = None) -> dict[str, Any]:
    found: dict[str, Any] = (await cabinet.view(id_, browser))["corrections"][0]
    return found


async def test_a_form_goes_back_and_comes_back(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}"
    employee = await cabinet.participant(id_)
    path = f"{root}/formulaires/salarie"
    await ok(employee.post(path, json={"donnees": salarie()}, headers=key()))
    await sent_back(cabinet, root, message="Presque tout est bon.")

    # Who filled it finds their answers, the marks, and what is asked; the client sees that it is asked, not theirs.
    form = await ok(employee.get(path))
    assert [mark["mot"] for mark in form["correction"]["champs"]] == [mark["mot"] for mark in MARKS]
    assert form["correction"]["a_moi"] and form["donnees"]["iban"] == IBAN
    seen = await cabinet.view(id_, employee)
    (wait,) = [w for w in seen["attentes"] if w["kind"] == "correction"]
    assert wait["a_moi"] and wait["id"] == "salarie"
    (asked,) = [f for e in seen["etapes"] for f in e["formulaires"] if f["nom"] == "salarie"]
    assert asked["a_moi"] and asked["a_corriger"]
    assert not (await correction(cabinet, id_, cabinet.client))["a_moi"]
    again = await cabinet.staff.post(f"{path}/correction", json={"champs": MARKS}, headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "correction_en_cours")

    # What is being corrected stays apart until it is sent.
    better = salarie(adresse_personnelle="12 bis rue de la Paix, 69003 Lyon")
    await ok(employee.put(f"{path}/brouillon", json={"donnees": better}))
    (kept,) = [
        f["valeur"]
        for d in (await cabinet.view(id_))["donnees"]
        for f in d["champs"]
        if f["champ"] == "salarie.adresse_personnelle"
    ]
    assert kept == salarie()["adresse_personnelle"]
    assert (await ok(employee.get(path)))["brouillon"] == better

    # Nothing changed and nothing said: refused; a field at fault: refused with its pointer.
    empty = await employee.post(path, json={"donnees": salarie()}, headers=key())
    assert (empty.status_code, empty.json()["code"]) == (422, "correction_vide")
    wrong = await employee.post(path, json={"donnees": salarie(iban="FR00")}, headers=key())
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["pointer"] == "/donnees/iban"

    await ok(employee.post(path, json={"donnees": better, "message": "Mon IBAN est le bon."}, headers=key()))
    received = await correction(cabinet, id_)
    assert received["statut"] == "a_verifier" and received["reponse"] == "Mon IBAN est le bon."
    (change,) = received["changements"]
    assert (change["avant"], change["apres"]) == (
        salarie()["adresse_personnelle"],
        better["adresse_personnelle"],
    )
    assert (await ok(employee.get(path)))["brouillon"] is None

    # Marked again: a decision on the earlier round is stale.
    await sent_back(cabinet, root, tour=1)
    stale = await cabinet.staff.post(f"{path}/correction/acceptation", json={"tour": 1}, headers=key())
    assert stale.json()["code"] == "correction_non_recue"
    iban = "FR1420041010050500013M02606"
    await ok(employee.post(path, json={"donnees": better | {"iban": iban}}, headers=key()))
    old = await cabinet.staff.post(f"{path}/correction/acceptation", json={"tour": 1}, headers=key())
    assert (old.status_code, old.json()["code"]) == (409, "correction_perimee")
    masked = (await correction(cabinet, id_))["changements"]
    assert [c["nature"] for c in masked] == ["sensible"], "an IBAN is shown to nobody"
    assert iban not in str(masked) and str(masked[0]["apres"]).endswith(iban[-3:])
    await ok(cabinet.staff.post(f"{path}/correction/acceptation", json={"tour": 2}, headers=key()))
    assert (await correction(cabinet, id_))["statut"] == "acceptee"

    # Everything is in the journal, which never tells the values.
    lines = (await ok(cabinet.client.get(f"{root}/journal?taille=100")))["items"]
    told = [line["titre"] for line in lines]
    for start in ("À corriger", "Toujours à corriger", "Correction envoyée", "Correction acceptée"):
        assert any(line.startswith(start) for line in told), (start, told)
    assert IBAN not in str(lines) and iban not in str(lines)


async def test_the_form_of_a_demande_is_corrected(cabinet: Cabinet) -> None:
    """Before it is a dossier, by the client who asked; validating the demande accepts what came back."""
    id_ = (await cabinet.open())["id"]
    root = f"/api/demarches/{id_}"
    marks = [{"champ": "intitule_poste", "etat": "incomplet", "mot": "Précisez le niveau."}]
    await sent_back(cabinet, root, "declaration", champs=marks)
    inbox = (await ok(cabinet.client.get("/api/attentes")))["items"]
    (line,) = [item for item in inbox if item["demarche_id"] == id_]
    assert (line["kind"], line["item_id"]) == ("correction", "declaration")
    form = await ok(cabinet.client.get(f"{root}/formulaires/declaration"))
    assert form["donnees"]["intitule_poste"] == "Menuisière" and form["correction"]["champs"][0]["champ"]
    body = {"donnees": declaration(intitule_poste="Menuisière confirmée")}
    await ok(cabinet.client.post(f"{root}/formulaires/declaration", json=body, headers=key()))
    work = (await ok(cabinet.staff.get("/api/travail?portee=toutes")))["groupes"]
    assert any(i["kind"] == "verification" and i["demarche_id"] == id_ for g in work for i in g["items"])
    await ok(cabinet.staff.post(f"{root}/validation", json={}, headers=key()))
    assert (await correction(cabinet, id_))["statut"] == "acceptee"


async def test_only_the_firm_marks_and_only_what_others_filled(cabinet: Cabinet) -> None:
    id_ = await cabinet.dossier()
    root = f"/api/demarches/{id_}/formulaires"
    body = {"champs": MARKS}
    refused = await cabinet.client.post(f"{root}/declaration/correction", json=body, headers=key())
    assert refused.status_code == 403
    absent = await cabinet.staff.post(f"{root}/salarie/correction", json=body, headers=key())
    assert (absent.status_code, absent.json()["code"]) == (404, "formulaire_inconnu")
    unknown = await cabinet.staff.post(f"{root}/declaration/correction", json=body, headers=key())
    assert unknown.status_code == 422 and unknown.json()["errors"]
    unsaid = {"champs": [MARKS[0] | {"mot": " "}]}
    assert (
        await cabinet.staff.post(f"{root}/declaration/correction", json=unsaid, headers=key())
    ).status_code == 422
