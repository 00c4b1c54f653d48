"""From the event stream to what clients see: reader, projection, views, hub.

May import ``domain``, ``protocol`` and ``line``.
"""
