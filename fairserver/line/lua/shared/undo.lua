-- Taking back what a transition has written. Valkey does not roll back a function that fails, so
-- every write is noted here with what undoes it, before it is done. All transitions write through
-- this `redis.call`; a command that it does not know is refused, so that none is forgotten. What
-- was added to a stream cannot be taken back: events are written last of all, see context.lua.

local function store_call(...) return redis.call(...) end
local function warn(fault) redis.log(redis.LOG_WARNING, 'fairserver: ' .. fault) end

-- What undoes the writes since the transition began, the newest last: {command, key, …} each.
local undo_log = {}

local function forget_undo() undo_log = {} end

local function undoes(...) undo_log[#undo_log + 1] = { ... } end

local function restore_field(key, field)
  local before = store_call('HGET', key, field)
  if before then undoes('HSET', key, field, before) else undoes('HDEL', key, field) end
end

local function restore_score(key, member)
  local before = store_call('ZSCORE', key, member)
  if before then undoes('ZADD', key, before, member) else undoes('ZREM', key, member) end
end

local function restore_member(key, member)
  local is_in = store_call('SISMEMBER', key, member) == 1
  undoes(is_in and 'SADD' or 'SREM', key, member)
end

local function restore_scores(key, scores)
  for i = 1, #scores, 2 do undoes('ZADD', key, scores[i + 1], scores[i]) end
end

local RESTORE = {
  hash = function(key)
    local fields = store_call('HGETALL', key)
    for i = 1, #fields, 2 do undoes('HSET', key, fields[i], fields[i + 1]) end
  end,
  zset = function(key) restore_scores(key, store_call('ZRANGE', key, 0, -1, 'WITHSCORES')) end,
  set = function(key)
    for _, member in ipairs(store_call('SMEMBERS', key)) do undoes('SADD', key, member) end
  end,
  none = function() end,
}

-- Fields or members of a write, every `step`-th of its arguments from `first` on.
local function each(first, step, note)
  return function(key, ...)
    for i = first, select('#', ...), step do note(key, (select(i, ...))) end
  end
end

-- How each command that writes is taken back.
local BEFORE = {
  HSET = each(1, 2, restore_field),
  HSETNX = each(1, 2, restore_field),
  HINCRBY = each(1, 2, restore_field),
  HDEL = each(1, 1, restore_field),
  ZADD = each(2, 2, restore_score),
  ZREM = each(1, 1, restore_score),
  SADD = each(1, 1, restore_member),
  SREM = each(1, 1, restore_member),
  ZREMRANGEBYSCORE = function(key, from, to)
    restore_scores(key, store_call('ZRANGEBYSCORE', key, from, to, 'WITHSCORES'))
  end,
  DEL = function(key) RESTORE[store_call('TYPE', key).ok](key) end,
  EXPIRE = function() end,
}

local READS = { EXISTS = true, HGET = true, HGETALL = true, HLEN = true, HMGET = true,
                HVALS = true, SCARD = true, SISMEMBER = true, SMEMBERS = true, TIME = true,
                XLEN = true, ZCARD = true, ZCOUNT = true, ZRANGE = true, ZRANGEBYSCORE = true,
                ZREVRANGEBYSCORE = true, ZSCORE = true }

local redis = {
  register_function = redis.register_function,
  call = function(command, ...)
    local before = BEFORE[command]
    if before then
      before(...)
    elseif not READS[command] then
      error(command .. ' cannot be taken back')
    end
    return store_call(command, ...)
  end,
}

-- Take back every write after the first `kept` ones. Goes on after an error: the rest still counts.
local function take_back(kept)
  for i = #undo_log, kept + 1, -1 do
    pcall(store_call, unpack(undo_log[i]))
    undo_log[i] = nil
  end
end

-- Do something wholly or not at all; gives whether it was done, and what it gave or the error.
local function attempt(act, ...)
  local kept = #undo_log
  local done, result = pcall(act, ...)
  if done then return true, result end
  take_back(kept)
  local fault = type(result) == 'table' and result.err or tostring(result)
  warn('taken back: ' .. fault)
  return false, fault
end

-- Do what must be done, once more if it fails.
local function insist(...)
  local done, fault = pcall(store_call, ...)
  if done then return end
  warn(tostring(fault))
  store_call(...)
end
