"""The worklist (the actions of a day) and the pipeline (applications by stage: counts and cards)."""
