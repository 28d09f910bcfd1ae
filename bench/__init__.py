"""Measures, each a command: `./elaska bench NAME [--json]`. Ratios in one run, never a timing asserted in a test."""
