"""The page that ratios are taken from: bare Flask and Jinja, 20 posts of 500 characters, on the same server."""

import sys
from typing import Any

from flask import Flask, render_template_string
from gunicorn.app.base import BaseApplication

POSTS = [{"alias": f"Otter {number}", "body": "Ik lees een boek. " * 28} for number in range(20)]
PAGE = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Gesprek</title></head><body><main>
<h1>Gesprek</h1><ol>{% for post in posts %}<li id="p-{{ loop.index }}"><article><header><b>{{ post.alias }}</b>
<span>vanavond</span></header><div><p>{{ post.body }}</p></div></article></li>{% endfor %}</ol></main></body></html>"""


class Bare(BaseApplication):
    """Gunicorn with its gevent worker and nothing else."""

    def __init__(self, port: int) -> None:
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        """Serve as the service is served."""
        options: dict[str, Any] = {
            "bind": f"127.0.0.1:{self._port}",
            "worker_class": "gevent",
            "workers": 1,
            "keepalive": 15,
            "loglevel": "error",
            "control_socket_disable": True,
        }
        for key, value in options.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        """Make the app."""
        app = Flask("reference")

        @app.get("/")
        def page() -> str:
            return render_template_string(PAGE, posts=POSTS)

        return app


if __name__ == "__main__":
    Bare(int(sys.argv[1])).run()
