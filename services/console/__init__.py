"""Console 控制台: pages only. One origin for five services, one login, no database.

Owns no facts, emits and consumes no events. It serves the page with the five OpenAPI documents, the AsyncAPI
document and the readiness of each service; in the embedded run it also forwards the services' paths. In
development, and only there, it ships an OpenID issuer and the endpoint that sets the shared clock.
"""
