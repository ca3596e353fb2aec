"""The headers of every answer: nothing from elsewhere, nothing kept, nothing told to other sites."""

from flask import Flask, Response, request

from safespace.settings import Settings

ONE_YEAR = 31_536_000


def policy(settings: Settings) -> str:
    """Give the content security policy (ASVS 3.4.3): own sources only, Trusted Types without any policy."""
    sockets = " ".join(origin.replace("http", "ws", 1) for origin in settings.origins)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' {sockets}".strip(),
            "font-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer, errors included."""
    fixed = {
        "Content-Security-Policy": policy(settings),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if settings.secure_cookies:
        fixed["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
        elif request.endpoint == "static" and response.status_code in {200, 304}:
            response.headers["Cache-Control"] = "no-cache"  # modules that import each other are asked for by name
        else:
            response.headers["Cache-Control"] = "no-store"
        return response
