"""Corpus de pièges : open items and bank lines whose truth is known, to judge the matching."""
