"""Figures: how well the reader reads (``make eval``) and how fast the product is (``make bench``)."""
