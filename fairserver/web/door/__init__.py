"""The door for others in the network over plain HTTP: it leads to HTTPS and serves nothing else."""

from fairserver.web.door.app import make_door

__all__ = ["make_door"]
