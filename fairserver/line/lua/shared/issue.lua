-- Giving tickets: an ordinary turn, or one in a lane of its own.

local function issue(ctx, candidate_id, booth_id, lane)
  local candidate = ctx:read('candidate', candidate_id)
  local ticket_id = 't' .. redis.call('HINCRBY', ctx:key('meta'), 'tickets', 1)
  local base = next_base(ctx)
  local order = order_of(ctx, { base = base, shift = 0, lane = lane }, candidate)
  ctx:set('ticket', ticket_id, 'candidate_id', candidate_id, 'booth_id', booth_id,
          'state', 'waiting', 'base', base, 'shift', 0, 'lane', lane, 'order', order,
          'misses', 0, 'not_now', 0, 'issued', ctx.now)
  ctx:set('places', candidate_id, booth_id, ticket_id)
  stand(ctx, ticket_id, booth_id, order, candidate.present == '1')
  ctx:emit('ticket_issued', { ticket_id = ticket_id, candidate_id = candidate_id,
                              booth_id = booth_id, order = order, lane = lane })
  return ticket_id
end

-- Put a person into a lane of a booth: the ticket held there moves over, or a new one is issued.
-- A ticket on deck or at a desk is left alone: its turn has come anyway; so is one that stands in
-- a lane that is called earlier.
local function issue_in_lane(ctx, candidate_id, booth_id, lane)
  local ticket_id = redis.call('HGET', ctx:key('places', candidate_id), booth_id)
  if not ticket_id then return issue(ctx, candidate_id, booth_id, lane) end
  local ticket = ctx:read('ticket', ticket_id)
  if ticket.state == 'waiting' and LANES[lane] > (LANES[ticket.lane] or 0) then
    ctx:set('ticket', ticket_id, 'lane', lane, 'shift', 0)
    local place = { id = ticket_id, booth_id = booth_id, order = tonumber(ticket.order) }
    reorder(ctx, place, ctx:read('candidate', candidate_id), lane)
  end
  return ticket_id
end

local refuse_late
do
  -- Refuse a newcomer early when the rest of the fair cannot serve one more person here: those who
  -- would be called before, over the desks that work, at the booth's own pace. Only about one in
  -- three of those who wait at a booth is ever called by it (they are served elsewhere, or go).
  local CHANGE_OVER = 60000
  local CALLED_HERE = 0.25

  -- When the fair ends, ms; 0 for no end, which is also an end that has passed when the fair's day is
  -- over: it is tried out, or held, on another day. Long before its day there simply is time enough.
  local function end_in_force(ctx)
    local found = redis.call('HMGET', ctx:key('meta'), 'ends_at', 'day_over')
    local ends_at, day_over = tonumber(found[1]) or 0, tonumber(found[2]) or 0
    if day_over > 0 and ctx.now >= math.max(day_over, ends_at) then return 0 end
    return ends_at
  end

  refuse_late = function(ctx, booth_id, candidate)
    local ends_at = end_in_force(ctx)
    local desks = redis.call('SCARD', ctx:key('working', booth_id))
    if ends_at == 0 or desks == 0 then return nil end
    local order = order_of(ctx, { base = ctx.now - ctx.t0, shift = 0, lane = 'ordinary' }, candidate)
    local ahead = redis.call('ZCOUNT', ctx:key('line', booth_id), '-inf', order)
      + redis.call('ZCARD', ctx:key('deck', booth_id))
    local turns = (ahead * CALLED_HERE + 1) / desks
    local needed = turns * (booth_mean_ms(ctx, booth_id) + CHANGE_OVER)
    if needed > ends_at - ctx.now then
      return 'no_time_left', { booth_id = booth_id, ahead = ahead,
                               needed_min = math.ceil(needed / MINUTE),
                               left_min = math.max(0, math.floor((ends_at - ctx.now) / MINUTE)) }
    end
  end
end

-- An appointment has come due: its person stands in the appointment lane from now on.
local function fall_due(ctx, appointment_id)
  local appointment = ctx:read('appointment', appointment_id)
  if ctx.state == 'closed' or has_withdrawn(ctx, appointment.candidate_id) then return end
  if not has_booth(ctx, appointment.booth_id) then return end
  local ticket_id = issue_in_lane(ctx, appointment.candidate_id, appointment.booth_id,
                                  'appointment')
  ctx:emit('appointment_due', { appointment_id = appointment_id, ticket_id = ticket_id })
  match(ctx, appointment.booth_id)
end
