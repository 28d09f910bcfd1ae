"""Mails and SMS written by hand to someone of the démarche (DOS-09, TL-09, REC-07)."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine.commands import off_portal
from workflows.engine.handlers._registry import handle
from workflows.engine.turn import MESSAGE, Turn


@handle.register
def _(command: c.WriteCourriel, turn: Turn) -> None:
    names = _readers(turn, command.a)
    turn.mail(
        MESSAGE,
        command.a,
        label=f"Email envoyé à {' et '.join(names)}",
        variables={"objet": command.objet, "motif": command.texte},
    )


@handle.register
def _(command: c.WriteSms, turn: Turn) -> None:
    names = _readers(turn, command.a)
    participant = turn.state.participants.get(command.a)
    turn.require(
        participant is None or bool(participant.telephone),
        "sans_numero",
        f"Nous n'avons pas le numéro de téléphone de {participant.nom if participant else ''}.",
    )
    # What a person writes is text, never a model: it is handed over as a value.
    turn.sms(
        "{{ motif }}",
        command.a,
        label=f"SMS envoyé à {' et '.join(names)}",
        variables={"motif": command.texte},
    )


def _readers(turn: Turn, key: str) -> list[str]:
    """Names of those to whom the firm writes: a role or a participant outside of it. Raises Refusal."""
    turn.require_staff()
    turn.require_open()
    turn.known_person(key)
    turn.require(
        turn.modele.side(key) != "cabinet",
        "destinataire",
        "Ce message s'adresse à une personne extérieure au cabinet.",
    )
    if turn.hidden_from(key):
        raise off_portal("lui écrire")
    names = _names(turn, key)
    turn.require(bool(names), "sans_adresse", "Nous n'avons pas les coordonnées de cette personne.")
    return names


def _names(turn: Turn, key: str) -> list[str]:
    participant = turn.state.participants.get(key)
    if participant is not None:
        return [] if participant.revoked else [participant.nom]
    users = turn.recipients(key)
    return list(
        {member.user_id: member.nom for member in turn.state.equipe if member.user_id in users}.values()
    )
