"""Temporal shell of a démarche (`demarche.py`, `worker.py`) and, in `engine/`, the pure engine it drives."""
