"""Robots that play candidates and recruiters through the real protocol.

For rehearsals, demonstrations and load: ``python -m booth_client.robots --help``. They have no
camera: at an online booth they enter the room and report their end as connected.
"""
