"""Receipt codes: 16 digits that open the follow-up of a report, from any device.

15 digits are random (about 50 bits), the last is Damm's check digit. Argon2id stretches the code; the
look-up value and the opening key are derived apart, each with the pepper that lives outside the database. So
a stolen database holds nothing to guess against, and the look-up value opens nothing.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from handover.vault import damm
from handover.vault.cost import SALT_BYTES, Cost
from handover.vault.derive import keyed_hash

DIGITS = 16
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u2010-\u2015]+")
_CODE_IN_TEXT = re.compile(r"(?<![0-9])(?:[0-9][\s.\-\u00a0\u2010-\u2015]{0,2}){15}[0-9](?![0-9])")


class ReceiptMistyped(ValueError):
    """Not 16 digits with a right check digit: a slip of the finger, not a guess."""


@dataclass(frozen=True, slots=True)
class ReceiptKeys:
    """What a code gives: ``lookup`` finds the receipt, ``opening`` opens it."""

    lookup: bytes = field(repr=False)
    opening: bytes = field(repr=False)


def new_code() -> str:
    """A new code of 16 digits."""
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS - 1))
    return digits + damm.check_digit(digits)


def shown(code: str) -> str:
    """The code as people read it: four by four."""
    return " ".join(code[i : i + 4] for i in range(0, DIGITS, 4))


def read(typed: str) -> str:
    """The 16 digits in what someone typed; raises :class:`ReceiptMistyped`."""
    digits = _SEPARATORS.sub("", typed)
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdecimal() or not damm.is_valid(digits):
        raise ReceiptMistyped("a code has 16 digits")
    return digits


def holds_code(text: str) -> bool:
    """True when ``text`` holds what is a well-formed code: it must not be stored as a message."""
    candidates = (_SEPARATORS.sub("", found) for found in _CODE_IN_TEXT.findall(text))
    return any(damm.is_valid(digits) for digits in candidates)


@dataclass(frozen=True, slots=True)
class Receipts:
    """Turns codes into keys, with the pepper of this installation."""

    pepper: bytes = field(repr=False)
    cost: Cost = field(default_factory=Cost)

    def keys(self, code: str) -> ReceiptKeys:
        """The keys of a well-formed code. Slow on purpose."""
        salt = keyed_hash(self.pepper, b"salt", "receipt salt")[:SALT_BYTES]
        root = self.cost.stretch(code.encode(), salt)
        return ReceiptKeys(
            lookup=keyed_hash(self.pepper, root, "receipt lookup"),
            opening=keyed_hash(self.pepper, root, "receipt opening"),
        )
