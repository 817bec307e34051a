"""The same desk, stand-in bot and listener as the tests of handover."""

from tests.handover.conftest import bot, house, office

__all__ = ["bot", "house", "office"]
