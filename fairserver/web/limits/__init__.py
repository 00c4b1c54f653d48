"""What one client, one person and one address may take of a node, in one room.

``buckets`` count over time, ``addresses`` say what one address is, ``sockets`` and ``connections``
count what is open, ``meters`` what a person sends. May be imported by ``web`` only.
"""

from fairserver.web.limits.addresses import AddressBuckets, SlowLines
from fairserver.web.limits.buckets import Bucket, Buckets

__all__ = ["AddressBuckets", "Bucket", "Buckets", "SlowLines"]
