"""Tests of the events that Keepwarm tells the outside."""
