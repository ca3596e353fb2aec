"""Who reads along when: shifts, routes by which somebody on call is reached, handovers and live hours."""
