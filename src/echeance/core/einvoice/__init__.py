"""Factures électroniques : EN 16931 model, CII, Factur-X, native checks and official verdicts."""
