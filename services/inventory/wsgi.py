"""What gunicorn serves."""

from services.inventory.app import create_app

app = create_app()
