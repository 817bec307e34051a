"""Erasing a conversation that somebody wants gone."""

from __future__ import annotations

from bot.actions.dossier import Dossier
from bot.actions.reply import Reply


def do_erase(dossier: Dossier, reply: Reply) -> None:
    """Forget everything; the channel does the same with what was said."""
    address = dossier.address
    dossier.__dict__.update(Dossier(finished=True, address=address).__dict__)
    reply.add("utter_erased")
    reply.customs.append({"kind": "erase"})
