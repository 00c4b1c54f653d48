"""HTTPS by the server itself: its settings, a local authority, the addresses of this computer.

May import ``domain``; the settings and everything above them import it.
"""
