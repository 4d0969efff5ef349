"""Web face of the bank room."""
