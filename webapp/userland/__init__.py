"""The programs that people type, and the reader of their scripts."""
