"""What makes an answer a page: its headers, and refusals as pages for people where programs get documents."""

from typing import Any
from urllib.parse import quote

from flask import Flask, Response, json, redirect, render_template, request
from werkzeug.exceptions import SecurityError

from services.portal import current
from services.portal.own_paths import ACCOUNT, own_path, page_before
from shared.errors import PROBLEM
from shared.settings import Settings

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    ),
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    # With "no-referrer" browsers would send forms with the origin "null", as a forgery has.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"

# What the framework itself says is written for programmers.
_PLAIN = {
    "Not Found": ("There is no such page", "Nothing stands at this address."),
    "Method Not Allowed": ("This cannot be done here", "The page does not take what was sent to it."),
    "Bad Request": ("This could not be read", "What your browser sent is incomplete or damaged."),
    "Request Entity Too Large": ("This is too much", "What was sent is larger than a page may send."),
}
_NEXT_STEPS = {
    403: "Ask somebody whose role allows it, or the owner to change yours.",
    404: "Check the address, or start from the page of your day.",
    409: "Load the page again to see how things stand now.",
    413: "Send less at once.",
    429: "Wait as long as it says, then try again.",
    503: "Nothing you did is lost. Try again in a moment.",
}


def install(app: Flask, settings: Settings) -> None:
    """Dress every answer of the portal."""
    is_secure = settings.portal_url.startswith("https://")

    # Called in reverse order: first a refusal becomes a page, then pages get their headers.
    @app.after_request
    def _headers(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.update(PAGE_HEADERS)
        if is_secure:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        return response

    @app.after_request
    def _refusals(response: Response) -> Response:
        if response.mimetype != PROBLEM or not wants_page():
            return response
        return _dressed(response)


def wants_page() -> bool:
    """Tell whether a person in a browser is asking, rather than a program."""
    if request.path.startswith("/v1/") or isinstance(request.routing_exception, SecurityError):
        return False
    # A program that takes anything gets the document.
    choice = request.accept_mimetypes.best_match(["application/json", PROBLEM, "text/html"])
    return choice == "text/html"


def _dressed(response: Response) -> Response:
    problem = json.loads(response.get_data(as_text=True))
    if problem["type"] == "/problems/not-signed-in":
        return _to_sign_in()
    if problem["type"] == "/problems/password-change-needed":
        return redirect(ACCOUNT, 303)  # type: ignore[return-value]
    page = Response(_page(problem), status=response.status_code, content_type="text/html; charset=utf-8")
    for name in ("Retry-After", "Allow"):
        if name in response.headers:
            page.headers[name] = response.headers[name]
    return page


def _to_sign_in() -> Response:
    is_page = request.method in {"GET", "HEAD"}
    back_to = own_path(request.full_path.rstrip("?")) if is_page else page_before()
    return redirect(f"/sign-in?next={quote(back_to, safe='/')}", 303)  # type: ignore[return-value]


def _page(problem: dict[str, Any]) -> str:
    status = problem["status"]
    title, detail = _PLAIN.get(problem["title"], (problem["title"], problem["detail"]))
    return render_template(
        "problems/problem.html",
        problem={**problem, "title": title, "detail": detail},
        next_step=_NEXT_STEPS.get(status, ""),
        details=[error["detail"] for error in problem.get("errors", [])],
        can_go_home=current.signed_in() is not None,
        may_retry=request.method == "GET" and status in {429, 502, 503, 504},
    )
