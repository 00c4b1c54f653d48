-- The context of one transition: keys, clock, events, and the answer kept for repeats.
--
-- KEYS[1]  the fair's hash tag, "{fair_id}"; every other key begins with it
-- ARGV     by, client, command_id, digest, scope, args (JSON), at (ms; heeded in a rehearsal only)
--   by          who does it: "candidate:<id>", "staff:<id>" or "system"
--   client      whose command ids these are; "" = not idempotent (a node's own calls)
--   digest      of the command and all its fields as they were sent: the answer that is kept for a
--               command id is given to a repeat of the same command only
--   scope       what the caller may touch: "*", "candidate:<id>" or "booth:<id>"

local ANSWERS_KEPT_S = 86400

-- What one client can make the store keep. A client repeats only what it has had no answer to, which
-- is a handful at a time: so the newest answers suffice. Those that are young are kept beyond that,
-- for whoever was long without a network, up to a bound that nothing gets over.
local ANSWERS_SURE = 128
local ANSWERS_YOUNG_MS = 600000
local ANSWERS_MOST = 1024
-- Events that one client may write in an hour; a day at a fair takes some dozens of a person.
local HOUR_MS = 3600000
local EVENTS_AN_HOUR = { candidate = 500, staff = 20000 }

-- Transitions that end something or give memory back: they work also when the store is full.
local FREEING = {
  leave = true, finish = true, record_outcome = true, mark_missed = true, close_desk = true,
  pause_desk = true, pause_booth = true, pause_fair = true, close_fair = true, seen = true,
  fire_due = true, report_room = true, report_leg = true, remove_guest = true,
  withdraw_recording = true, change_profile = true, raise_alarm = true, put_alarm_aside = true,
}

local Context = {}
Context.__index = Context

function Context.open(prefix, argv)
  local self = setmetatable({ prefix = prefix, by = argv[1], client = argv[2],
                              command_id = argv[3], digest = argv[4], scope = argv[5],
                              events = {} }, Context)
  self.args = cjson.decode(argv[6])
  local meta = redis.call('HMGET', self:key('meta'), 'seq', 'state', 't0', 'clock', 'beat',
                          'turned', 'at', 'incarnation')
  -- The stream decides: an older release may have written an event and not its number.
  self.seq = math.max(tonumber(meta[1]) or 0, redis.call('XLEN', self:key('events')))
  self.state = meta[2]
  self.t0 = tonumber(meta[3]) or 0
  self.incarnation = meta[8]
  if meta[4] then
    self.now = math.max(tonumber(meta[4]), tonumber(argv[7]) or 0)
    redis.call('HSET', self:key('meta'), 'clock', string.format('%.0f', self.now))
  else
    self.at = tonumber(meta[7]) or 0
    self.now = time_now(tonumber(meta[5]), tonumber(meta[6]), self.at)
  end
  return self
end

function Context:key(name, id)
  if id then return self.prefix .. ':' .. name .. ':' .. id end
  return self.prefix .. ':' .. name
end

-- What a field of a record says when it is missing: a release before or after this one may not write
-- it. What has no default has always been there.
Context.fields = {
  ticket = { __index = { base = '0', shift = '0', lane = 'ordinary', misses = '0', not_now = '0' } },
  candidate = { __index = { present = '0', had = '0', head_start_ms = '0', channel = 'online' } },
  booth = { __index = { mode = 'onsite', minutes = '10' } },
  desk = { __index = { state = 'closed', since = '0' } },
}

-- A hash as a table; nil when it does not exist.
function Context:read(name, id)
  local flat = redis.call('HGETALL', self:key(name, id))
  if #flat == 0 then return nil end
  local record = {}
  for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
  return setmetatable(record, Context.fields[name])
end

function Context:set(name, id, ...)
  redis.call('HSET', self:key(name, id), ...)
end

-- What a stored setting is when it is missing, or nothing that it could be.
local DEFAULTS = DEFAULT_SETTINGS

-- The fair's settings, each of them a value of its kind whatever is stored.
local function sound_settings(stored)
  local readable, found = pcall(cjson.decode, stored)
  if not readable or type(found) ~= 'table' then return DEFAULTS end
  for name, default in pairs(DEFAULTS) do
    if type(found[name]) ~= type(default) then found[name] = default end
  end
  return found
end

function Context:settings()
  if not self.decoded_settings then
    self.decoded_settings = sound_settings(redis.call('HGET', self:key('meta'), 'settings'))
  end
  return self.decoded_settings
end

-- Do a part of the transition wholly or not at all; gives whether it was done.
function Context:attempt(act, ...)
  local seq, state, settings = self.seq, self.state, self.decoded_settings
  local done = attempt(act, self, ...)
  if not done then
    for i = #self.events, #self.events - (self.seq - seq) + 1, -1 do self.events[i] = nil end
    self.seq, self.state, self.decoded_settings = seq, state, settings
  end
  return done
end

-- Append an event; its number is the fair's next. It is in the stream when all else is written.
function Context:emit_raw(event, fields)
  self.seq = self.seq + 1
  local head = string.format('{"event":"%s","seq":%d,"at":%.0f,"version":EVENTS_VERSION,"by":%s',
                             event, self.seq, self.now, cjson.encode(self.by))
  if self.incarnation then head = head .. ',"incarnation":' .. cjson.encode(self.incarnation) end
  self.events[#self.events + 1] = head .. fields .. '}'
end

function Context:emit(event, fields)
  self:emit_raw(event, ',' .. string.sub(cjson.encode(fields), 2, -2))
end

-- What is kept of a command id: the digest of the command that took it, then a space and the
-- answer; without an answer as long as the command is only claimed. Gives the answer, nil when
-- there is none yet; and true behind it when another command has taken the id.
-- Beside the ids stands '#', which no id has: the hour and the events that the client wrote in it.
function Context:kept_answer()
  if self.client == '' then return nil end
  local kept = redis.call('HMGET', self:key('kept', self.client), self.command_id, '#')
  self.hour = math.floor(self.now / HOUR_MS)
  local hour, events = string.match(kept[2] or '', '^(%d+) (%d+)$')
  self.written = tonumber(hour) == self.hour and tonumber(events) or 0
  if not kept[1] then return nil end
  local digest, answer = string.match(kept[1], '^(%S+) ?(.*)$')
  if digest ~= self.digest then return nil, true end
  if answer ~= '' then return answer end
end

-- Whether the client has written as many events in this hour as one may.
function Context:has_written_enough()
  if self.client == '' then return false end
  local kind = string.match(self.client, '^(%a+):')
  return self.written >= (EVENTS_AN_HOUR[kind] or EVENTS_AN_HOUR.candidate)
end

function Context:keep(answer)
  if self.client == '' then return end
  local key = self:key('kept', self.client)
  local written = self.hour .. ' ' .. self.written + #self.events
  local value = answer and self.digest .. ' ' .. answer or self.digest
  local added = redis.call('HSET', key, self.command_id, value, '#', written)
  redis.call('EXPIRE', key, ANSWERS_KEPT_S)
  if added > 0 then self:forget_old_answers(key) end
end

-- Note when an id came, and let go of what is too old or too much: two at most, so that no command
-- pays for many.
function Context:forget_old_answers(key)
  local order = self:key('kept_at', self.client)
  redis.call('ZADD', order, string.format('%.0f', self.now), self.command_id)
  redis.call('EXPIRE', order, ANSWERS_KEPT_S)
  local count = redis.call('ZCARD', order)
  if count <= ANSWERS_SURE then return end
  local oldest = redis.call('ZRANGE', order, 0, 1, 'WITHSCORES')
  for i = 1, #oldest, 2 do
    if count > ANSWERS_MOST or tonumber(oldest[i + 1]) < self.now - ANSWERS_YOUNG_MS then
      redis.call('HDEL', key, oldest[i])
      redis.call('ZREM', order, oldest[i])
      count = count - 1
    end
  end
end

-- Keep the answer; what is stored is what a repeat will get.
function Context:close(answer)
  answer.seq = self.seq
  local encoded = cjson.encode(answer)
  self:keep(encoded)
  return encoded
end

-- Write the events, number and event in one: the stream's end is the fair's count, and `seq` is
-- kept for who reads it there. Before the first one everything can be taken back, after it nothing:
-- what fails from then on is done once more.
function Context:publish()
  local stream, first = self:key('events'), self.seq - #self.events
  for i, event in ipairs(self.events) do
    local entry = { 'XADD', stream, (first + i) .. '-0', 'e', event }
    if i == 1 then store_call(unpack(entry)) else insist(unpack(entry)) end
  end
  if #self.events > 0 then
    insist('HSET', self:key('meta'), 'seq', self.seq, 'at', string.format('%.0f', self.now))
  end
end

-- A command whose id belongs to another one is refused; nothing is kept of it.
local function id_reused(ctx)
  return cjson.encode({ error = 'id_reused', seq = ctx.seq })
end

-- Say that an answer is the kept one of an earlier sending.
local function repeated(answer)
  return string.sub(answer, 1, -2) .. ',"repeated":true}'
end

-- A repeat does nothing. Where its answer gives the caller something now (a place in a room),
-- `again` looks first whether that is so still: it answers as a body does, and keeps nothing.
local function answer_again(ctx, kept, again)
  if not again or cjson.decode(kept).error then return repeated(kept) end
  local result, code, detail = again(ctx, ctx.args)
  if code then return cjson.encode({ error = code, detail = detail, seq = ctx.seq }) end
  return repeated(cjson.encode({ result = result, seq = ctx.seq }))
end

-- Register a function of the library; work(ctx) gives the answer. When it fails, all that it wrote
-- is taken back, and its command may be tried again.
local function register(name, work)
  local function carry_out(prefix, argv)
    local ctx = Context.open(prefix, argv)
    local answer = work(ctx)
    ctx:publish()
    return answer
  end
  local function run(keys, argv)
    forget_undo()
    local done, answer = attempt(carry_out, keys[1], argv)
    forget_undo()
    if done then return answer end
    return cjson.encode({ error = 'internal', seq = 0, fault = answer })
  end
  -- Without allow-oom a full store refuses the call before its first step: nothing is half done.
  redis.register_function({ function_name = 'PREFIX_' .. name, callback = run,
                            flags = FREEING[name] and { 'allow-oom' } or {} })
end

-- Register one transition. body(ctx, args) checks first and writes after; it returns a result
-- table (or nothing), or nil, code, detail to refuse, before any write.
local function transition(name, body, again)
  register(name, function(ctx)
    local kept, is_others = ctx:kept_answer()
    if is_others then return id_reused(ctx) end
    if kept then return answer_again(ctx, kept, again) end
    if not ctx.state and name ~= 'load_fair' then
      return cjson.encode({ error = 'fair_unknown', seq = 0 })
    end
    if not FREEING[name] and ctx:has_written_enough() then
      return cjson.encode({ error = 'too_fast', seq = ctx.seq })
    end
    local result, code, detail = body(ctx, ctx.args)
    return ctx:close(code and { error = code, detail = detail } or { result = result })
  end)
end
