"""Recouvrement: the order to pay and its deadlines, the recovery file, the insurance notice."""
