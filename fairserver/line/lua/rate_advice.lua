-- The person rates the advice of a finished turn, or changes the rating.
-- args     ticket_id, passed
-- emits    advice_rated, when that is a change
-- refuses  ticket_unknown, ticket_wrong_state (no interview yet)
local MET = { done = true, handed_over = true }

transition('rate_advice', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if not MET[ticket.state] then return wrong_ticket_state(ticket) end
  local rating = args.passed and 'passed' or 'not_passed'
  if ticket.rating == rating then return end
  ctx:set('ticket', ticket.id, 'rating', rating)
  ctx:emit('advice_rated', { ticket_id = ticket.id, passed = args.passed })
end)
