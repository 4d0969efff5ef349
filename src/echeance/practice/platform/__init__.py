"""Plateforme d'entraînement : an approved platform on this machine, that also fails on demand."""
