-- The third person in an interview: in the ticket's record, and the connections with the two others.

local LEGS = { desk_guest = { 'desk', 'guest' }, guest_candidate = { 'guest', 'candidate' } }

local function is_guest(ctx, ticket)
  return ticket.guest_id and ctx.by == 'staff:' .. ticket.guest_id
end

-- The ticket, also for the third person, whose scope reaches no further than the own interview.
local function find_ticket_with_guest(ctx, ticket_id)
  local ticket = ctx:read('ticket', ticket_id)
  if ticket and is_guest(ctx, ticket) then
    ticket.id = ticket_id
    return ticket
  end
  return find_ticket(ctx, ticket_id)
end

-- Nothing of the person stays but the count of epochs: what is late of an older one is dropped.
local function end_guest(ctx, ticket, cause)
  local guest_id = ticket.guest_id
  if not guest_id then return end
  local fields = { 'guest_id', 'guest_role', 'guest_state', 'guest_joined' }
  for leg, sides in pairs(LEGS) do
    for _, side in ipairs(sides) do
      for _, what in ipairs({ '_peer', '_by', '_state', '_link' }) do
        fields[#fields + 1] = leg .. ':' .. side .. what
      end
    end
  end
  redis.call('HDEL', ctx:key('ticket', ticket.id), unpack(fields))
  ticket.guest_id, ticket.guest_joined = nil, nil
  ctx:emit('guest_left', { ticket_id = ticket.id, guest_id = guest_id, cause = cause })
  forget_guest_answer(ctx, ticket)
end

-- Who of the people in the interview the caller is.
local function person_side(ctx, ticket)
  if is_guest(ctx, ticket) then return 'guest' end
  return string.sub(ctx.scope, 1, 10) == 'candidate:' and 'candidate' or 'desk'
end

-- At which end of a connection the caller stands; nil when at neither.
local function leg_side(ctx, ticket, leg)
  local own = person_side(ctx, ticket)
  for _, side in ipairs(LEGS[leg] or {}) do
    if side == own then return side, leg .. ':' .. side end
  end
end

local function other_end(leg, side)
  local sides = LEGS[leg]
  return leg .. ':' .. (sides[1] == side and sides[2] or sides[1])
end

-- The ticket of a leg, and at which end of it the caller stands; no end when at neither.
local function find_leg(ctx, args)
  local ticket = find_ticket_with_guest(ctx, args.ticket_id)
  if not ticket then return nil end
  return ticket, leg_side(ctx, ticket, args.leg)
end
