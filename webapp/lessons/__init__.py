"""Lessons: how they are written, what they ask, how an answer is judged, and the check that proves them."""
