"""Archives: files kept by content, with seal, retention date and search."""
