"""Web faces of billing: documents, one document, orders to bill."""
