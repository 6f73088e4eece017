"""What recruiters do with flags: acknowledge, snooze, dismiss, reopen; and how precise each rule has proved."""
