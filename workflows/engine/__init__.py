"""The pure engine: modèle, state, `decide`, `evolve`, `needs`, `view`.

It imports neither Temporal, nor the database, nor a clock, nor any other package of ours; the same code runs in
the decider, in the workflow, in the simulator and in the property tests.
"""
