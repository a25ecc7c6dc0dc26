"""What gunicorn serves."""

from services.portal.app import create_app

app = create_app()
