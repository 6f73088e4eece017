"""HTTP route of the thank-you check."""

from fastapi import Response

from app.access.request_context import RecruiterContext
from app.kit.strict_json import router as feature_router
from app.thank_you.schemas import ThankYouCheckIn, ThankYouCheckOut
from app.thank_you.service import check_thank_you as check

router = feature_router()


@router.post("/thank-you-checks", response_model=ThankYouCheckOut, tags=["2 · After the interview"])
async def check_thank_you(body: ThankYouCheckIn, context: RecruiterContext) -> Response:
    """Check a draft of a thank-you note before the candidate sends it. The draft is neither stored nor logged.

    The findings follow public advice of recruiters: thank them, be brief, and name a topic of the conversation. Say
    that you are interested, and leave out questions, excuses and anything negative. With `interview_id` the note is
    also compared with the records of that interview.
    """
    return await context.judge(check, body)
