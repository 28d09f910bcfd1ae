"""The check before publishing: everything that a schema cannot say about a modèle, said before anyone meets it."""

from workflows.engine.verifier.check import Models, verify

__all__ = ["Models", "verify"]
