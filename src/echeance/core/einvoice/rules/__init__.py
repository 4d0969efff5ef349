"""The rules of EN 16931 and of France, family by family, over the semantic invoice."""
