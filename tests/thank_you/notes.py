"""Notes as candidates write them: good ones after the five articles, and bad ones that the articles warn of."""

STAFF_FINDERS = """Dear Rosalind,

Thank you for your time this morning. It was good to hear that you are moving to one payroll system in July.

I’m really excited about the opportunity you are offering. This is a fantastic role and it is a great fit for my skills and experience, and I would be thrilled to join the organisation at such an exciting period. If you require any additional documentation or information, please do not hesitate to contact me.

Kind regards
Nadia"""  # noqa: E501  the article's own words, in the one line that a mail has
"""The three points of Staff Finders, with the article's own example of the third."""

DOS_AND_DONTS = """Dear Mr Voss,
Thank you for giving me the chance to show my motivation, and for the enriching conversation.
Your story of the black-start drill stayed with me, and I am still very interested in the role.
Please do not hesitate to contact me should you need more information.
Callum"""
"""Four lines: thanks, the interest again with something that the interviewer said, and the offer at the end."""

CAREERBUILDER = """Dear Simone,
I appreciated our meeting today, and I am keen to work on the audit backlog that you described.
At the clinic I cleared one of the same size in a year.
Is there anything else you need from me?
Best regards, Priyanka"""
"""How an accomplishment fits a need that was discussed."""

MINING_PEOPLE = """Hi Declan,
Thanks for meeting me. As promised, my notice period is four weeks, and my referees are Ann Lee and Bo Marsh.
I look forward to the possibility of joining the control room.
Callum"""
"""Succinct and polite, with the information that was promised."""

GOOD = {
    "staff finders": STAFF_FINDERS,
    "do's and don'ts": DOS_AND_DONTS,
    "careerbuilder": CAREERBUILDER,
    "mining people": MINING_PEOPLE,
}

FORGETFUL = """Hi Declan,
Thanks for your time. I forgot to mention that I led the drill twice.
I should have said more about rosters. I am keen on the role."""

APOLOGETIC = """Dear Simone,
Thank you for seeing me. I apologise for being so nervous, and unfortunately my answer on complaints went badly.
I am very interested in the role."""

IMPATIENT = """Dear Rosalind,
Thank you for the interview. I am excited about the role. When will you decide? Please let me know your feedback.
"""

QUESTIONING = """Dear Rosalind,
Thank you for the interview. I am excited about the role.
Which payroll system do you use? See https://nadia.example/?page=2 for my work."""

BARE = """Dear Sir or Madam,
It was a pleasure to meet you. I hope that my skills convinced you.
Regards"""
