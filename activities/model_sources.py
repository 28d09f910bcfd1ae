"""Mail and document models as the check before publishing reads them: the names they are given when they are made."""

from __future__ import annotations

from collections.abc import Mapping

from activities.mail import split_model
from activities.templating import paths_of
from activities.variables import COURRIEL, DOCUMENT
from workflows.engine.verifier import Models


def _paths_of_mail(source: str, partials: Mapping[str, str]) -> set[str]:
    subject, body = split_model(source)
    return paths_of(subject, partials) | paths_of(body, partials)


MODELS = Models(
    paths_of_mail=_paths_of_mail,
    paths_of_document=paths_of,
    paths_of_sms=paths_of,
    mail=frozenset(COURRIEL),
    document=frozenset(DOCUMENT),
)
