"""gunicorn's settings for one process of Hookwalk; `gunicorn -c deploy/gunicorn.conf.py webapp.server.wsgi:app`.

One worker each: gunicorn hands connections to its workers at random, while Socket.IO's polling needs all requests of
a browser at the same process. Several processes are several gunicorns, behind nginx.conf.
"""

import os

_connections = int(os.environ.get("CONNECTIONS", "500"))

bind = os.environ.get("BIND", "127.0.0.1:8001")
workers = 1
worker_class = "gthread"
# A websocket holds its thread as long as it is open; pages and files need some more.
threads = _connections + 100
worker_connections = 2 * threads
graceful_timeout = 5
# Nobody uses the control interface, which would put a socket into the user's home.
control_socket_disable = True
