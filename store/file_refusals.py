"""Why a deposited file is refused. Each message is a sentence for the person who deposits, saying what to do."""

MIB = 1024 * 1024


class FileRefused(Exception):
    """Base of the refusals; `code` is stable, the message is for people."""

    code = "fichier_refuse"


class EmptyFile(FileRefused):
    code = "fichier_vide"


class FileTooBig(FileRefused):
    code = "fichier_trop_gros"


class TypeRefused(FileRefused):
    code = "fichier_type_refuse"


class ActiveContent(TypeRefused):
    code = "fichier_contenu_actif"


class SeveralTypes(TypeRefused):
    """Two types at once (a polyglot file)."""

    code = "fichier_double"


class ExtensionMismatch(FileRefused):
    code = "fichier_extension_trompeuse"


class DamagedFile(FileRefused):
    code = "fichier_abime"


class TooDense(FileRefused):
    """Out of all proportion once expanded (a decompression bomb)."""

    code = "fichier_demesure"


class ProtectedFile(FileRefused):
    code = "fichier_protege"


class Infected(FileRefused):
    """The antivirus recognised something in it."""

    code = "fichier_infecte"


class NotScannable(FileRefused):
    """Longer than what the antivirus agrees to read."""

    code = "fichier_non_analysable"


DANGERS = frozenset(kind.code for kind in (ActiveContent, SeveralTypes, TooDense, Infected))
"""Refusals that are told to the firm: an honest mistake is not."""
