"""Icons that the verifier knows are those that the screens draw."""

import re

from cli.paths import ROOT
from workflows.engine.icones import ICONES


def test_the_verifier_knows_the_icons_of_the_screens() -> None:
    drawn = re.findall(r"^  '?([a-z-]+)'?: Icon", (ROOT / "ui/src/shared/icons.tsx").read_text(), re.M)
    assert len(drawn) > 40 and set(drawn) == ICONES
