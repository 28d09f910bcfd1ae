"""Sessions, second factor, throttling, cross-site protection."""
