"""What is kept: short links, progress, rooms, decks; in SQLite or PostgreSQL. It knows no web and no lessons."""
