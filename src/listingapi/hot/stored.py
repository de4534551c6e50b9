"""What is kept in Redis, for all processes: how it is written, and the scripts that keep older from newer; pure.

An entry is `version position`, a line end and the body; where the body is missing, and the position, nothing older than
that version may be put. `position` is how far the feed was known to whoever read it.
"""

from typing import NamedTuple

from listingapi.hot.memory import Key
from listingapi.ready import Ready

# Where bodies, or how they are written, become other ones, the number is to be another one, too.
PREFIX = "listingapi:hot:1"
KEPT_MILLISECONDS = 3_600_000
# Longer than most reads take: an answer that was on its way during a change is to find that there was one.
CHANGED_MILLISECONDS = 20_000
LONGEST_HEAD = 40

_KNOWN = f"""
    local version, position = string.match(redis.call('GETRANGE', key, 0, {LONGEST_HEAD}), '^(%d+) (%d*)\\n')
    version, position = tonumber(version) or -1, tonumber(position) or -1
"""
# For each key its version, its position, what is to be there, and for how many milliseconds.
FILL = f"""
for i, key in ipairs(KEYS) do
    local its_version, its_position = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
    {_KNOWN}
    if its_version > version or (its_version == version and its_position > position) then
        redis.call('SET', key, ARGV[4 * i - 1], 'PX', ARGV[4 * i])
    end
end
"""
# Each key's version; the last argument is said on the channel of the one before it. Answered is which had a body.
CHANGE = f"""
local had_body = {{}}
for i, key in ipairs(KEYS) do
    local its_version = tonumber(ARGV[i])
    {_KNOWN}
    if its_version > version then
        redis.call('SET', key, ARGV[i] .. ' \\n', 'PX', {CHANGED_MILLISECONDS})
        if position >= 0 then
            had_body[#had_body + 1] = i - 1
        end
    end
end
if ARGV[#KEYS + 2] ~= '' then
    redis.call('PUBLISH', ARGV[#KEYS + 1], ARGV[#KEYS + 2])
end
return had_body
"""
# Whoever holds it, or takes it when nobody does, holds it for some more milliseconds.
HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
# How often each listing was asked for.
ASKED = """
for i = 1, #ARGV, 2 do
    redis.call('ZINCRBY', KEYS[1], ARGV[i + 1], ARGV[i])
end
redis.call('EXPIRE', KEYS[1], 604800)
"""
# What was asked for long ago counts less and less, and what is not among so many is forgotten.
FADE = """
if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('ZUNIONSTORE', KEYS[1], 1, KEYS[1], 'WEIGHTS', ARGV[1])
    redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[2])
    redis.call('EXPIRE', KEYS[1], 604800)
end
"""
MOST_ASKED = "return redis.call('ZREVRANGE', KEYS[1], 0, ARGV[1] - 1)"


class Stored(NamedTuple):
    """What was read, and how far the feed was known then."""

    ready: Ready
    position: int


def name_of(deployment: str, key: Key) -> str:
    """Under which name a key of a database is kept."""
    kind, listing_id = key
    return f"{PREFIX}:{deployment}:{kind}:{listing_id}"


def encode(stored: Stored) -> bytes:
    """An entry as it is kept."""
    return b"%d %d\n%b" % (stored.ready.version, stored.position, stored.ready.body)


def decode(entry: bytes | None) -> Stored | None:
    """What an entry says, if it is one that has a body."""
    if entry is None:
        return None
    head, _, body = entry.partition(b"\n")
    version, _, position = head.partition(b" ")
    if not (body and version.isdigit() and position.isdigit()):
        return None
    return Stored(Ready(int(version), body), int(position))
