-- The context of one transition: keys, clock, events, and the answer kept for repeats.
--
-- KEYS[1]  the fair's hash tag, "{fair_id}"; every other key begins with it
-- ARGV     by, client, command_id, scope, args (JSON), at (ms; heeded in a rehearsal only)
--   by          who does it: "candidate:<id>", "staff:<id>" or "system"
--   client      whose command ids these are; "" = not idempotent (a node's own calls)
--   scope       what the caller may touch: "*", "candidate:<id>" or "booth:<id>"

local ANSWERS_KEPT_S = 86400

local Context = {}
Context.__index = Context

function Context.open(prefix, argv)
  local self = setmetatable({ prefix = prefix, by = argv[1], client = argv[2],
                              command_id = argv[3], scope = argv[4] }, Context)
  self.args = cjson.decode(argv[5])
  local meta = redis.call('HMGET', self:key('meta'), 'seq', 'state', 't0', 'clock')
  self.seq = tonumber(meta[1]) or 0
  self.first_seq = self.seq
  self.state = meta[2]
  self.t0 = tonumber(meta[3]) or 0
  if meta[4] then
    self.now = math.max(tonumber(meta[4]), tonumber(argv[6]) or 0)
    redis.call('HSET', self:key('meta'), 'clock', string.format('%.0f', self.now))
  else
    local time = redis.call('TIME')
    self.now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  end
  return self
end

function Context:key(name, id)
  if id then return self.prefix .. ':' .. name .. ':' .. id end
  return self.prefix .. ':' .. name
end

-- A hash as a table; nil when it does not exist.
function Context:read(name, id)
  local flat = redis.call('HGETALL', self:key(name, id))
  if #flat == 0 then return nil end
  local record = {}
  for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
  return record
end

function Context:set(name, id, ...)
  redis.call('HSET', self:key(name, id), ...)
end

function Context:settings()
  if not self.decoded_settings then
    self.decoded_settings = cjson.decode(redis.call('HGET', self:key('meta'), 'settings'))
  end
  return self.decoded_settings
end

-- Append an event; its number is the fair's next. Only emit() and emit_raw() write the stream.
function Context:emit_raw(event, fields)
  self.seq = self.seq + 1
  local head = string.format('{"event":"%s","seq":%d,"at":%.0f,"by":%s',
                             event, self.seq, self.now, cjson.encode(self.by))
  redis.call('XADD', self:key('events'), self.seq .. '-0', 'e', head .. fields .. '}')
end

function Context:emit(event, fields)
  self:emit_raw(event, ',' .. string.sub(cjson.encode(fields), 2, -2))
end

function Context:first_answer()
  if self.client == '' then return nil end
  return redis.call('HGET', self:key('answers', self.client), self.command_id)
end

-- Keep the events' count and the answer; what is stored is what a repeat will get.
function Context:close(answer)
  if self.seq ~= self.first_seq then
    redis.call('HSET', self:key('meta'), 'seq', self.seq)
  end
  answer.seq = self.seq
  local encoded = cjson.encode(answer)
  if self.client ~= '' then
    local key = self:key('answers', self.client)
    redis.call('HSET', key, self.command_id, encoded)
    redis.call('EXPIRE', key, ANSWERS_KEPT_S)
  end
  return encoded
end

-- Register one transition. body(ctx, args) checks first and writes after; it returns a result
-- table (or nothing), or nil, code, detail to refuse, before any write.
local function transition(name, body)
  redis.register_function('PREFIX_' .. name, function(keys, argv)
    local ctx = Context.open(keys[1], argv)
    local stored = ctx:first_answer()
    if stored then return stored end
    if not ctx.state and name ~= 'load_fair' then
      return cjson.encode({ error = 'fair_unknown', seq = 0 })
    end
    local result, code, detail = body(ctx, ctx.args)
    if code then return ctx:close({ error = code, detail = detail }) end
    return ctx:close({ result = result })
  end)
end
