"""Mail models that administrators write: what is refused, where, why, and what to do; what is taken."""

import re
from datetime import date
from typing import Any

import pytest

from activities.mail import RenderedMail
from activities.mail_check import check_mail
from activities.mail_example import example, played
from activities.mail_models import BELL, Original, originals
from activities.mail_trial import Trial, shown, subject_of, try_model
from activities.publication import ROOT
from activities.rules_port import RULES
from activities.variables import COURRIEL
from store.cabinet import Cabinet
from workflows.engine.bundle import from_folder
from workflows.engine.program import Program

DAY = date(2026, 3, 12)
BASE = "https://portail.exemple.fr"
FIRM = Cabinet(nom="Cabinet Arvenne", telephone="+33478000012")


@pytest.fixture(scope="module")
def models() -> dict[str, Original]:
    return originals(ROOT)


def tried(models: dict[str, Original], cle: str, corps: str, sent: bool = False, **more: Any) -> Trial:
    return try_model(models[cle], "html", "Bonjour", corps, example(cle, FIRM, BASE, DAY) | more, sent=sent)


@pytest.mark.parametrize(
    ("corps", "ligne", "dit"),
    [
        ("<p>\n{{ nom_cliant }}</p>", 2, "nom_client"),
        ("<p>{{ client.mail }}</p>", 1, "email"),
        ("<p>\n\n{{ prenom }</p>", 3, "}}"),
        ("<div>\n<b>Bonjour\n</div>", 2, "</b>"),
        ("<p>a</p>\n</div>", 2, "</div>"),
        ("<p>a</p>\n<script>alert(1)</script>", 2, "script"),
        ('<p>a</p>\n<b onclick="x()">a</b>', 2, "onclick"),
        ('<a href="javascript:x()">a</a>', 1, "https://"),
        ('<p>a</p>\n\n<img src="https://pixel.exemple.fr/a.png">', 3, "ailleurs"),
        ('<img src="{{ lien_portail }}">', 1, "ailleurs"),
        ('<td background="//pixel.exemple.fr/a.png">a</td>', 1, "ailleurs"),
        ("<style>\n@import url(https://exemple.fr/a.css);</style>", 2, "ailleurs"),
        ('<b style="background:url(http://exemple.fr/a)">a</b>', 1, "ailleurs"),
        ('<link rel="stylesheet" href="https://exemple.fr/a.css">', 1, "ailleurs"),
        ("<form><p>a</p></form>", 1, "formulaire"),
        ("<!--[if mso]><img src='http://exemple.fr/a'><![endif]-->", 1, "ailleurs"),
        ("<p>{{ motif | safe }}</p>", 1, "protection"),
        ("<p>{{ echeance | date_fr }}</p>", 0, "condition"),
        ("Bonjour", 1, "balise"),
    ],
)
def test_what_is_refused_says_where_why_and_what_to_do(
    models: dict[str, Original], corps: str, ligne: int, dit: str
) -> None:
    trial = tried(models, "demande_recue", corps)
    faults = [each for each in trial.constats if each.niveau == "erreur"]
    assert not trial.usable
    assert any(each.ligne == ligne and dit in each.raison + each.remede for each in faults), faults


def test_a_personal_link_is_not_lost(models: dict[str, Original]) -> None:
    trial = tried(models, "invitation_salarie", "<p>Bonjour</p>")
    assert not trial.usable and "lien_acces" in trial.constats[0].remede


def test_a_page_as_word_processors_write_it_is_taken() -> None:
    page = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>
<table><tr><td>a<td>b</table><ul><li>un<li>deux</ul><p>Bonjour<p>{% if motif %}{{ motif | lignes }}{% endif %}
<img src="data:image/png;base64,iVBORw0KGgo="><img src="{{ qr_code_dossier }}" alt=""><hr>
<a href="mailto:{{ cabinet.email }}">écrire</a><a href="{{ lien_portail }}?a=1">voir</a></body></html>"""
    assert check_mail("Bonjour", page, {}, COURRIEL.keys(), html=True) == []


def test_every_original_passes_its_own_check(models: dict[str, Original]) -> None:
    """Those that read what only a démarche computes are at most doubted without it; the bell's is among them."""
    assert BELL in models
    for cle, original in models.items():
        values = example(cle, FIRM, BASE, DAY)
        trial = try_model(original, "mjml", original.sujet, original.corps, values, sent=False)
        assert trial.usable, (cle, trial.constats)
        assert trial.mail is not None or trial.constats[0].niveau == "avertissement"
        assert "{" not in subject_of(original, original.sujet, values)


@pytest.mark.parametrize(
    ("cle", "lu"),
    [
        ("action_demandee", "Nous avons besoin de vous : Embauche de Camille Durand"),
        ("relance_debiteur", "Règlement en attente : …"),
        ("relance_penalites", "Pénalités de retard à régler : …"),
    ],
)
def test_a_subject_is_read_as_people_would(models: dict[str, Original], cle: str, lu: str) -> None:
    """Without what only a démarche computes: the first text that it may have, no code in it."""
    original = models[cle]
    read = subject_of(original, original.sujet, example(cle, FIRM, BASE, DAY))
    assert read.replace("\u00a0", " ") == lu


def test_what_presents_an_original_is_in_french(models: dict[str, Original]) -> None:
    """An administrator reads it first in the editor."""
    for cle, original in models.items():
        assert re.match(r"\{# (À|Au|Ce qu|Rappel|Un nouveau) ?[^#]+ #\}\n", original.corps), cle


def test_the_preview_shows_what_a_scenario_computes(models: dict[str, Original]) -> None:
    program = Program(from_folder(ROOT, ROOT / "process_templates" / "recouvrement.yaml").bundle, RULES, "x")
    sent = played("relance_debiteur", [program], ROOT, DAY, BASE)
    assert sent["lien_paiement"].startswith(BASE)
    original = models["relance_debiteur"]
    values = example("relance_debiteur", FIRM, BASE, DAY) | sent
    trial = try_model(original, "mjml", original.sujet, original.corps, values, sent=True)
    assert trial.usable and isinstance(trial.mail, RenderedMail)
    assert "€" in trial.mail.html
    assert "cid:" not in shown(trial.mail) and "data:image/png;base64," in shown(trial.mail)
