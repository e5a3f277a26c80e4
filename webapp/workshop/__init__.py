"""The workshop: what people do to a lab with the mouse, as edits of its script, and what they ask of the model."""
