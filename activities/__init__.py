"""Side effects, one module per concern; `decider.py` writes what the engine decides."""
