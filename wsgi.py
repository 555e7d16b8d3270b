"""The application, for any WSGI server: `gunicorn wsgi:app`."""

from cxboard import create_app

app = create_app()
