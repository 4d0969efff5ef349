"""Fournisseurs: supplier invoices received, controlled, approved, paid."""
