"""Thank-you checks: what to correct in a draft note before it is sent. Drafts are never stored or logged."""
