"""Refusals of staff pages that are not about a case."""

from __future__ import annotations


class NotPublished(Exception):
    """These figures are not (yet) for outside."""
