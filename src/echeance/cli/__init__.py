"""Console door: the echeance command."""
