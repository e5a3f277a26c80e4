"""Rooms as logs of events: what may be done in them, and who sees what of it. No sockets and no database in here."""
