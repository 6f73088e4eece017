"""Tests of the kit by itself: no database, and no network beyond loopback."""
