"""The rules once more, as the specification reads and without thought for speed: the engine must agree with them.

Made from the text of the specification alone. It shares with the engine the facts, the calendars and the policy, and
nothing else: the stage history, the timeline, the window and the court are its own.
"""

from tests.rules.literal.answer import Literal, LiteralAction

__all__ = ["Literal", "LiteralAction"]
