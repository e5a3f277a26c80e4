"""The web application: pages, sockets, and the typed messages between server and browser."""
