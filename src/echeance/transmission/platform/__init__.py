"""Plateformes : the clients of an approved platform (XP Z12-013) and of Chorus Pro."""
