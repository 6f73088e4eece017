"""Stop words: words that are common in English or in notes about interviews, and so name no topic."""

_ENGLISH = """
the and to you for of in with that this is was are be have had it my me your our we us at on from about would will very
thank thanks dear regards am i'm more time meeting role team not but if all
"""
_INTERVIEW_WORDS = """
interview interviews interviewed interviewer interviewers position opportunity company organisation organization
business office candidate candidates client manager people person work working worked experience skills question
questions answer answers conversation discussion discussed talk talked talking spoke speak speaking said says told asked
wanted wants want like liked likes felt feel feels think thought know knew known hear heard look looks looking forward
come came email call note week weeks month months year years today tomorrow day pty ltd limited group inc senior junior
lead need needs help keen excited interested interest appreciate appreciated grateful getting learn learning learned
things thing something anything everything kind sincerely hello
"""
_SMALL = """
there their them they then than these those when where which while what who whom without within also just only even some
such much many most into over under after before because could should might must been being were does did done make
makes made take takes took give gave given really quite well good great better best happy clear first second last next
other another each every both here again still back down through between during has her him his she its can may any one
two how why
"""

ENGLISH = frozenset(_ENGLISH.split())
"""Common English words, by which English is recognised."""
STOP_WORDS = ENGLISH | frozenset(_INTERVIEW_WORDS.split()) | frozenset(_SMALL.split())
"""Words that occur in notes about any interview, and so name no topic."""
