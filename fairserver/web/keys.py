"""Where the application keeps what its handlers need."""

from __future__ import annotations

from aiohttp import web

from fairserver.settings import Network
from fairserver.web.limits import AddressBuckets, Buckets, SlowLines
from fairserver.web.node import Node

NODE = web.AppKey("node", Node)
#: Registrations and tries to sign in, by address.
DOOR = web.AppKey("door", Buckets)
#: The same from the Centre's own addresses, which bring a whole hall at once.
KNOWN_DOOR = web.AppKey("known_door", Buckets)
#: Links, keys and sessions that never were, by address: those that are counted.
WRONG_TOKENS = web.AppKey("wrong_tokens", Buckets)
#: Lines whose tokens are looked up one by one, for too many that never were.
SLOW_LINES = web.AppKey("slow_lines", SlowLines)
#: Alarms of this node, by kind and fair.
ALARMS = web.AppKey("alarms", Buckets)
#: Requests of people who are not signed in, by address.
VISITORS = web.AppKey("visitors", AddressBuckets)
#: Searches for a commune, by address.
LOOKUPS = web.AppKey("lookups", Buckets)
#: Looks at what is stored about a person and changes of it, by person.
OWN_DATA = web.AppKey("own_data", Buckets)
#: Tests against the echo, by person.
ECHO_DOOR = web.AppKey("echo_door", Buckets)
#: Pieces of recordings and looks at them, by person.
RECORDING_DOOR = web.AppKey("recording_door", Buckets)
#: Requests of employers' own systems, by address and by key.
API_DOOR = web.AppKey("api_door", Buckets)
API_KEYS = web.AppKey("api_keys", Buckets)
#: The Centre's own addresses.
KNOWN = web.AppKey("known", tuple[Network, ...])
#: Whose X-Forwarded-For is believed.
PROXIES = web.AppKey("proxies", tuple[Network, ...])
