"""Clients of public registers: SIRENE (Insee) and VIES (European Commission)."""
