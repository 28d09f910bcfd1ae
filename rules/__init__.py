"""Pure business calculations: French dates, hiring law, identifiers, form checks.

Nothing here reads a clock, a file, the network or another package of eLaska: same input, same answer.
"""
