"""The composition root, the only package that knows all three services: it starts, fills and checks them."""
