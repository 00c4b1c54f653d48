-- The plan and the day: what a fair's plan says, and what was changed while the fair runs. A plan that
-- is loaded again brings what it says anew, and never takes back what somebody changed on the day.
--
-- meta                  plan_settings (JSON) and plan_ends_at: what the plan loaded last says
-- booth:<id>            plan_mode and plan_minutes: the same; withdrawn (1: no longer in the plan)
-- desk:<id>             gone (1: withdrawn), leaving (a desk that is withdrawn when its interview is
--                       over: the booth that it goes to, or "" for none)
-- by_hand     set       what somebody changed on the day: "ends_at", "setting/<name>",
--                       "booth/<id>/mode", "booth/<id>/minutes"
-- planned     set       desks that the plan loaded last names
-- plans       hash      by node the digest of the plan that it runs by

-- What others need of it.
local Plan = {}
do
  local function decoded(json)
    local readable, found = pcall(cjson.decode, json)
    return readable and type(found) == 'table' and found or {}
  end

  Plan.note_by_hand = function(ctx, name) redis.call('SADD', ctx:key('by_hand'), name) end

  -- What holds: what the plan says now, unless somebody changed it on the day. `before` is what the plan
  -- said when it was loaded last; nil in a store of an older release, which did not note what was changed.
  local function what_holds(ctx, name, before, live, planned)
    if type(live) ~= type(planned) then return planned end
    if live ~= before then return live end
    if redis.call('SISMEMBER', ctx:key('by_hand'), name) == 1 then return live end
    return planned
  end

  -- --- the rules ---------------------------------------------------------------------------

  -- Put other rules into force; gives the knob as it was, for after_rules.
  local function set_rules(ctx, rules_json)
    local knob = ctx:settings().none_yet_first_min
    redis.call('HSET', ctx:key('meta'), 'settings', rules_json)
    ctx.decoded_settings = nil
    return knob
  end

  -- The knob was turned: the places of people who have had an interview are worked out again.
  local function reorder_line(ctx, set, booth_id)
    local places = redis.call('ZRANGE', ctx:key(set, booth_id), 0, -1, 'WITHSCORES')
    for i = 1, #places, 2 do
      local candidate_id = redis.call('HGET', ctx:key('ticket', places[i]), 'candidate_id')
      local candidate = ctx:read('candidate', candidate_id)
      if candidate.had ~= '0' then
        local place = { id = places[i], booth_id = booth_id, order = tonumber(places[i + 1]) }
        reorder(ctx, place, candidate, 'had_interview')
      end
    end
  end

  local function stop_recordings(ctx, booth_id)
    local desks = redis.call('SMEMBERS', ctx:key('working', booth_id))
    table.sort(desks)
    for _, desk_id in ipairs(desks) do
      local ticket_id = redis.call('HGET', ctx:key('desk', desk_id), 'ticket_id')
      local ticket = ticket_id and ctx:read('ticket', ticket_id)
      if ticket then
        ticket.id = ticket_id
        stop_recording(ctx, ticket, 'not_allowed')
      end
    end
  end

  local function all_booths(ctx)
    local booths = redis.call('SMEMBERS', ctx:key('booths'))
    table.sort(booths)
    return booths
  end

  -- What the rules mean for the lines and the recordings that there are.
  local function after_rules(ctx, knob)
    for _, booth_id in ipairs(all_booths(ctx)) do
      if ctx:settings().none_yet_first_min ~= knob then
        for _, set in ipairs({ 'line', 'absent', 'deck' }) do reorder_line(ctx, set, booth_id) end
      end
      if not ctx:settings().recording then stop_recordings(ctx, booth_id) end
    end
  end

  local function match_everywhere(ctx)
    for _, booth_id in ipairs(all_booths(ctx)) do match(ctx, booth_id) end
  end

  -- Somebody changes the rules, or the end (ms, or nil): from now on that is theirs, not the plan's.
  -- A rule that the caller does not know stays.
  Plan.change_rules = function(ctx, said_json, ends_at)
    local meta, held = ctx:key('meta'), ctx:settings()
    local found = redis.call('HMGET', meta, 'settings', 'ends_at')
    local rules, before = decoded(found[1]), tonumber(found[2]) or 0
    for name, value in pairs(cjson.decode(said_json)) do
      if held[name] ~= value then Plan.note_by_hand(ctx, 'setting/' .. name) end
      rules[name] = value
    end
    if ends_at and ends_at ~= before then
      Plan.note_by_hand(ctx, 'ends_at')
      redis.call('HSET', meta, 'ends_at', string.format('%.0f', ends_at))
    end
    local rules_json = cjson.encode(rules)
    local knob = set_rules(ctx, rules_json)
    ctx:emit_raw('settings_changed', ',"settings":' .. rules_json
                 .. string.format(',"ends_at":%.0f', ends_at or before))
    after_rules(ctx, knob)
    match_everywhere(ctx)
  end

  local function planned_rules(ctx, planned)
    local found = redis.call('HMGET', ctx:key('meta'), 'settings', 'plan_settings')
    local rules, before = decoded(found[1]), decoded(found[2])
    for name, value in pairs(planned) do
      rules[name] = what_holds(ctx, 'setting/' .. name, before[name], rules[name], value)
    end
    return cjson.encode(rules)
  end

  local function planned_end(ctx, planned)
    local found = redis.call('HMGET', ctx:key('meta'), 'ends_at', 'plan_ends_at')
    local live, before = tonumber(found[1]), tonumber(found[2])
    -- An older release told no end on another day than the fair's.
    if not before and live == 0 then return planned end
    return what_holds(ctx, 'ends_at', before, live, planned)
  end

  -- --- desks that go, and booths -----------------------------------------------------------

  local function forget_staff(ctx, desk)
    if desk.staff then redis.call('SREM', ctx:key('desks_of', desk.staff), desk.id) end
    redis.call('HDEL', ctx:key('desk', desk.id), 'staff', 'left', 'leaving')
  end

  -- A closed desk goes to another booth, or to none.
  local function put_away(ctx, desk, to_booth_id)
    forget_staff(ctx, desk)
    ctx:set('desk', desk.id, 'since', ctx.now)
    if to_booth_id == '' then return ctx:set('desk', desk.id, 'gone', 1) end
    redis.call('HDEL', ctx:key('desk', desk.id), 'gone')
    ctx:set('desk', desk.id, 'booth_id', to_booth_id)
    ctx:emit('desk_added', { desk_id = desk.id, booth_id = to_booth_id })
  end

  -- An interview goes on to its end; nobody is called ahead for this desk.
  local function put_away_later(ctx, desk, to_booth_id)
    unplan(ctx, 'ahead', desk.id)
    redis.call('SREM', ctx:key('wants', desk.booth_id), desk.id)
    ctx:set('desk', desk.id, 'leaving', to_booth_id)
    trim_deck(ctx, desk.booth_id)
  end

  -- The plan has no such desk any more, or has it at another booth: who is called to it goes back to
  -- the own place, first of those who can be called, and its people must open it anew.
  local function withdraw_desk(ctx, desk_id, to_booth_id)
    local desk = ctx:read('desk', desk_id)
    desk.id = desk_id
    if desk.state == 'interviewing' then return put_away_later(ctx, desk, to_booth_id) end
    local cause, ticket = to_booth_id == '' and 'withdrawn' or 'moved', nil
    if desk.ticket_id then
      ticket = ctx:read('ticket', desk.ticket_id)
      ticket.id = desk.ticket_id
      give_back(ctx, ticket, 'desk_gone')
      desk.state = 'ready'
    end
    if desk.state ~= 'closed' then
      rest_desk(ctx, desk, 'closed', cause)
    elseif to_booth_id == '' then
      ctx:emit('desk_changed', { desk_id = desk_id, state = 'closed', cause = cause })
    end
    put_away(ctx, desk, to_booth_id)
    if ticket then settle(ctx, ticket) end
  end

  release_desk = function(ctx, desk_id)
    local found = redis.call('HMGET', ctx:key('desk', desk_id), 'leaving', 'ticket_id')
    if found[1] and not found[2] then withdraw_desk(ctx, desk_id, found[1]) end
  end

  local function close_turns(ctx, set, booth_id)
    for _, ticket_id in ipairs(redis.call('ZRANGE', ctx:key(set, booth_id), 0, -1)) do
      local candidate_id = redis.call('HGET', ctx:key('ticket', ticket_id), 'candidate_id')
      if set == 'deck' then
        unplan(ctx, 'answer', ticket_id)
        redis.call('HDEL', ctx:key('candidate', candidate_id), 'busy')
      end
      unplan(ctx, 'rest', ticket_id)
      end_turn(ctx, { id = ticket_id, candidate_id = candidate_id, booth_id = booth_id }, 'closed')
      redis.call('ZREM', ctx:key(set, booth_id), ticket_id)
      ctx:emit('ticket_closed', { ticket_id = ticket_id, cause = 'booth_withdrawn' })
    end
  end

  -- The plan has no such booth any more: who is called there goes back into its line, and the line is
  -- told; an interview goes on to its end.
  local function withdraw_booth(ctx, booth_id)
    local booth = ctx:read('booth', booth_id)
    ctx:set('booth', booth_id, 'withdrawn', 1)
    ctx:emit('booth_changed', { booth_id = booth_id, paused = booth.paused == '1', mode = booth.mode,
                                minutes = tonumber(booth.minutes), withdrawn = true })
    local desks = redis.call('SMEMBERS', ctx:key('working', booth_id)) -- added ones too
    table.sort(desks)
    for _, desk_id in ipairs(desks) do
      local found = redis.call('HMGET', ctx:key('desk', desk_id), 'booth_id', 'leaving')
      if found[1] == booth_id and not found[2] then withdraw_desk(ctx, desk_id, '') end
    end
    for _, set in ipairs({ 'deck', 'line', 'absent' }) do close_turns(ctx, set, booth_id) end
  end

  -- --- loading -----------------------------------------------------------------------------

  -- Bring a booth up to date, and put what holds of it into its record in the plan.
  local function load_booth(ctx, booth)
    local key = ctx:key('booth', booth.booth_id)
    local found = redis.call('HMGET', key, 'mode', 'plan_mode', 'minutes', 'plan_minutes')
    local name, mode, minutes = 'booth/' .. booth.booth_id .. '/', booth.mode, booth.minutes
    booth.mode = what_holds(ctx, name .. 'mode', found[2], found[1], mode)
    booth.minutes = what_holds(ctx, name .. 'minutes', tonumber(found[4]), tonumber(found[3]), minutes)
    redis.call('SADD', ctx:key('booths'), booth.booth_id)
    redis.call('HDEL', key, 'withdrawn')
    redis.call('HSET', key, 'mode', booth.mode, 'minutes', booth.minutes,
               'plan_mode', mode, 'plan_minutes', minutes)
  end

  -- Bring a desk up to date. Gives whether it stands at this booth now, and whether it comes from another:
  -- a desk that somebody added on the day stays where it is.
  local function load_desk(ctx, desk_id, booth_id, is_older)
    local key = ctx:key('desk', desk_id)
    local found = redis.call('HMGET', key, 'booth_id', 'gone', 'leaving')
    local is_planned = redis.call('SISMEMBER', ctx:key('planned'), desk_id) == 1
    if not found[1] then
      redis.call('HSET', key, 'state', 'closed', 'since', ctx.now, 'booth_id', booth_id)
    elseif found[1] ~= booth_id or found[2] then
      return false, is_planned or is_older or found[2]
    else
      local is_added = not is_planned and not is_older and not found[3]
      if is_added then return true end -- on the day, and it stays so
      redis.call('HDEL', key, 'leaving')
    end
    redis.call('SADD', ctx:key('planned'), desk_id)
    return true
  end

  local function list_json(list) return #list == 0 and '[]' or cjson.encode(list) end

  local function booth_json(booth)
    return string.format('{"booth_id":%s,"mode":%s,"minutes":%d,"questions":%d,"plan":%d,"desks":%s}',
                         cjson.encode(booth.booth_id), cjson.encode(booth.mode), booth.minutes,
                         booth.questions or 0, booth.plan or 0, list_json(booth.desks))
  end

  -- Bring all booths and desks of the plan up to date; gives them as JSON, by id which booths and desks
  -- are named, and which desks come from another booth: {desk_id, booth_id} each.
  local function load_booths(ctx, booths, is_older)
    local told, named, coming = {}, { booths = {}, desks = {} }, {}
    for i, booth in ipairs(booths) do
      load_booth(ctx, booth)
      named.booths[booth.booth_id] = true
      local here = {}
      for _, desk_id in ipairs(booth.desks) do
        named.desks[desk_id] = true
        local is_here, comes = load_desk(ctx, desk_id, booth.booth_id, is_older)
        if is_here then here[#here + 1] = desk_id end
        if comes then coming[#coming + 1] = { desk_id = desk_id, booth_id = booth.booth_id } end
      end
      booth.desks = here
      told[i] = booth_json(booth)
    end
    return '[' .. table.concat(told, ',') .. ']', named, coming
  end

  -- Desks and booths that the plan no longer names, and desks that it names at another booth.
  local function put_right(ctx, named, coming)
    for _, desk in ipairs(coming) do
      redis.call('SADD', ctx:key('planned'), desk.desk_id)
      withdraw_desk(ctx, desk.desk_id, desk.booth_id)
    end
    for _, booth_id in ipairs(all_booths(ctx)) do
      if not named.booths[booth_id] and has_booth(ctx, booth_id) then withdraw_booth(ctx, booth_id) end
    end
    local planned = redis.call('SMEMBERS', ctx:key('planned'))
    table.sort(planned)
    for _, desk_id in ipairs(planned) do
      if not named.desks[desk_id] then
        redis.call('SREM', ctx:key('planned'), desk_id)
        local found = redis.call('HMGET', ctx:key('desk', desk_id), 'gone', 'leaving')
        if not found[1] and not found[2] then withdraw_desk(ctx, desk_id, '') end
      end
    end
  end

  -- Whether a node that is there now runs this fair by another plan.
  Plan.of_another = function(ctx, node, digest)
    local plans = redis.call('HGETALL', ctx:key('plans'))
    for i = 1, #plans, 2 do
      if plans[i] ~= node and plans[i + 1] ~= digest and is_there(ctx, plans[i]) then return true end
    end
    return false
  end

  Plan.load = function(ctx, args)
    local meta = ctx:key('meta')
    -- Loaded by a release that did not note which desks its plan named.
    local is_older = not redis.call('HGET', meta, 'plan_settings')
    local rules_json = planned_rules(ctx, cjson.decode(args.settings_json))
    local ends_at = planned_end(ctx, args.ends_at)
    local knob = set_rules(ctx, rules_json)
    redis.call('HSET', meta, 'digest', args.digest, 'plan_settings', args.settings_json,
               'plan_ends_at', args.ends_at, 'ends_at', ends_at, 'day_over', args.day_over or 0)
    local booths_json, named, coming = load_booths(ctx, cjson.decode(args.booths_json), is_older)
    ctx:emit_raw('fair_loaded', ',"settings":' .. rules_json .. ',"booths":' .. booths_json
                 .. string.format(',"ends_at":%.0f,"day_over":%.0f', ends_at, args.day_over or 0))
    after_rules(ctx, knob)
    put_right(ctx, named, coming)
    match_everywhere(ctx)
  end
end
