-- The recording of an interview: on only while everybody in the room has agreed to it.
--
-- In the ticket's record: recording_id, recording_state (asked, on, stopped), recording_by (who asked
-- and thereby agreed), recording_candidate and recording_guest (1 once that side has agreed),
-- recording_no_candidate and recording_no_guest (1 once that side has said no).

local function is_recording(ticket)
  return ticket.recording_state == 'asked' or ticket.recording_state == 'on'
end

-- Whether nobody in the room is left to answer; a guest is in it from the first coming in on.
local function all_agree(ticket)
  return ticket.recording_candidate == '1'
    and (not ticket.guest_joined or ticket.recording_guest == '1')
end

local function set_recording(ctx, ticket, state)
  ticket.recording_state = state
  ctx:set('ticket', ticket.id, 'recording_state', state)
end

-- Begin, or wait again for who has come in, as it stands now.
local function settle_recording(ctx, ticket)
  if not is_recording(ticket) then return end
  local right = all_agree(ticket) and 'on' or 'asked'
  if ticket.recording_state == right then return end
  set_recording(ctx, ticket, right)
  ctx:emit(right == 'on' and 'recording_started' or 'recording_paused',
           { ticket_id = ticket.id, recording_id = ticket.recording_id })
end

local function stop_recording(ctx, ticket, cause, side)
  if not is_recording(ticket) then return end
  set_recording(ctx, ticket, 'stopped')
  ctx:emit('recording_stopped', { ticket_id = ticket.id, recording_id = ticket.recording_id,
                                  cause = cause, side = side })
end

-- Forget what a guest who is out has said; the others may all have agreed by now.
local function forget_guest_answer(ctx, ticket)
  redis.call('HDEL', ctx:key('ticket', ticket.id), 'recording_guest', 'recording_no_guest')
  ticket.recording_guest, ticket.recording_no_guest = nil, nil
  settle_recording(ctx, ticket)
end

-- A side says no, before or after: it stops, and that side is not asked again.
local function refuse_recording(ctx, ticket, side, cause)
  if not is_recording(ticket) then return end
  if side ~= 'desk' then ctx:set('ticket', ticket.id, 'recording_no_' .. side, 1) end
  stop_recording(ctx, ticket, cause, side)
end
