"""The staff side: logging in, the queue, a case with its conversation. Built by ``make_staff_app``."""

from handover.staff.app import make_staff_app

__all__ = ["make_staff_app"]
