"""Mail models rewritten by an administrator, and the firm's letterhead: kept, checked, used by what really leaves."""

import base64
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from activities import notifier
from api.problems import Problem
from api.routes.cabinet import small_logo
from store import notification
from store.base import now
from store.modele_courriel import ModeleCourriel
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, Letters, ok, png

ROOT = "/api/parametres/courriels"
PAGE = """<!doctype html>
<html lang="fr"><head><style>p { margin: 0 }</style></head>
<body><p>Bonjour {{ prenom }},<br>votre demande {{reference_dossier}} est arrivée.
<p><a href="{{ lien_portail }}">Mon dossier</a></body></html>
"""


def text(corps: str = PAGE, sujet: str = "Reçu : {{ titre_demarche }}", format_: str = "html") -> Json:
    return {"format": format_, "sujet": sujet, "corps": corps}


async def test_an_imported_page_is_what_leaves_until_the_original_is_back(
    cabinet: Cabinet, letters: Letters
) -> None:
    admin_user, admin = await cabinet.people.staff(Role.ADMIN)
    seen = await ok(admin.get(f"{ROOT}/demande_recue"))
    assert (seen["version"], seen["format"], seen["modifie"]) == (0, "mjml", False)
    assert seen["modeles"] == ["Embauche d'un salarié"]
    assert {"nom_client", "reference_dossier", "lien_portail"} <= {each["nom"] for each in seen["variables"]}
    preview = await ok(admin.post(f"{ROOT}/demande_recue/apercu", json=text()))
    assert preview["enregistrable"] and preview["constats"] == []
    assert preview["objet"] == "Reçu : Embauche de Camille Durand"
    assert "data:image/png;base64," in preview["html"], "the QR code is there without being asked for (QR-06)"
    saved = await ok(admin.put(f"{ROOT}/demande_recue", json=text() | {"version": 0}))
    assert saved["modifie"] and saved["updated_par"] == admin_user.nom_complet
    late = await admin.put(f"{ROOT}/demande_recue", json=text() | {"version": 0})
    assert (late.status_code, late.json()["code"]) == (409, "courriel_modifie")

    opened = await cabinet.open()
    await cabinet.quiet(opened["id"])
    assert cabinet.manager.email is not None
    [letter] = letters.to(cabinet.manager.email)
    assert str(letter["subject"]).startswith("Reçu : Embauche")
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None and page is not None
    assert f"votre demande {opened['reference']} est arrivée." in " ".join(plain.get_content().split())
    assert "cid:qr-dossier@elaska" in page.get_content()

    back = await ok(admin.delete(f"{ROOT}/demande_recue", params={"version": saved["version"]}))
    assert (back["modifie"], back["corps"]) == (False, seen["corps"])
    [line] = [each for each in await ok(admin.get(ROOT)) if each["cle"] == "demande_recue"]
    assert not line["modifie"] and "{" not in line["objet"]

    # Its texts are all remembered, the one that was given up too: put back, it serves again.
    again = await ok(admin.put(f"{ROOT}/demande_recue", json=text(sujet="Bien reçu") | {"version": 0}))
    history = await ok(admin.get(f"{ROOT}/demande_recue/versions"))
    assert [(each["sujet"], each["sert"], each["par"]) for each in history] == [
        ("Bien reçu", True, admin_user.nom_complet),
        ("Reçu : {{ titre_demarche }}", False, admin_user.nom_complet),
    ]
    former = {name: history[1][name] for name in ("format", "sujet", "corps")}
    put_back = await ok(admin.put(f"{ROOT}/demande_recue", json=former | {"version": again["version"]}))
    assert put_back["sujet"] == "Reçu : {{ titre_demarche }}"
    sert = [each["sert"] for each in await ok(admin.get(f"{ROOT}/demande_recue/versions"))]
    assert sert == [True, False, False]


