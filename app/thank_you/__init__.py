"""Reading a draft of a thank-you note: what to put right before it is sent. Nothing of a draft is kept or logged."""
