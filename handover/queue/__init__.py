"""What staff do with a case: list, open, claim, answer, review, share. Every service takes a ``Desk`` and an
``Actor``.

Services hold their own transaction, check who may do it *in* that transaction, and write the audit line
there too.
"""

from handover.queue.answering import answer, end_conversation, give_back, typing
from handover.queue.claim import Claim, claim, free_lapsed, hand_to, release, renew, take_over
from handover.queue.consent import RECIPIENTS, ConsentToday, allowed_recipients, consents_today
from handover.queue.links import alike, decide_link, propose_link
from handover.queue.listing import QueueItem, list_queue
from handover.queue.notes import add_note, add_task, finish_task, open_tasks
from handover.queue.opening import OpenCase, look_again, open_report
from handover.queue.passing import Passed, passed_lately
from handover.queue.presence import present, set_available, staff_online
from handover.queue.problems import (
    CaseChanged,
    CaseGone,
    ClaimLost,
    NotAgreed,
    NotClaimed,
    ReasonNeeded,
    Refused,
    SecondPersonNeeded,
    TooManyChats,
)  # fmt: skip
from handover.queue.review import (
    Review,
    add_mention,
    confirm_level,
    fill_field,
    refuse_level,
    review_mention,
    set_level,
)
from handover.queue.searching import search
from handover.queue.sharing import ExportDocument, approve_share, export_case, refuse_share, request_share
from handover.queue.status import STATUSES, set_status

__all__ = [
    "RECIPIENTS",
    "STATUSES",
    "CaseChanged",
    "CaseGone",
    "Claim",
    "ClaimLost",
    "ConsentToday",
    "ExportDocument",
    "NotAgreed",
    "NotClaimed",
    "OpenCase",
    "Passed",
    "QueueItem",
    "ReasonNeeded",
    "Refused",
    "Review",
    "SecondPersonNeeded",
    "TooManyChats",
    "add_mention",
    "add_note",
    "add_task",
    "alike",
    "allowed_recipients",
    "answer",
    "approve_share",
    "claim",
    "confirm_level",
    "consents_today",
    "decide_link",
    "end_conversation",
    "export_case",
    "fill_field",
    "finish_task",
    "free_lapsed",
    "give_back",
    "hand_to",
    "list_queue",
    "look_again",
    "open_report",
    "open_tasks",
    "passed_lately",
    "present",
    "propose_link",
    "refuse_level",
    "refuse_share",
    "release",
    "renew",
    "request_share",
    "review_mention",
    "search",
    "set_available",
    "set_level",
    "set_status",
    "staff_online",
    "take_over",
    "typing",
]
