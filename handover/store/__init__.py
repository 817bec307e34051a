"""The database: tables, transactions, migrations. Texts are in it only sealed."""

from handover.store.base import Base
from handover.store.conversations import (
    BotErasure,
    Conversation,
    HandedOverKey,
    Message,
    Outbox,
    Receipt,
    UnfitPayload,
    VisitorToken,
)
from handover.store.database import Store
from handover.store.people import Invite, KeyGrant, MeldpuntKey, Passkey, Staff, StaffSession
from handover.store.records import AuditLine, Counter, Heartbeat, SettingChange, YearFigures
from handover.store.reports import (
    CaseEvent,
    CaseLink,
    ConsentChange,
    ConsentRow,
    Note,
    ReportRow,
    Task,
    Transfer,
)

__all__ = [
    "AuditLine", "Base", "BotErasure", "CaseEvent", "CaseLink", "ConsentChange", "ConsentRow", "Conversation", "Counter",
    "HandedOverKey", "Heartbeat", "Invite", "KeyGrant", "MeldpuntKey", "Message", "Note", "Outbox", "Passkey",
    "Receipt", "ReportRow", "SettingChange", "Staff", "StaffSession", "Store", "Task", "Transfer", "UnfitPayload",
    "VisitorToken", "YearFigures",
]  # fmt: skip