async def test_one_that_fails_costs_nobody_their_mail(cabinet: Cabinet, letters: Letters) -> None:
    """A rewritten model that was right yesterday: the original leaves, and the list says so."""
    async with session_scope() as session:
        session.add(
            ModeleCourriel(
                cle="demande_recue", version=1, format="html", sujet="x", corps="<p>\n{{ prenom | date_fr }}"
            )
        )
    opened = await cabinet.open()
    await cabinet.quiet(opened["id"])
    assert cabinet.manager.email is not None and len(letters.to(cabinet.manager.email)) == 1
    _, admin = await cabinet.people.staff(Role.ADMIN)
    [line] = [each for each in await ok(admin.get(ROOT)) if each["cle"] == "demande_recue"]
    # Never the value that it stumbled on, which is somebody's.
    assert line["echec"] == "Le modèle ne peut pas mettre en forme une valeur, ligne 2." and line["echec_le"]


async def test_the_bell_s_mail_too(cabinet: Cabinet, letters: Letters) -> None:
    _, admin = await cabinet.people.staff(Role.ADMIN)
    corps = "<p>{% for ligne in lignes %}{{ ligne.texte }}{% endfor %} {{ lien_preferences }}</p>"
    await ok(
        admin.put(
            f"{ROOT}/recapitulatif", json=text(corps, "Nouvelles de {{ cabinet.nom }}") | {"version": 0}
        )
    )
    keyring = cabinet.people.services.keyring
    async with session_scope() as session:
        cipher = await keyring.load(session, cabinet.tiers.id)
        await notification.notify(
            session, cipher, cabinet.manager.id, type="alerte", texte="Un délai approche.", lien="/"
        )
    await notifier.plan()
    while await notifier.deliver(keyring, now() + timedelta(days=1)):
        pass
    assert cabinet.manager.email is not None
    [letter] = letters.to(cabinet.manager.email)
    assert str(letter["subject"]).startswith("Nouvelles de ")


async def test_a_trial_goes_to_oneself(cabinet: Cabinet, letters: Letters) -> None:
    admin_user, admin = await cabinet.people.staff(Role.ADMIN)
    answer = await ok(
        admin.post(f"{ROOT}/relance_pieces/essai", json=text(sujet="Il manque {{ pieces | length }}"))
    )
    assert answer == {"destinataire": admin_user.email}
    [letter] = letters.to(admin_user.email)
    assert str(letter["subject"]) == "[Essai] Il manque 2"


async def test_a_fault_is_told_and_nothing_is_kept(cabinet: Cabinet) -> None:
    _, admin = await cabinet.people.staff(Role.ADMIN)
    wrong = text("<p>\n{{ nom_cliant }}</p>")
    preview = await ok(admin.post(f"{ROOT}/demande_recue/apercu", json=wrong))
    assert not preview["enregistrable"] and preview["html"] is None
    [fault] = preview["constats"]
    assert (fault["champ"], fault["ligne"]) == ("corps", 2) and "nom_client" in fault["remede"]
    refused = await admin.put(f"{ROOT}/demande_recue", json=wrong | {"version": 0})
    assert (refused.status_code, refused.json()["code"]) == (422, "courriel_incorrect")
    assert refused.json()["errors"][0]["detail"].startswith("Ligne 2")
    assert (await admin.post(f"{ROOT}/demande_recue/essai", json=wrong)).status_code == 422
    assert (await ok(admin.get(f"{ROOT}/demande_recue")))["version"] == 0
    assert (await admin.get(f"{ROOT}/inconnu")).status_code == 404


