-- The room of an interview: who is in it with which connection, and its clock.

local function stop_clock(ctx, ticket)
  local since = tonumber(ticket.talking_since) or 0
  if since == 0 then return tonumber(ticket.talk_ms) or 0 end
  local talk_ms = (tonumber(ticket.talk_ms) or 0) + (ctx.now - since)
  ctx:set('ticket', ticket.id, 'talk_ms', talk_ms, 'talking_since', 0)
  return talk_ms
end

local function at_desk(ticket)
  return ticket.state == 'connecting' or ticket.state == 'interviewing'
end

-- A talk by telephone has no room: a page that comes in must not touch its clock.
local function in_room(ticket)
  return at_desk(ticket) and ticket.interview_mode ~= 'phone'
end

-- Whether the two may make their connection ahead: called, or ready for the next free desk. Nothing
-- is seen or heard on it before the person is at the desk.
local function makes_ahead(ctx, ticket)
  local is_near = ticket.state == 'called' or (ticket.state == 'on_deck' and ticket.ready == '1')
  return is_near and redis.call('HGET', ctx:key('booth', ticket.booth_id), 'mode') ~= 'onsite'
end

-- The end of the room that the caller stands at, from the scope it was given.
local function side_of(ctx)
  if string.sub(ctx.scope, 1, 10) == 'candidate:' then return 'candidate' end
  return 'desk'
end

-- Whether the caller is who came in at an end by the name of `peer`. A name alone lets nobody in: the
-- people of a booth see those of each other's rooms, and would be in one that nobody sees them in.
local function holds_end(ctx, ticket, own, peer)
  local by = ticket[own .. '_by']
  return ticket[own .. '_peer'] == peer and (not by or by == ctx.by)
end

-- Whether that name is of somebody else's page or program now.
local function is_anothers(ctx, ticket, own, peer)
  return ticket[own .. '_peer'] == peer and not holds_end(ctx, ticket, own, peer)
end

-- Through which socket an end is reached now: the page may be back before its old socket, perhaps
-- on another node, is found dead.
local function keep_link(ctx, ticket, side, link)
  if link then ctx:set('ticket', ticket.id, side .. '_link', link) end
end

local function has_other_link(ticket, side, link)
  return ticket[side .. '_link'] and ticket[side .. '_link'] ~= link
end

-- The socket of an end is gone. Its picture may still flow: that passes by the server.
local NO_LINK = 'none'

local function cut_off(ctx, ticket, side)
  ctx:set('ticket', ticket.id, side .. '_link', NO_LINK)
end

local function is_cut_off(ticket, side)
  return ticket[side .. '_link'] == NO_LINK
end

local function other_side(side)
  if side == 'desk' then return 'candidate' end
  return 'desk'
end

local function is_in(ticket, side)
  return ticket[side .. '_state'] == 'joined' or ticket[side .. '_state'] == 'connected'
end

-- The interview is on, and its clock runs.
local function begin_interview(ctx, ticket, mode)
  ctx:set('ticket', ticket.id, 'state', 'interviewing', 'started', ctx.now,
          'talking_since', ctx.now, 'interview_mode', mode)
  unplan(ctx, 'arrive', ticket.id)
  unplan(ctx, 'connect', ticket.id)
  ctx:set('desk', ticket.desk_id, 'state', 'interviewing', 'since', ctx.now)
  ctx:emit('interview_started', { ticket_id = ticket.id, mode = mode })
  meet(ctx, ticket)
  plan(ctx, 'ahead', ticket.desk_id, ctx.now + heads_up_in(ctx, ticket.booth_id))
end

-- The interview goes on in another mode, and its clock with it.
local function change_mode(ctx, ticket, mode)
  ctx:set('ticket', ticket.id, 'interview_mode', mode)
  stop_recording(ctx, ticket, 'ended')
  end_guest(ctx, ticket, 'ended')
  if (tonumber(ticket.talking_since) or 0) == 0 then
    ctx:set('ticket', ticket.id, 'talking_since', ctx.now)
  end
  ctx:emit('interview_mode_changed', { ticket_id = ticket.id, mode = mode })
  return {}
end

-- How much the newest interview counts in a booth's mean length.
local NEWEST = 0.2

-- An interview was had: the booth learns its pace, and the person steps behind those who have
-- had fewer, in every other line.
local function count_interview(ctx, ticket)
  local mean = booth_mean_ms(ctx, ticket.booth_id)
  local took = ctx.now - (tonumber(ticket.started) or ctx.now)
  ctx:set('booth', ticket.booth_id, 'mean_ms',
          string.format('%.0f', mean + (took - mean) * NEWEST))
  redis.call('HINCRBY', ctx:key('candidate', ticket.candidate_id), 'had', 1)
  local candidate = ctx:read('candidate', ticket.candidate_id)
  for _, other in ipairs(standing_tickets(ctx, ticket.candidate_id)) do
    reorder(ctx, other, candidate, 'had_interview')
  end
end
