"""Accueil: calls, mails and requests of customers and suppliers."""
