"""Tests; a package, because a library brings a `tests` of its own."""
