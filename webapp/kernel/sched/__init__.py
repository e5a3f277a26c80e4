"""net/sched."""
