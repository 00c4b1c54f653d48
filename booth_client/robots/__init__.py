"""Robots that play candidates and recruiters through the real protocol.

For rehearsals, demonstrations and load: ``python -m booth_client.robots --help``. Most have no
camera: at an online booth they enter the room and report their end as connected. As many as the
behaviour's ``media_at_most`` says hold their interviews with a test picture and a tone.
"""
