"""A second implementation of the rules, for comparison: as the specification reads, without regard to speed.

It is written from the text of the specification alone. It shares the facts, the calendars and the policy with the
engine. Stage history, timeline, window and court are its own.
"""

from tests.rules.literal.answer import Literal, LiteralAction

__all__ = ["Literal", "LiteralAction"]
