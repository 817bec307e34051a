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
from handover.store.people import Invite, KeyGrant, MeldpuntKey, Staff, StaffSession
from handover.store.records import AuditLine, Counter, Heartbeat, SettingChange
from handover.store.reports import CaseEvent, ConsentChange, ConsentRow, Note, ReportRow, Task, Transfer

__all__ = [
    "AuditLine", "Base", "BotErasure", "CaseEvent", "ConsentChange", "ConsentRow", "Conversation", "Counter",
    "HandedOverKey", "Heartbeat", "Invite", "KeyGrant", "MeldpuntKey", "Message", "Note", "Outbox", "Receipt",
    "ReportRow", "SettingChange", "Staff", "StaffSession", "Store", "Task", "Transfer", "UnfitPayload",
    "VisitorToken",
]  # fmt: skip
