"""Write-back: flags and follow-ups become notes or tasks in the CRM, once each."""
