"""Endpoints: where an agency wants to be told of events, with their secrets, their health, and sending again."""
