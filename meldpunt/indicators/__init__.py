"""The risk indicators: the catalogue and a readable analysis of a message (``python -m meldpunt.indicators``)."""

from meldpunt.indicators.catalogue import CATEGORIES, SEXUAL, Catalogue, CatalogueError, Indicator, catalogue

__all__ = ["CATEGORIES", "SEXUAL", "Catalogue", "CatalogueError", "Indicator", "catalogue"]
