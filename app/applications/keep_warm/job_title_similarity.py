"""Similarity of job titles, by a rule that a recruiter can check.

Two titles are similar if they share at least half the words of the shorter title. One shared word must name the field
of work. Small words, levels and contract forms do not count: “Senior Payroll Manager (fixed term)” has the words
payroll and manager. A word such as manager names a role in any field. If only such words are shared, the titles are
similar only if they consist of the same words.
"""

import re

from app.kit.search import name_words

_SMALL_WORDS = """
a an and at for from in m f d w x of on or the to with und de der die das et la le du des y el del los
"""
_LEVELS = """
senior snr sr junior jnr jr lead leading principal chief head graduate grad trainee apprentice intern internship entry
level mid experienced deputy assistant associate acting interim i ii iii iv
"""
_CONTRACTS = """
full part time fulltime parttime ft pt casual contract contractor temp temporary permanent perm fixed term ftc month
months week weeks year remote hybrid onsite site shift day night days nights fifo maternity parental leave cover new
role job position vacancy opportunity urgent immediate start
"""
_ROLE_WORDS = """
manager management officer coordinator administrator administration director executive supervisor leader team specialist
consultant advisor adviser analyst engineer developer technician operator worker clerk partner agent representative rep
assistant staff professional expert practitioner general business support services service operations
"""
_NOT_COUNTED = frozenset((_SMALL_WORDS + _LEVELS + _CONTRACTS).split())
_WORD = re.compile(r"[^\W\d_]+")


def title_words(title: str) -> frozenset[str]:
    """Return the set of a title's words that count: in lower case, without accents, in the singular.

    Small words, levels such as senior, and contract forms do not count.
    """
    return frozenset(
        singular(word)
        for part in _WORD.findall(title)
        for word in name_words(part)
        if len(word) > 1 and word not in _NOT_COUNTED
    )


def singular(word: str) -> str:
    """Return a word without the `s` of its plural: “accounts” and “account” are one word."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_ROLES = frozenset(singular(word) for word in _ROLE_WORDS.split())
"""Words that name a role in any field of work, such as manager, in the singular."""


def shared_words(title: str, other: str) -> list[str]:
    """Return the words that two similar titles share, as `title` writes them, or [] if the titles are not similar."""
    ours, theirs = title_words(title), title_words(other)
    shared = ours & theirs
    enough = 2 * len(shared) >= min(len(ours), len(theirs))
    names_a_field = bool(shared - _ROLES) or ours == theirs
    if not (shared and enough and names_a_field):
        return []
    written = (part.lower() for part in _WORD.findall(title))
    return list(dict.fromkeys(part for part in written if title_words(part) & shared))
