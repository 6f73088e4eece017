"""Examples of “Tables in and out”: small files as spreadsheets save them, with ids of the demo agency's own CRM."""

from app.console import fixture_ids
from app.console.examples.example import Example, of


def _file(what: str, *lines: str) -> Example:
    return of({what: "".join(f"{line}\n" for line in lines)}, system=fixture_ids.CRM, dry_run=True)


EXAMPLES = {
    "import_organisations": _file(
        "Two clients",
        "id,name,time zone,holiday region,direct contact,preferred channels",
        "organisation-9101,Pelican Point Logistics,Australia/Adelaide,AU-SA,via recruiter,phone;email",
        "organisation-9102,Bluegum Rail,,,,",
    ),
    "import_client_contacts": _file(
        "A hiring manager",
        "id,organisation,name,role,email",
        "client-contact-9101,organisation-1,Marguerite Delacroix-Obi,Hiring manager,marguerite@bellbird-energy.example",
    ),
    "import_candidates": _file(
        "Two candidates, one of them away",
        "id,name,email,time zone,holiday region,away",
        "candidate-9101,Leonie Marchetti,leonie.marchetti@mail.example,Australia/Perth,AU-WA,2036-12-22/2037-01-05",
        "candidate-9102,Ravi Thistlewood,,,,",
    ),
    "import_jobs": _file(
        "A vacancy",
        "id,title,organisation,hiring manager,status",
        "job-9101,Payroll Officer,organisation-1,client-contact-1,open",
    ),
    "import_applications": _file(
        "A candidate on a job",
        "id,candidate,job,recruiter,opened at",
        "application-9101,candidate-1,job-2,Tomasz Brandt,2026-11-11T22:00:00Z",
    ),
    "import_interviews": _file(
        "A first round, held",
        "id,application,starts at,ends at,kind,status,interviewers",
        "interview-9101,application-1,2026-11-11T23:00:00Z,2026-11-12T00:00:00Z,video,completed,client-contact-1",
    ),
    "import_interactions": _file(
        "A question and its answer",
        "id,application,from party,to party,channel,purpose,occurred at,in reply to,summary",
        "interaction-9101,application-1,candidate,recruiter,email,question,2026-11-12T01:00:00Z,,Is there parking?",
        "interaction-9102,application-1,recruiter,candidate,phone,answer,2026-11-12T03:00:00Z,interaction-9101,Yes",
    ),
    "import_transitions": _file(
        "An offer",
        "id,application,to",
        "transition-9101,application-2,offer",
    ),
    "import_checks": _file(
        "A medical, booked",
        "id,application,kind,label,asked at,booked for,result by",
        "check-9101,application-2,medical,,2026-11-11T23:00:00Z,2036-11-19T22:30:00Z,2036-11-26",
    ),
    "import_milestones": _file(
        "A first day",
        "id,application,kind,at,on",
        "milestone-9101,application-2,start agreed,2026-11-12T01:00:00Z,2036-12-08",
    ),
    "import_keep_warm_marks": _file(
        "A close second",
        "id,application,at,until,note",
        "keep-warm-mark-9101,application-5,2026-11-13T01:00:00Z,2027-11-12,Would come back in the new year",
    ),
    "list_imports": of(limit=20),
    "get_import": of(import_id=fixture_ids.IMPORT),
    "list_import_errors": of(import_id=fixture_ids.IMPORT, limit=20),
}
