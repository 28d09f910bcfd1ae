"""Builds the screens when their sources have changed, with the Node of the environment."""
from collections.abc import Callable


def build(say: Callable[[str], None]) -> None:
    pass
