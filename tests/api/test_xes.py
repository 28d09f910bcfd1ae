"""The event log of a modèle is XES that any process-mining tool reads and the check that says so sees faults."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from store.utilisateur import Role
from tests.api.conftest import Cabinet
from tests.api.xes import SPACE, faults

RIGHT = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="event"><string key="concept:name" value=""/></global>
<classifier name="Activity" keys="concept:name"/>
<string key="concept:name" value="essai"><int key="rang" value="1"/></string>
<trace><string key="concept:name" value="un"/>
<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2026-11-24T08:00:00+00:00"/></event>
</trace>
</log>"""


def test_a_right_log_has_no_fault() -> None:
    assert faults(RIGHT) == []


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ('xes.version="1849.2016"', "", "log : xes.version vaut None"),
        ('<int key="rang" value="1"/>', '<int key="rang" value="un"/>', "« rang » : 'un' n’est pas un int"),
        ("2026-11-24T08:00:00+00:00", "24/11/2026", "« time:timestamp » : '24/11/2026' n’est pas un date"),
        ("2026-11-24T08:00:00+00:00", "2026-11-24T08:00:00", "n’est pas un date"),
        ('key="rang"', 'key="mon rang"', "« mon rang » n’est pas un nom"),
        ('key="rang"', 'key="elaska:rang"', "l’extension « elaska » n’est pas déclarée"),
        ('<string key="concept:name" value="a"/>', "", "event n’a pas « concept:name » (string)"),
        (' keys="concept:name"', ' keys="org:role"', "lit « org:role », qui n’est pas global"),
        ('<date key="time:timestamp"', '<string key="time:timestamp"', "« time:timestamp » est un string"),
        ('value="a"/>', 'value="a"/><string key="concept:name" value="b"/>', "deux fois « concept:name »"),
        ("</trace>", '<string key="fin" value="x"/></trace>', "ne sont pas dans l’ordre"),
        ("event>", "fait>", "trace contient fait"),
        ('scope="event"', 'scope="partout"', "global : scope vaut 'partout'"),
    ],
)
def test_a_wrong_log_is_told(written: str, instead: str, fault: str) -> None:
    assert written in RIGHT
    told = faults(RIGHT.replace(written, instead))
    assert any(fault in each for each in told), told


async def test_what_is_exported_follows_the_standard(cabinet: Cabinet) -> None:
    await cabinet.dossier()
    await cabinet.dossier()
    _, admin = await cabinet.people.staff(Role.ADMIN, nom="Roy", prenom="Alix")
    log = await admin.get("/api/modeles/embauche/journal.xes")
    assert faults(log.content) == []
    traces = ElementTree.fromstring(log.content).findall(f"{SPACE}trace")
    assert len(traces) == 2
    for trace in traces:
        stamps = [date.attrib["value"] for date in trace.iter(f"{SPACE}date")]
        assert stamps == sorted(stamps)
