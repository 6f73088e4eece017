"""HTTP: checking a draft of a thank-you note."""

from fastapi import Response

from app.access.call import RecruiterCall
from app.kit.strict_json import router as feature_router
from app.thank_you.schemas import ThankYouCheckIn, ThankYouCheckOut
from app.thank_you.service import check_thank_you as check

router = feature_router()


@router.post("/thank-you-checks", response_model=ThankYouCheckOut, tags=["2 · After the interview"])
async def check_thank_you(body: ThankYouCheckIn, call: RecruiterCall) -> Response:
    """Check a draft of a thank-you note before the candidate sends it. Nothing of the draft is kept or logged.

    The findings follow public recruiter advice: thank them, be brief, name something that you talked about, say that
    you are interested, and leave out questions, excuses and anything negative. With `interview_id` the note is also
    compared with what is recorded of that interview.
    """
    return await call.judge(check, body)
