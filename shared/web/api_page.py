"""The page that shows an OpenAPI document to a person. Plain HTML: no script, nothing from another host."""

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ document.info.title }} API</title></head>
<body>
<h1>{{ document.info.title }} API</h1>
<p>The machine-readable form is <a href="/openapi.json">/openapi.json</a>. Send a bearer token from the
portal's
<code>POST /v1/token</code>, and an <code>Idempotency-Key</code> with every POST that makes something.</p>
{% for path, operations in document.paths.items() %}
{% for method, operation in operations.items() if operation.responses is defined %}
<section>
<h2><code>{{ method | upper }} {{ path }}</code></h2>
<p>{{ operation.summary or "" }}</p>
{% if operation.description %}<p>{{ operation.description }}</p>{% endif %}
{% set parameters = operation.parameters or [] %}
{% if parameters %}<ul>{% for parameter in parameters if parameter.name is defined %}
<li><code>{{ parameter.name }}</code> ({{ parameter.in }}){{ ", required" if parameter.required }}</li>
{% endfor %}</ul>{% endif %}
<p>Answers: {% for status in operation.responses %}<code>{{ status }}</code> {% endfor %}</p>
</section>
{% endfor %}
{% endfor %}
</body>
</html>
"""
