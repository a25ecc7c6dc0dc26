"""The shared auth module: who is asking (tokens), what they may do (permissions), a guard on every route."""
