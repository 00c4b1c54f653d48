-- Who may be nobody at all. Whatever a page sends a program can send too, a hundred times over; what
-- shows a person is an interview that has begun, for that takes a desk. Who has had none and lets
-- calls pass stands back, and a desk at which others wait waits less long for such a person.
--
-- `passed`       of a candidate: calls, heads-ups, arrivals and connections that came to nothing
-- `stands_back`  of a candidate: behind all others in the same lane with as many interviews
-- `met`          of a candidate: an interview has begun
-- `silence`      of a booth: the share of its newest calls to people not met yet that came to nothing

-- What standing back is worth, ms: more than a morning, less than an interview that a person has had.
local BACK = 12 * 3600000

-- The rest is in a block: a library has 200 local names at most, and these are what others need.
local is_met, note_call, count_passed, others_wait, patience
do
  -- The second call that passes is one too many, and the first one where most come to nothing: with
  -- 15 in 100 that no hall of people comes to, and a line of nobodies with its ninth call.
  local ONE_TOO_MANY, NEWEST_CALL, MOST = 2, 0.1, 0.6

  -- Nobody can come in less, ms.
  local SHORTEST = 20000

  is_met = function(ctx, candidate_id)
    local found = redis.call('HMGET', ctx:key('candidate', candidate_id), 'met', 'had')
    return found[1] == '1' or (tonumber(found[2]) or 0) > 0
  end

  local function silence_of(ctx, booth_id)
    return tonumber(redis.call('HGET', ctx:key('booth', booth_id), 'silence')) or 0
  end

  note_call = function(ctx, booth_id, passed)
    local before = silence_of(ctx, booth_id)
    ctx:set('booth', booth_id, 'silence',
            string.format('%.4f', before + (passed - before) * NEWEST_CALL))
  end

  -- A call to a person not met yet came to nothing; whether that was one too many. A recruiter's word
  -- says nothing of other people: a booth could set a whole hall back by its own.
  count_passed = function(ctx, candidate_id, booth_id, by_hand)
    local passed = redis.call('HINCRBY', ctx:key('candidate', candidate_id), 'passed', 1)
    if not by_hand then note_call(ctx, booth_id, 1) end
    return passed >= ONE_TOO_MANY or (not by_hand and silence_of(ctx, booth_id) > MOST)
  end

  others_wait = function(ctx, booth_id)
    return redis.call('ZCARD', ctx:key('line', booth_id)) > 0
  end

  -- How long a desk waits for this person, of the time (ms) that it waits for others.
  patience = function(ctx, candidate_id, booth_id, ms)
    if not others_wait(ctx, booth_id) then return ms end
    local stands_back = redis.call('HGET', ctx:key('candidate', candidate_id), 'stands_back')
    local is_doubted = stands_back == '1'
      or (silence_of(ctx, booth_id) > MOST and not is_met(ctx, candidate_id))
    if not is_doubted then return ms end
    return math.min(ms, math.max(SHORTEST, ms * ctx:settings().doubt_pct / 100))
  end
end
