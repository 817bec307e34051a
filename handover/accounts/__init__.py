"""Accounts of staff and the key pair of the meldpunt that they share.

Each service works on the database; who may call it is the staff listener's to check (permissions.yml).
"""

from handover.accounts.keys import FirstAccount, newest_key, recover, reset_by_recovery, rotate, set_up
from handover.accounts.people import (
    AccountRefused,
    InviteUnknown,
    NewAccount,
    PasswordTooShort,
    UsernameTaken,
    accept_invite,
    change_password,
    check_password,
    end_access,
    invite,
    keyring_of,
    locked_key,
    tidy_name,
)

__all__ = [
    "AccountRefused",
    "FirstAccount",
    "InviteUnknown",
    "NewAccount",
    "PasswordTooShort",
    "UsernameTaken",
    "accept_invite",
    "change_password",
    "check_password",
    "end_access",
    "invite",
    "keyring_of",
    "locked_key",
    "newest_key",
    "recover",
    "reset_by_recovery",
    "rotate",
    "set_up",
    "tidy_name",
]
