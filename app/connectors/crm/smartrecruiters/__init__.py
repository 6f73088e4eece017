"""SmartRecruiters: an employer's ATS."""
