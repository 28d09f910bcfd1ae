"""Local servers that speak the documented protocol of outside services: tests never patch our own functions."""
