-- The fair's clock: the time that goes by, whatever becomes of the computer's clock.
--
-- Each node tells about once a second that it is there (a beat), with its own clock that nobody can
-- turn. `meta` holds the fair's time at the newest beat (`beat`) and how far the computer's clock has
-- been turned since the fair began (`turned`), ms; "beats" by node its clock at its newest beat, and
-- what must be added to that for the fair's time. Between two beats the store's clock is believed,
-- but never backwards and not for long: when no beat comes, it is us who are away.

-- For so long without a beat nothing is wrong, ms; and so far may two clocks differ after a beat.
local STALL, TURNED = 5000, 1000

local function wall_clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- The fair's time between two beats; `at` is that of the newest event.
local function time_now(beat, turned, at)
  local now = wall_clock() - (turned or 0)
  if beat then now = math.min(math.max(now, beat), beat + STALL) end
  return math.max(now, at or 0)
end

-- In a block: a library has 200 local names at most, and these are what others need.
local is_there, note_beat
do
  -- What waits for somebody's doing. A rest, an interview's length and an appointment go on meanwhile.
  local WAITS = { call = true, answer = true, arrive = true, connect = true, presence = true,
                  staff = true }
  local TOLD = { call = true, answer = true }

  -- Nobody could do anything for so long: everything that waits for somebody waits longer by as much.
  local function give_time_back(ctx, lost)
    local deadlines = ctx:key('deadlines')
    local planned = redis.call('ZRANGE', deadlines, 0, -1, 'WITHSCORES')
    for i = 1, #planned, 2 do
      local kind, id = string.match(planned[i], '^(%a+):(.+)$')
      if WAITS[kind] then
        redis.call('ZADD', deadlines, tonumber(planned[i + 1]) + lost, planned[i])
        if TOLD[kind] then redis.call('HINCRBY', ctx:key('ticket', id), 'deadline', lost) end
      end
    end
    ctx:emit('time_lost', { lost_ms = lost })
  end

  -- Whether a node has been heard of a moment ago. Where no other was heard since, time has not gone on
  -- further than this (time_now): it counts as gone then too.
  is_there = function(ctx, node)
    local kept = redis.call('HGET', ctx:key('beats'), node)
    if not kept then return false end
    local last, add = string.match(kept, '^(%S+) (%S+)$')
    return ctx.now < tonumber(last) + tonumber(add) + STALL
  end

  -- The fair's time by a node that was heard before, or nil for a beat that was long on its way.
  local function time_by_node(kept, clock)
    local last, add = string.match(kept, '^(%S+) (%S+)$')
    if clock <= tonumber(last) then return nil end
    return clock + tonumber(add)
  end

  -- The fair's time by the store's clock alone, where no node can tell whether that was turned while
  -- all were away: backwards it does not go, and after a long time away it is believed anew.
  local function time_by_store(before, turned)
    local now = wall_clock() - turned
    if before and now > before + STALL then now = math.max(before, wall_clock()) end
    return math.max(now, before or 0)
  end

  -- A node is there; `clock` is its own, ms.
  note_beat = function(ctx, node, clock)
    local meta = redis.call('HMGET', ctx:key('meta'), 'beat', 'turned', 'clock')
    if meta[3] then return end -- a rehearsal has a time of its own
    local before, turned = tonumber(meta[1]), tonumber(meta[2]) or 0
    local now, kept = wall_clock() - turned, redis.call('HGET', ctx:key('beats'), node)
    if kept then
      local by_node = time_by_node(kept, clock)
      if not by_node then return end
      if math.abs(by_node - now) > TURNED then now = by_node end
    else
      now = time_by_store(before, turned)
    end
    now = math.max(now, before or 0)
    redis.call('HSET', ctx:key('meta'), 'beat', string.format('%.0f', now),
               'turned', string.format('%.0f', wall_clock() - now))
    redis.call('HSET', ctx:key('beats'), node, string.format('%.0f %.0f', clock, now - clock))
    ctx.now = math.max(now, ctx.at)
    if before and now - before > STALL then give_time_back(ctx, now - before) end
  end
end
