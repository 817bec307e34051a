"""spaCy for context: which Dutch model reads, and the components that put a mention in its surroundings."""

from meldpunt.reading.language.pipeline import MODEL, Language, LanguageDataError

__all__ = ["MODEL", "Language", "LanguageDataError"]
