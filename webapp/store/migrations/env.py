"""What Alembic runs: the migrations, on the connection and in the transaction of Database."""

from alembic import context

from webapp.store.tables import Base

# SQLite cannot alter columns in place: batches copy the table
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
