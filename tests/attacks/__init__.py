"""Attacks from outside, one file for each kind."""
