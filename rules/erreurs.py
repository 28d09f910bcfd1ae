"""The one family of errors the rules raise: a name for the code, a French sentence for the person."""

from __future__ import annotations


class RegleError(ValueError):
    """A calculation that cannot be made. `str(error)` is a French sentence that may be shown as it is."""


class HorsPlageError(RegleError):
    """The date lies outside the years for which the table named in the message is known."""


class DonneeIncoherenteError(RegleError):
    """The inputs contradict one another or miss what the rule needs."""
