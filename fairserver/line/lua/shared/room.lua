-- The room of an interview: who is in it with which connection, and its clock.

local function stop_clock(ctx, ticket)
  local since = tonumber(ticket.talking_since) or 0
  if since == 0 then return tonumber(ticket.talk_ms) or 0 end
  local talk_ms = (tonumber(ticket.talk_ms) or 0) + (ctx.now - since)
  ctx:set('ticket', ticket.id, 'talk_ms', talk_ms, 'talking_since', 0)
  return talk_ms
end

local function in_room(ticket)
  return ticket.state == 'connecting' or ticket.state == 'interviewing'
end

-- The end of the room that the caller stands at, from the scope it was given.
local function side_of(ctx)
  if string.sub(ctx.scope, 1, 10) == 'candidate:' then return 'candidate' end
  return 'desk'
end

local function other_side(side)
  if side == 'desk' then return 'candidate' end
  return 'desk'
end

-- The interview is on, and its clock runs.
local function begin_interview(ctx, ticket)
  ctx:set('ticket', ticket.id, 'state', 'interviewing', 'started', ctx.now,
          'talking_since', ctx.now)
  ctx:set('desk', ticket.desk_id, 'state', 'interviewing', 'since', ctx.now)
  ctx:emit('interview_started', { ticket_id = ticket.id })
end