async def test_the_letterhead_is_on_what_is_made(cabinet: Cabinet, letters: Letters) -> None:
    _, admin = await cabinet.people.staff(Role.ADMIN)
    where = "/api/parametres/cabinet"
    told = {
        "nom": "Cabinet Arvenne",
        "en_tete": "Conseil aux entreprises",
        "pied_de_page": "RCS Lyon 732 829 320",
    }
    wrong = await admin.put(where, json=told | {"siret": "123", "email": "a", "site": "javascript:x"})
    assert {each["pointer"] for each in wrong.json()["errors"]} == {"/siret", "/email", "/site"}
    saved = await ok(admin.put(where, json=told | {"siret": "732 829 320 00074"}))
    assert saved["siret"] == "73282932000074"
    logo = await ok(admin.put(f"{where}/logo", json={"image": base64.b64encode(png("red", 900)).decode()}))
    assert logo["nom"] == "Cabinet Arvenne"
    kept = Image.open(BytesIO(base64.b64decode(logo["logo"].partition(",")[2])))
    assert (kept.format, kept.size) == ("PNG", (240, 240))
    paper = await admin.get(f"{where}/papier")
    with pikepdf.open(BytesIO(paper.content)) as pdf:
        assert "Papier à en-tête" in str(pdf.docinfo["/Title"])
        assert len(pdf.pages) == 1 and pdf.pages[0].get_images()
    opened = await cabinet.open()
    await cabinet.quiet(opened["id"])
    assert cabinet.manager.email is not None
    [letter] = letters.to(cabinet.manager.email)
    page = letter.get_body(("html",))
    assert page is not None
    assert "Conseil aux entreprises" in page.get_content() and "RCS Lyon" in page.get_content()
    assert "data:" not in page.get_content(), "the logo is joined: mail readers do not show data: images"
    images = [part["Content-ID"] for part in letter.walk() if part.get_content_maintype() == "image"]
    assert len(images) == 2 and all(cid.strip("<>") in page.get_content() for cid in images)
    assert (await ok(admin.delete(f"{where}/logo")))["logo"] is None


async def test_the_colours_of_the_gauge_are_the_firms(cabinet: Cabinet) -> None:
    """CRE-16: an administrator sets them, everyone reads them; red never begins before orange."""
    _, admin = await cabinet.people.staff(Role.ADMIN)
    where = "/api/parametres/cabinet"

    async def shown() -> tuple[int, int]:
        told = await ok(cabinet.client.get("/api/cabinet"))
        return told["jauge_orange"], told["jauge_rouge"]

    assert await shown() == (33, 35)
    saved = await ok(admin.put(where, json={"nom": "Cabinet", "jauge_orange": 30, "jauge_rouge": 40}))
    assert (saved["jauge_orange"], saved["jauge_rouge"]) == await shown() == (30, 40)
    for wrong, pointer in (
        ({"jauge_orange": 41, "jauge_rouge": 40}, "/jauge_rouge"),
        ({"jauge_orange": 0}, "/jauge_orange"),
    ):
        refused = await admin.put(where, json={"nom": "Cabinet"} | wrong)
        assert refused.status_code == 422
        assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]
    assert (await cabinet.client.put(where, json={"nom": "Cabinet"})).status_code == 403
    assert await shown() == (30, 40)


def test_a_logo_that_is_none_is_refused() -> None:
    for image, told in (
        (b"<svg onload='x()'/>", "PNG ou JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "PNG ou JPEG"),
        (b"a" * (150 * 1024 + 1), "150"),
    ):
        with pytest.raises(Problem, match=told):
            small_logo(image)


async def test_an_address_that_the_server_refuses_is_told_to_the_adviser(
    cabinet: Cabinet, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NOT-07: a mail that comes back is in the journal with why, and in the adviser's bell."""

    async def refuse(*_: object) -> str:
        return "550 5.1.1 no such mailbox"

    monkeypatch.setattr(letters, "handle_RCPT", refuse, raising=False)
    opened = await cabinet.open()
    await cabinet.quiet(opened["id"])
    assert letters.received == []
    page = await ok(cabinet.staff.get(f"/api/demarches/{opened['id']}/journal"))
    [line] = [each for each in page["items"] if "échec" in each["titre"]]
    assert "550" in line["detail"]
    bell = await ok(cabinet.staff.get("/api/notifications"))
    assert any("n'a pas abouti" in each["texte"] for each in bell["items"])
