"""Flags (findings of the rules on an application): how recruiters handle them, and how often each rule was right."""
