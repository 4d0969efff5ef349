"""Comptabilité: double entry, open items, lettering, periods."""
