"""What of the queue is shown: filters from the address, counts by level, pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from handover.queue import QueueItem
from handover.queue.listing import ORDER
from handover.queue.status import TRANSFERRED

PER_PAGE = 50
UNKNOWN = "onbekend"
WHOSE = ("mij", "niemand", "ander")


@dataclass(frozen=True, slots=True)
class Filters:
    """The chosen values; empty is everything."""

    niveau: str = ""
    gemeente: str = ""
    rol: str = ""
    status: str = ""
    wie: str = ""
    pagina: int = 1
    afgesloten: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """Read them from an address; what does not fit is left out."""
        number = query.get("pagina", "1")
        page = int(number) if number.isdecimal() and len(number) < 6 else 1
        chosen = {name: query.get(name, "")[:64] for name in ("niveau", "gemeente", "rol", "status", "wie")}
        return cls(**chosen, pagina=max(1, page), afgesloten=query.get("afgesloten") == "1")

    @property
    def active(self) -> bool:
        return any((self.niveau, self.gemeente, self.rol, self.status, self.wie))

    def address(self, **changes: object) -> str:
        """The queue's address with these filters, some of them changed; a change begins at the first page."""
        other = replace(self, **{"pagina": 1, **changes})  # type: ignore[arg-type]
        chosen = {name: getattr(other, name) for name in ("niveau", "gemeente", "rol", "status", "wie")}
        query = {name: value for name, value in chosen.items() if value}
        if other.pagina > 1:
            query["pagina"] = str(other.pagina)
        if other.afgesloten:
            query["afgesloten"] = "1"
        return "/wachtrij" + (f"?{urlencode(query)}" if query else "")

    def fits(self, item: QueueItem, me: str) -> bool:
        """Whether an item is among what is shown."""
        owner = "niemand" if item.claimed_by is None else "mij" if item.claimed_by == me else "ander"
        return all(
            not wanted or wanted == value
            for wanted, value in (
                (self.niveau, item.level),
                (self.gemeente, item.municipality or UNKNOWN),
                (self.rol, item.reporter_role or UNKNOWN),
                (self.status, item.status),
                (self.wie, owner),
            )
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the queue, with what there is to choose from and how much of it."""

    waiting: list[QueueItem]
    cases: list[QueueItem]
    total: int
    pages: int
    levels: dict[str, int]
    mine: int
    municipalities: list[str]
    statuses: list[str]
    roles: list[str]
    transferred: int


def shown(items: Sequence[QueueItem], filters: Filters, me: str) -> Shown:
    """Choose. A visitor who waits now is shown whatever the filters say."""
    waiting = [item for item in items if item.waits_for_person]
    others = [item for item in items if not item.waits_for_person]
    transferred = sum(item.status == TRANSFERRED for item in others)
    if filters.status != TRANSFERRED:
        others = [item for item in others if item.status != TRANSFERRED]  # others go on with those
    fitting = [item for item in others if filters.fits(item, me)]
    begin = (filters.pagina - 1) * PER_PAGE
    levels = Counter(item.level for item in others)
    return Shown(
        waiting, fitting[begin : begin + PER_PAGE], len(fitting), -(-len(fitting) // PER_PAGE) or 1,
        {level: levels[level] for level in ORDER}, sum(item.claimed_by == me for item in others),
        sorted({item.municipality or UNKNOWN for item in others}),
        sorted({item.status for item in others} | {TRANSFERRED}), sorted({item.reporter_role or UNKNOWN for item in others}),
        transferred,
    )  # fmt: skip
