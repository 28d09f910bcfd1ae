"""Icons that a modèle may name: those of `ui/src/shared/icons.tsx`, which draws « route » for any other."""

from __future__ import annotations

_NAMES = """
adjustments alert-circle armchair arrows-diff bolt briefcase building-bank calendar check
circle-dashed clipboard-text clock coin discount door-enter file file-alert file-plus file-text
file-x files flag folder folder-open gavel hand heart-handshake home hourglass id info list-check
mail mail-opened message pause phone pig-money progress receipt refresh route scale search
shield-check signature sparkles stethoscope user-plus x
"""
ICONES = frozenset(_NAMES.split())
