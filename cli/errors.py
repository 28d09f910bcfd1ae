"""Failures that are told to a person, in French, without a stack trace."""

from __future__ import annotations


class Refusal(Exception):
    """A start or a command that cannot be carried out; the message says why and what to do."""
