-- A desk asks for the next person, after wrap-up or a pause.
-- args     desk_id
-- emits    desk_changed (nothing when it is ready already), then ticket_called for a match
-- refuses  desk_unknown, desk_busy, desk_wrong_state (closed: open it first), fair_closed
local ASKS = { wrap_up = true, paused = true, ready = true }

transition('call_next', function(ctx, args)
  local desk = find_desk(ctx, args.desk_id)
  if not desk then return nil, 'desk_unknown', {} end
  if ctx.state == 'closed' then return nil, 'fair_closed', {} end
  if not ASKS[desk.state] then return wrong_desk_state(desk) end
  make_ready(ctx, desk)
end)
