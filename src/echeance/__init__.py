"""Échéance: French billing, collection and lettering. Read ARCHITECTURE.md first."""
