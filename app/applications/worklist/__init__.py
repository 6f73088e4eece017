"""The worklist (today's actions) and the pipeline (counts and cards by stage)."""
