"""Keys and sealing: who can open what, and that nobody else can (architecture.md, "What is sealed")."""

from handover.vault.conversation import ConversationKeys, open_handed_over, sender_id, unwrap
from handover.vault.cost import Cost
from handover.vault.derive import lookup_of, new_token, opening_key_of
from handover.vault.keyfile import InstallationKeys, KeyFileDamaged, KeyFileMissing
from handover.vault.receipt import ReceiptKeys, ReceiptMistyped, Receipts
from handover.vault.seal import NotOpened, Place, new_key, seal, unseal
from handover.vault.staff import (
    RECOVERY,
    KeyPair,
    Keyring,
    LockedKey,
    NoAccess,
    WrongPassword,
    grant,
    lock,
    new_recovery_key,
    open_grant,
    open_invite,
    open_secret,
    recovery_pair,
    seal_for_invite,
    seal_secret,
    unlock,
    unwrap_for_session,
    wrap_for_session,
)

__all__ = [
    "RECOVERY", "ConversationKeys", "Cost", "InstallationKeys", "KeyFileDamaged", "KeyFileMissing", "KeyPair",
    "Keyring", "LockedKey", "NoAccess", "NotOpened", "Place", "ReceiptKeys", "ReceiptMistyped", "Receipts",
    "WrongPassword", "grant", "lock", "lookup_of", "new_key", "new_recovery_key", "new_token", "open_grant",
    "open_handed_over", "open_invite", "open_secret", "opening_key_of", "recovery_pair", "seal",
    "seal_for_invite", "seal_secret", "sender_id", "unlock", "unseal", "unwrap", "unwrap_for_session",
    "wrap_for_session",
]  # fmt: skip
