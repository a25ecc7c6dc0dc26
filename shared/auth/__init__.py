"""The shared auth module: who is asking (tokens), what they may do (permissions), and the guard on every route."""
