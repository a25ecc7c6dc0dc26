"""What gunicorn serves."""

from services.billing.app import create_app

app = create_app()
