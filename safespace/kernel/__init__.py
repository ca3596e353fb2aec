"""What every floor stands on: the base model, the unit of work, refusals, the outbox and sealed text."""
