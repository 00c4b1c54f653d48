-- A booth is about to read who some people are whose turns have come to its desks. So many may be
-- read ahead of talking with them; then names wait until an interview has run a minute.
-- args     ticket_ids
-- emits    profile_read for each that is read for the first time
-- refuses  ticket_unknown, ticket_wrong_state (the person has not come to the desk)
-- answers  {read} the tickets that may be read, {waiting} how many must wait
local BEEN_HERE = { connecting = true, interviewing = true, done = true, handed_over = true }

transition('read_profiles', function(ctx, args)
  local tickets, read = {}, {}
  for _, ticket_id in ipairs(args.ticket_ids) do
    local ticket = find_ticket(ctx, ticket_id)
    if not ticket then return nil, 'ticket_unknown', {} end
    if not BEEN_HERE[ticket.state] then return wrong_ticket_state(ticket) end
    tickets[#tickets + 1] = ticket
  end
  for _, ticket in ipairs(tickets) do
    if read_profile(ctx, ticket) then read[#read + 1] = ticket.id end
  end
  return { read = read, waiting = #tickets - #read }
end)
