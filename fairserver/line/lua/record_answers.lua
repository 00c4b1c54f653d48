-- Note that answers to the booth's questions about a turn changed; the answers are in the ledger.
-- args     ticket_id, side (candidate or desk), answered (questions that this side has answered)
-- emits    answers_recorded
-- refuses  ticket_unknown, not_delegated (a desk whose employer interviews itself),
--          ticket_wrong_state (a desk before the interview)
-- answers  {answered}
local SPOKEN = { interviewing = true, done = true }

transition('record_answers', function(ctx, args)
  local ticket = find_ticket(ctx, args.ticket_id)
  if not ticket then return nil, 'ticket_unknown', {} end
  if args.side == 'desk' then
    if ctx:read('booth', ticket.booth_id).mode ~= 'delegated' then
      return nil, 'not_delegated', {}
    end
    if not SPOKEN[ticket.state] then return wrong_ticket_state(ticket) end
  end
  ctx:emit('answers_recorded', { ticket_id = ticket.id, side = args.side,
                                 answered = args.answered })
  return { answered = args.answered }
end)
