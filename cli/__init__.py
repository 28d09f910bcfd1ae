"""Commands behind the `elaska` launcher, one module each."""
